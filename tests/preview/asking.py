"""Requests to a preview, header by header."""

from __future__ import annotations

import http.client
import json
import re
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Addressed(Protocol):
    """A preview, as far as its address tells of it."""

    port: int

    @property
    def url(self) -> str: ...


class Visitor:
    """Knows what our page knows: the cookie and its own token."""

    def __init__(self, preview: Addressed) -> None:
        self.port = preview.port
        self.host = f"127.0.0.1:{preview.port}"
        address = urlsplit(preview.url)
        entered = self.send("GET", f"{address.path}?{address.query}", {"Host": self.host})
        assert entered.status == 303
        self.cookie = entered.headers["set-cookie"].partition(";")[0]
        found = re.search(r'name="csrf" content="([^"]+)"', self.ask("/").body.decode())
        assert found
        self.csrf = found[1]

    def send(
        self, method: str, path: str, headers: dict[str, str], body: bytes | None = None
    ) -> Reply:
        """Send exactly these headers, and the length of the body unless it is said."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                connection.putheader(name, value)
            known = {name.lower() for name in headers}
            if body is not None and not known & {"content-length", "transfer-encoding"}:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            response = connection.getresponse()
            return Reply(response.status, response.headers, response.read())
        finally:
            connection.close()

    def ask(self, path: str, method: str = "GET", **others: str | None) -> Reply:
        """Ask as our page does; a header can be another, or None: not sent."""
        return self.send(method, path, self.headers(others))

    def post(self, path: str, body: object, **others: str | None) -> Reply:
        """Have something done as our page does."""
        own = {
            "Origin": f"http://{self.host}",
            "X-Assetforge": self.csrf,
            "Content-Type": "application/json",
        }
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.send("POST", path, self.headers({**own, **named(others)}), data)

    def headers(self, others: dict[str, str | None]) -> dict[str, str]:
        own = {"Host": self.host, "Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        merged = {**own, **named(others)}
        return {name: value for name, value in merged.items() if value is not None}


def named(others: dict[str, str | None]) -> dict[str, str | None]:
    """Turn `sec_fetch_site` into `Sec-Fetch-Site`."""
    return {name.replace("_", "-").title(): value for name, value in others.items()}
