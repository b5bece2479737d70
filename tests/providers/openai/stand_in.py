"""A real HTTP server on loopback that answers as a test says, and remembers what it was sent."""

from __future__ import annotations

import base64
import email.parser
import email.policy
import json
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SO_LINGER, SOL_SOCKET
from typing import Any

from assetforge.capabilities import capabilities_of
from assetforge.pipeline import Size
from assetforge.pricing import cost_of_usage
from assetforge.providers.base import Reply
from assetforge.providers.blank import flat_png

PICTURE = flat_png(Size(1024, 1024), b"\x10\x20\x30")
USAGE: dict[str, Any] = {
    "input_tokens": 50,
    "output_tokens": 196,
    "total_tokens": 246,
    "input_tokens_details": {"text_tokens": 20, "image_tokens": 30},
}


@dataclass
class Part:
    name: str
    filename: str | None
    type: str
    data: bytes


@dataclass
class Sent:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def parts(self) -> list[Part]:
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        parser = email.parser.BytesParser(policy=email.policy.HTTP)
        message = parser.parsebytes(head + self.body)
        found = []
        for each in message.iter_parts():
            name = each.get_param("name", header="content-disposition")
            data = bytes(each.get_payload(decode=True))
            found.append(Part(str(name), each.get_filename(), each.get_content_type(), data))
        return found

    @property
    def fields(self) -> dict[str, str]:
        return {each.name: each.data.decode() for each in self.parts if each.filename is None}

    @property
    def files(self) -> list[Part]:
        return [each for each in self.parts if each.filename is not None]


@dataclass
class Answer:
    """What is answered: a status, headers and a body; `cut` bytes of it are never sent.

    `reset`: the connection is dropped without (or, with `cut`, after a part of) an answer.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    reset: bool = False


def picture(data: bytes = PICTURE, **fields: Any) -> Answer:
    text = base64.b64encode(data).decode()
    return said({"created": 1, "data": [{"b64_json": text}], "usage": USAGE, **fields})


def said(document: Any, status: int = 200, **headers: str) -> Answer:
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    body = json.dumps(document).encode()
    return Answer(status, body, {"content-type": "application/json", **named})


def refused(status: int, code: str | None, message: str, type: str = "x", **more: Any) -> Answer:
    error = {"message": message, "type": type, "param": None, "code": code, **more}
    return said({"error": error}, status, x_request_id="req_1")


def events(*documents: Any) -> Answer:
    frames = [f"event: {each.get('type')}\ndata: {json.dumps(each)}\n\n" for each in documents]
    return Answer(200, "".join(frames).encode(), {"content-type": "text/event-stream"})


@dataclass
class StandIn:
    url: str
    answers: list[Answer | Callable[[Sent], Answer]] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)

    def next_answer(self, sent: Sent) -> Answer:
        self.sent.append(sent)
        answer = self.answers.pop(0) if self.answers else picture()
        return answer if isinstance(answer, Answer) else answer(sent)


@contextmanager
def standing_in() -> Iterator[StandIn]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {key.lower(): value for key, value in self.headers.items()}
            answer = stand_in.next_answer(Sent(self.command, self.path, headers, body))
            if answer.reset and not answer.cut:
                self.drop()
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(answer.body)))
            self.end_headers()
            with suppress(ConnectionError):  # who was told enough may leave
                self.wfile.write(answer.body[: len(answer.body) - answer.cut])
            if answer.reset:
                self.wfile.flush()
                self.drop()

        do_GET = do_POST

        def drop(self) -> None:
            # Closing without lingering sends a reset in place of an orderly end.
            self.connection.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True

        def finish(self) -> None:
            if self.connection.fileno() >= 0:
                super().finish()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 512

        def shutdown_request(self, request: Any) -> None:
            if request.fileno() >= 0:
                super().shutdown_request(request)

    with Server(("127.0.0.1", 0), Handler) as server:
        stand_in = StandIn(f"http://127.0.0.1:{server.server_port}/v1")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield stand_in
        finally:
            server.shutdown()
            thread.join()


def billed(reply: Reply) -> int | None:
    """Return what a reply's usage comes to at the price of gpt-image-2."""
    return cost_of_usage(capabilities_of("openai", "gpt-image-2"), reply.usage)
