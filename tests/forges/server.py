"""Servers on this machine that behave as the APIs of GitHub, GitLab and Gitea do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

BOT = {"id": 41898282, "login": "github-actions[bot]", "username": "project_bot", "type": "Bot"}
ADA = {"id": 7, "login": "ada", "username": "ada", "type": "User"}

TOKEN = "ghs_0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass
class Trouble:
    """An answer that is given in place of the right one."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


class ForgeServer:
    """One repository with one request, number 7. Whoever has the token is `viewer`."""

    def __init__(self) -> None:
        self.viewer: dict[str, Any] = BOT
        self.knows_itself = True
        self.may_write = True
        self.per_page = 100
        self.comments: list[dict[str, Any]] = []
        self.pulls: list[dict[str, Any]] = []
        self.requests: list[Request] = []
        self.troubles: list[Trouble] = []
        self.before_create: list[str] = []
        self.address = ""
        self.lock = Lock()
        self._next = 1

    prefix = ""
    list_path = "/repos/team/shop/issues/7/comments"
    item_path = "/repos/team/shop/issues/comments"
    edit = "PATCH"

    def add(self, body: str, user: dict[str, Any] | None = None, **others: Any) -> dict[str, Any]:
        comment = {
            "id": self._next,
            "body": body,
            "user": BOT if user is None else user,
            "author": BOT if user is None else user,
            "html_url": f"https://forge.example/7#{self._next}",
            **others,
        }
        self._next += 1
        self.comments.append(comment)
        return comment

    @property
    def bodies(self) -> list[str]:
        return [each["body"] for each in self.comments]

    def writes(self) -> list[str]:
        sent = [each for each in self.requests if "graphql" not in each.path]
        return [each.method for each in sent if each.method != "GET"]

    def answer(self, request: Request) -> Trouble:
        self.requests.append(request)
        if self.troubles:
            return self.troubles.pop(0)
        if not self.is_known(request):
            return Trouble(401, body={"message": "Bad credentials"})
        path = urlsplit(request.path).path.removeprefix(self.prefix)
        if found := self.about(request, path):
            return found
        item = re.fullmatch(rf"{re.escape(self.item_path)}/(\d+)", path)
        if path != self.list_path and not item:
            return Trouble(404, body={"message": "Not Found"})
        if request.method != "GET" and not self.may_write:
            return Trouble(403, body={"message": "Resource not accessible by integration"})
        if item:
            return self.on_item(request, int(item[1]))
        return self.created(request) if request.method == "POST" else self.page(request)

    def is_known(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"Bearer {TOKEN}"

    def about(self, request: Request, path: str) -> Trouble | None:
        """Say who is there, and which requests there are."""
        if path == "/graphql" and request.method == "POST":
            if not self.knows_itself:
                return Trouble(403, body={"message": "no"})
            return Trouble(200, body={"data": {"viewer": {"login": self.viewer["login"]}}})
        if path == "/repos/team/shop/pulls":
            (head,) = parse_qs(urlsplit(request.path).query)["head"]
            found = [each for each in self.pulls if each["label"] == head]
            return Trouble(200, body=found)
        return None

    def created(self, request: Request) -> Trouble:
        for each in self.before_create:
            self.add(each)
        self.before_create = []
        return Trouble(201, body=self.add(request.body["body"], self.viewer))

    def on_item(self, request: Request, id: int) -> Trouble:
        found = next((each for each in self.comments if each["id"] == id), None)
        if found is None:
            return Trouble(404, body={"message": "Not Found"})
        if request.method == "DELETE":
            self.comments.remove(found)
            return Trouble(204)
        if request.method != self.edit:
            return Trouble(405, body={"message": "no"})
        found["body"] = request.body["body"]
        return Trouble(200, body=found)

    def page(self, request: Request) -> Trouble:
        query = parse_qs(urlsplit(request.path).query)
        page, size = int(query["page"][0]), min(int(query["per_page"][0]), self.per_page)
        shown = self.comments[(page - 1) * size : page * size]
        more = page * size < len(self.comments)
        link = {"Link": f'<{self.address}/elsewhere?page={page + 1}>; rel="next"'} if more else {}
        return Trouble(200, link, shown)


class GitLabServer(ForgeServer):
    list_path = "/projects/42/merge_requests/7/notes"
    item_path = list_path
    edit = "PUT"

    def is_known(self, request: Request) -> bool:
        return request.headers.get("private-token") == TOKEN

    def about(self, request: Request, path: str) -> Trouble | None:
        if path != "/user":
            return None
        return Trouble(200, body=self.viewer) if self.knows_itself else Trouble(403)


class GiteaServer(ForgeServer):
    """It gives all comments at once, whatever page is asked for."""

    prefix = "/api/v1"

    def is_known(self, request: Request) -> bool:
        return request.headers.get("authorization") == f"token {TOKEN}"

    def about(self, request: Request, path: str) -> Trouble | None:
        if path != "/user":
            return None
        return Trouble(200, body=self.viewer) if self.knows_itself else Trouble(403)

    def page(self, request: Request) -> Trouble:
        return Trouble(200, body=self.comments)


@contextmanager
def served(forge: ForgeServer) -> Iterator[str]:
    """Serve a forge; give its address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body leave together: apart, each answer waits 40 ms

        def reply(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            headers = {key.lower(): value for key, value in self.headers.items()}
            with forge.lock:
                found = forge.answer(Request(self.command, self.path, headers, body))
            content = found.body
            if not isinstance(content, bytes):
                content = b"" if content is None else json.dumps(content).encode()
            self.send_response(found.status)
            for key, value in {**found.headers, "Content-Length": str(len(content))}.items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = reply

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        forge.address = f"http://127.0.0.1:{server.server_port}"
        try:
            yield forge.address + forge.prefix
        finally:
            server.shutdown()
            thread.join()
