"""As much of GitHub's API as a workflow's token is used for, on loopback."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOT = {"login": "github-actions[bot]", "type": "Bot"}

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvIn0.c2ln"


@dataclass
class GitHub:
    """One repository's open pull requests, and the comments of each."""

    url: str
    pulls: list[dict[str, Any]] = field(default_factory=list)
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    asked_for_identity: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, token: str, body: Any) -> tuple[int, Any]:
        parts = urlsplit(path)
        words, query = parts.path.strip("/").split("/"), parse_qs(parts.query)
        if words == ["identity"]:
            self.asked_for_identity.append(query["audience"][0])
            return 200, {"value": JWT}
        if token not in self.tokens:
            return 403, {"message": "Resource not accessible by integration"}
        if words == ["graphql"]:
            return 200, {"data": {"viewer": {"login": BOT["login"]}}}
        match method, words[3:]:
            case "GET", ["pulls"]:
                found = [each for each in self.pulls if each["head"]["label"] == query["head"][0]]
                return 200, found
            case "GET", ["issues", number, "comments"]:
                return 200, self.comments.get(int(number), [])
            case "POST", ["issues", number, "comments"]:
                written = self.comments.setdefault(int(number), [])
                written.append({"id": len(written) + 1, "user": BOT, **body})
                return 201, written[-1]
            case "PATCH", ["issues", "comments", id]:
                (old,) = [c for each in self.comments.values() for c in each if str(c["id"]) == id]
                old.update(body)
                return 200, old
        return 404, {"message": f"no {method} {path}"}


@contextmanager
def github() -> Iterator[GitHub]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            token = self.headers.get("authorization", "").partition(" ")[2]
            status, said = forge.answer(
                self.command, self.path, token, json.loads(body) if body else None
            )
            answer = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_POST = do_PATCH = do_GET

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        forge = GitHub(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield forge
        finally:
            server.shutdown()
            thread.join()
