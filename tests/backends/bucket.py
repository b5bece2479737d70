"""A real S3 server on this machine, and a poor one that knows no conditions."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from obstore.exceptions import BaseError
from obstore.store import S3Store
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from assetforge.loopback import HOST, HttpServer, listening

BUCKET = "pictures"
WRITER = ("writer", "secret-of-the-writer")
READER = ("reader", "secret-of-the-reader")

IDENTITIES = {
    "identities": [
        {
            "name": name,
            "credentials": [{"accessKey": name, "secretKey": secret}],
            "actions": ["Read", "List", *(["Write"] if (name, secret) == WRITER else [])],
        }
        for name, secret in (WRITER, READER)
    ]
}

PARTS = ("master", "volume", "filer", "s3")

START_SECONDS = 60


@dataclass(frozen=True)
class Bucket:
    """A bucket, and where its service listens."""

    endpoint: str
    name: str = BUCKET

    def variables(self, access: tuple[str, str] = WRITER) -> dict[str, str]:
        """Return what the environment says of it to whoever has some credentials."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ALLOW_HTTP": "true",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": access[0],
            "AWS_SECRET_ACCESS_KEY": access[1],
        }


@contextmanager
def seaweed(folder: Path) -> Iterator[Bucket]:
    """Run SeaweedFS with its files in a folder; it has one bucket.

    Started in full it takes about three seconds.
    """
    program = Path(sys.executable).parent / "weed"
    if sys.platform != "linux":
        pytest.skip("there is no S3 server to install on this system")
    ports = free_ports(2 * len(PARTS))
    (folder / "identities.json").write_text(json.dumps(IDENTITIES))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, *options(folder, ports)], stdout=log, stderr=log, cwd=folder
        )
        try:
            bucket = Bucket(f"http://{HOST}:{ports[6]}")
            wait_until(process, folder, lambda: make_bucket(f"http://{HOST}:{ports[4]}"))
            wait_until(process, folder, lambda: write_to(bucket))
            yield bucket
        finally:
            process.kill()  # told to end, it takes its time
            process.wait()
            for each in ports:  # it leaves them behind
                for path in Path("/tmp").glob(f"seaweedfs-*-{each}.sock"):
                    path.unlink()


def options(folder: Path, ports: list[int]) -> list[str]:
    """Return the command line of a server that is quick to start, and talks to nobody."""
    pairs = zip(PARTS, zip(ports[::2], ports[1::2], strict=True), strict=True)
    listens = [
        f"-{part}.port{kind}={port}"
        for part, both in pairs
        for kind, port in zip(("", ".grpc"), both, strict=True)
    ]
    return [
        "server",
        f"-dir={folder}",
        f"-ip={HOST}",
        f"-ip.bind={HOST}",
        *listens,
        "-filer",
        f"-filer.localSocket={folder / 'filer.sock'}",
        "-s3",
        f"-s3.localSocket={folder / 's3.sock'}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.config={folder / 'identities.json'}",
        "-s3.autoCreateBucket=false",
        "-master.telemetry=false",
        "-master.electionTimeout=1s",
        "-master.heartbeatInterval=100ms",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=20",
    ]


def free_ports(number: int) -> list[int]:
    with ExitStack() as held:
        taken = [held.enter_context(socket.create_server((HOST, 0))) for _ in range(number)]
        return [each.getsockname()[1] for each in taken]


def wait_until(process: subprocess.Popen[bytes], folder: Path, act: Callable[[], object]) -> None:
    """Do something as soon as the server lets us."""
    for _ in range(START_SECONDS * 10):
        assert process.poll() is None, (folder / "log").read_text()
        try:
            act()
        except (BaseError, OSError):
            time.sleep(0.1)
        else:
            return
    raise AssertionError((folder / "log").read_text())


def make_bucket(filer: str) -> None:
    """Make the bucket: it is a folder of the service's files."""
    request = urllib.request.Request(f"{filer}/buckets/{BUCKET}/", method="POST")
    urllib.request.urlopen(request, timeout=10).close()


def write_to(bucket: Bucket) -> None:
    config: Any = {each.lower(): value for each, value in bucket.variables().items()}
    store = S3Store(bucket.name, config=config, retry_config={"max_retries": 0})
    store.put("started", b"yes")


FOUND = {"etag": '"1"', "last-modified": "Sun, 22 Nov 2026 10:00:00 GMT"}


class PoorService:
    """An S3 service that overwrites whatever it is told not to, or answers what it is told to.

    `rclone serve s3` is such a one.

    Attributes:
        answers: status and code of the next answers, before it answers by itself.
        cuts: it hangs up in the middle of each object.
        pauses: how many seconds it thinks before it answers.
    """

    def __init__(self, bucket: Bucket) -> None:
        self.objects: dict[str, bytes] = {}
        self.answers: list[tuple[int, str]] = []
        self.cuts = False
        self.pauses = 0.0
        self.calls: list[str] = []
        self.bucket = bucket

    async def __call__(self, request: Request) -> Response:
        body = await request.body()
        await asyncio.sleep(self.pauses)
        path = request.url.path
        self.calls.append(f"{request.method} {path}")
        if self.answers:
            code, word = self.answers.pop(0)
            return Response(f"<Error><Code>{word}</Code></Error>", code)
        if request.method == "PUT":
            self.objects[path] = body
            return Response(headers={"etag": '"1"'})
        if path not in self.objects:
            return Response("<Error><Code>NoSuchKey</Code></Error>", 404)
        if self.cuts:
            return StreamingResponse(iter([b"half"]), headers={**FOUND, "content-length": "9"})
        return Response(self.objects[path], headers=FOUND)


@contextmanager
def poor_service() -> Iterator[PoorService]:
    """Serve it while the block runs."""
    taken = listening(0)
    service = PoorService(Bucket(f"http://{HOST}:{taken.getsockname()[1]}"))
    methods = ["GET", "HEAD", "PUT", "POST", "DELETE"]
    app = Starlette(routes=[Route("/{rest:path}", service.__call__, methods=methods)])
    server = HttpServer(app, lambda: None, 1)
    thread = threading.Thread(target=lambda: server.run(sockets=[taken]))
    thread.start()
    try:
        yield service
    finally:
        server.should_exit = True
        thread.join()
        taken.close()
