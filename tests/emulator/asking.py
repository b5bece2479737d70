"""Requests that no client library would send, and the answers as they come."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from assetforge.emulator import Server

KEY = {"authorization": "Bearer any"}
PICTURE = {"model": "gpt-image-2", "prompt": "a hill", "size": "1024x640", "quality": "low"}
BOUNDARY = "7d93b1"

Part = tuple[str, bytes, str | None, str | None]
"""Name, content, file name, content type."""


@dataclass
class Told:
    status: int
    headers: dict[str, str]
    data: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.data)

    @property
    def error(self) -> dict[str, Any]:
        error: dict[str, Any] = self.body["error"]
        return error


def ask(
    server: Server, method: str, path: str, data: bytes = b"", headers: Mapping[str, str] = KEY
) -> Told:
    """Send one request; `path` begins with a slash."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request(method, path, data, dict(headers))
        response = connection.getresponse()
        named = {name.lower(): value for name, value in response.getheaders()}
        return Told(response.status, named, response.read())
    finally:
        connection.close()


def generate(server: Server, headers: Mapping[str, str] | None = None, **fields: Any) -> Told:
    """Ask for a small picture, with these fields instead or besides."""
    return send(server, "generations", PICTURE | fields, headers)


def send(
    server: Server, endpoint: str, body: Any, headers: Mapping[str, str] | None = None
) -> Told:
    """Send JSON to an endpoint."""
    said = KEY | {"content-type": "application/json"} | dict(headers or {})
    return ask(server, "POST", f"/v1/images/{endpoint}", json.dumps(body).encode(), said)


def chat(server: Server, body: Any, headers: Mapping[str, str] | None = None) -> Told:
    """Ask a judge, at the address of the service that the server stands in for."""
    said = KEY | {"content-type": "application/json"} | dict(headers or {})
    root = server.url.removeprefix(server.address)
    return ask(server, "POST", f"{root}/chat/completions", json.dumps(body).encode(), said)


def edit(server: Server, parts: Iterable[Part]) -> Told:
    """Send the parts of a form to `edits`."""
    headers = KEY | {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    return ask(server, "POST", "/v1/images/edits", form(parts), headers)


def raw_request(body: Any, **headers: str) -> bytes:
    """Return the bytes of a request for a picture, for a bare socket."""
    data = json.dumps(body).encode()
    named = KEY | {"content-type": "application/json", "content-length": str(len(data))} | headers
    head = ["POST /v1/images/generations HTTP/1.1", "host: localhost"]
    head += [f"{name}: {value}" for name, value in named.items()]
    return "\r\n".join([*head, "", ""]).encode() + data


def form(parts: Iterable[Part]) -> bytes:
    written = b""
    for name, content, filename, content_type in parts:
        file = f'; filename="{filename}"' if filename else ""
        kind = f"Content-Type: {content_type}\r\n" if content_type else ""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n{kind}\r\n'
        written += head.encode() + content + b"\r\n"
    return written + f"--{BOUNDARY}--\r\n".encode()


def texts(**fields: str) -> list[Part]:
    return [(name, value.encode(), None, None) for name, value in (PICTURE | fields).items()]


def picture(data: bytes, name: str = "image", content_type: str | None = "image/png") -> Part:
    return (name, data, "picture.png", content_type)


def wait_for_calls(server: Server, number: int) -> None:
    """Wait until so many calls are in the books; only a failing test waits long."""
    end = time.monotonic() + 60
    while len(server.books()["calls"]) < number:
        assert time.monotonic() < end, "the calls did not come"
        time.sleep(0.01)
