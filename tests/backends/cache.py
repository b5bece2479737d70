"""An HTTP cache on this machine that behaves as bazel-remote does, and fails when told to.

Source: bazel-remote, server/http.go, cache/disk/disk.go and utils/validate/action_result.go: what
is put under `/cas/` must have its digest, what is put under `/ac/` must be an `ActionResult`, which
is stored anew with the name of the worker in it, and is found only while the blobs are there that
it names as output files, with their sizes. The empty blob is always there. The messages are read
with protobuf's own package, from descriptors as in remote_execution.proto.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
)
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message import DecodeError
from google.protobuf.message_factory import GetMessageClass
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from assetforge.digest import digest_of
from assetforge.loopback import HOST, HttpServer, listening

EMPTY = digest_of(b"")

FIELDS = {
    "Digest": {"hash": (1, "string"), "size_bytes": (2, "int64")},
    "OutputFile": {"path": (1, "string"), "digest": (2, ".v2.Digest")},
    "ExecutedActionMetadata": {"worker": (1, "string")},
    "ActionResult": {
        "output_files": (2, "*.v2.OutputFile"),
        "exit_code": (4, "int32"),
        "stdout_raw": (5, "bytes"),
        "stdout_digest": (6, ".v2.Digest"),
        "execution_metadata": (9, ".v2.ExecutedActionMetadata"),
    },
}


def _messages() -> DescriptorPool:
    file = FileDescriptorProto(name="v2.proto", package="v2", syntax="proto3")
    for message, fields in FIELDS.items():
        described = file.message_type.add(name=message)
        for name, (number, kind) in fields.items():
            _add_field(described, name, number, kind)
    pool = DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return pool


def _add_field(message: DescriptorProto, name: str, number: int, kind: str) -> None:
    added = message.field.add(name=name, number=number)
    repeated = kind.startswith("*")
    added.label = FieldDescriptorProto.Label.Value(
        "LABEL_REPEATED" if repeated else "LABEL_OPTIONAL"
    )
    if "." in kind:
        added.type = FieldDescriptorProto.TYPE_MESSAGE
        added.type_name = kind.lstrip("*")
    else:
        added.type = FieldDescriptorProto.Type.Value(f"TYPE_{kind.upper()}")


MESSAGES = _messages()

ActionResult: Any = GetMessageClass(MESSAGES.FindMessageTypeByName("v2.ActionResult"))


@dataclass
class Cache:
    """What the cache has, what it is asked, and how it fails.

    Attributes:
        token: what opens it; empty: anybody may.
        read_only: nobody may write.
        answers: how the next calls are answered, before it answers as it should.
        calls: method and path of each call, in order.
        validates: `/ac/` takes valid messages only.
    """

    blobs: dict[str, bytes] = field(default_factory=lambda: {EMPTY: b""})
    results: dict[str, bytes] = field(default_factory=dict)
    token: str = ""
    user: str = ""
    read_only: bool = False
    validates: bool = True
    answers: list[Callable[[Request], Response]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    url: str = ""

    async def __call__(self, request: Request) -> Response:
        self.calls.append(f"{request.method} {request.url.path}")
        self.conditions.append(request.headers.get("if-none-match", ""))
        body = await request.body()
        if self.answers:
            return self.answers.pop(0)(request)
        if refusal := self._refusal(request):
            return refusal
        kind, name = request.url.path.split("/")[-2:]
        if not re.fullmatch("[0-9a-f]{64}", name):
            return Response("resource name must be a SHA256 hash in hex", 400)
        if request.method == "PUT":
            return self._put(kind, name, body)
        found = self.blobs.get(name) if kind == "cas" else self._result(name)
        return Response("Not found", 404) if found is None else Response(found)

    def _refusal(self, request: Request) -> Response | None:
        opened = {f"Bearer {self.token}" if self.token else None, self.user or None} - {None}
        if opened and request.headers.get("authorization") not in opened:
            return Response("Unauthorized", 401)
        if self.read_only and request.method == "PUT":
            return Response("Forbidden", 403)
        return None

    def _put(self, kind: str, name: str, body: bytes) -> Response:
        if kind == "cas":
            if digest_of(body) != name:
                return Response("hashsums don't match", 500)
            self.blobs[name] = body
        elif self.validates:
            return self._put_result(name, body)
        else:
            self.results[name] = body
        return Response()

    def _put_result(self, name: str, body: bytes) -> Response:
        message = ActionResult()
        try:
            message.ParseFromString(body)
        except DecodeError as error:
            return Response(f"Failed to add worker metadata: {error}", 400)
        for each in message.output_files:
            right = each.path and not each.path.startswith("/") and each.digest.size_bytes >= 0
            if not right or not re.fullmatch("[0-9a-f]{64}", each.digest.hash):
                return Response("Failed to marshal ActionResult", 400)
        message.execution_metadata.worker = HOST
        self.results[name] = message.SerializeToString()
        return Response()

    def _result(self, name: str) -> bytes | None:
        found = self.results.get(name)
        if found is None or not self.validates:
            return found
        message = ActionResult()
        message.ParseFromString(found)
        there = (
            len(self.blobs.get(each.digest.hash, b"")) == each.digest.size_bytes
            for each in message.output_files
        )
        return found if all(there) else None


@contextmanager
def serving(cache: Cache) -> Iterator[Cache]:
    """Serve a cache at `cache.url` while the block runs."""
    taken = listening(0)
    app = Starlette(routes=[Route("/{rest:path}", cache.__call__, methods=["GET", "HEAD", "PUT"])])
    server = HttpServer(app, lambda: None, 1)
    thread = threading.Thread(target=lambda: server.run(sockets=[taken]))
    thread.start()
    cache.url = f"http://{HOST}:{taken.getsockname()[1]}"
    try:
        yield cache
    finally:
        server.should_exit = True
        thread.join()
        taken.close()


def status(code: int, **headers: str) -> Callable[[Request], Response]:
    """Return what answers with a status."""
    return lambda request: Response("", code, {k.replace("_", "-"): v for k, v in headers.items()})


class Late(Response):
    """An answer that comes half a second later than it could."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.5)
        await super().__call__(scope, receive, send)


def endless(request: Request) -> Response:
    """Answer with a body that does not end, and say that it has ten bytes."""

    async def body():
        while True:
            yield b"x" * 65536
            await asyncio.sleep(0)

    return StreamingResponse(body())


def cut(request: Request) -> Response:
    """Promise a hundred bytes, send five, and hang up."""

    async def body():
        yield b"half "

    return StreamingResponse(body(), headers={"content-length": "100"})
