"""A git server on loopback, as a forge has one: everybody reads, who has a token writes."""

from __future__ import annotations

import base64
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

WRITES = "write-token"

WHO = {
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}
"""Who works in the clones that no runner made."""


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env={**os.environ, **WHO},
        check=True,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    return done.stdout.strip()


@dataclass
class GitServer:
    """Bare repositories below one folder and one address."""

    root: Path
    url: str

    def create(self, name: str) -> str:
        """Make an empty repository; return its address for who may write."""
        path = self.root / f"{name}.git"
        subprocess.run(
            ["git", "init", "--quiet", "--bare", "--initial-branch=main", path], check=True
        )
        git(path, "config", "http.receivepack", "true")
        # As forges do: the merge of a pull request has a ref that nobody may push to.
        git(path, "config", "uploadpack.allowAnySHA1InWant", "true")
        return self.address(name)

    def address(self, name: str, token: str = WRITES) -> str:
        return self.url.replace("http://", f"http://x:{token}@") + f"/{name}.git"

    def bare(self, name: str) -> Path:
        return self.root / f"{name}.git"


@contextmanager
def serving(root: Path) -> Iterator[GitServer]:
    """Serve repositories with `git http-backend`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            if "receive-pack" in self.path and not self.is_let_in():
                self.send_response(401)
                self.send_header("www-authenticate", 'Basic realm="git"')
                self.end_headers()
                return
            # git compresses what it asks, and then sends it in chunks or with its length.
            length = int(self.headers.get("content-length") or 0)
            environment = {
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(root),
                "GIT_HTTP_EXPORT_ALL": "1",
                "REQUEST_METHOD": self.command,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "CONTENT_TYPE": self.headers.get("content-type", ""),
                "HTTP_CONTENT_ENCODING": self.headers.get("content-encoding", ""),
                "GIT_PROTOCOL": self.headers.get("git-protocol", ""),
                "REMOTE_USER": "x",
                "CONTENT_LENGTH": str(length),
            }
            done = subprocess.run(
                ["git", "http-backend"],
                input=self.rfile.read(length),
                env=environment,
                stdout=subprocess.PIPE,
            )
            head, _, body = done.stdout.partition(b"\r\n\r\n")
            lines = dict(each.split(": ", 1) for each in head.decode().split("\r\n"))
            self.send_response(int(lines.pop("Status", "200").split()[0]))
            for name, value in lines.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def is_let_in(self) -> bool:
            kind, _, said = self.headers.get("authorization", "").partition(" ")
            told = base64.b64decode(said).decode() if kind.lower() == "basic" else ""
            return told.endswith(f":{WRITES}")

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield GitServer(root, f"http://127.0.0.1:{server.server_port}")
        finally:
            server.shutdown()
            thread.join()
