"""HTTP calls to a shared store: pooled, bounded, and repeated where that may help."""

from __future__ import annotations

import random
import re
import threading
import time
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias
from urllib.parse import urlsplit

import httpx2

from assetforge.backends.asking import AT_ONCE
from assetforge.backends.base import Refused, Unreachable

Method: TypeAlias = Literal["GET", "HEAD", "PUT"]

AS_IT_IS: Final = {"accept-encoding": "identity"}
"""Nothing that arrives is blown up: bytes are taken as they are sent."""

AGAIN: Final = frozenset({429, 502, 503, 504})
"""Answers after which the same may be asked again."""

TRIES: Final = 4
FIRST_PAUSE_SECONDS: Final = 0.3
PATIENCE_SECONDS: Final = 15.0
"""How long after a call began it may be tried once more."""

MOST_PATIENCE_SECONDS: Final = 30.0
"""The same, where the server says how long to wait."""

CONNECT_SECONDS: Final = 5.0
FIRST_SECONDS: Final = 10.0
"""How long a server may be silent that has never answered yet: it may never."""

LATER_SECONDS: Final = 30.0
"""How long one may be silent that has."""

MOST_SECONDS: Final = 600.0
"""How long an answer may take to arrive."""

CONNECTIONS: Final = httpx2.Limits(max_connections=2 * AT_ONCE, max_keepalive_connections=AT_ONCE)

DIRECT: Final = dict.fromkeys(("all://127.0.0.1", "all://[::1]", "all://localhost"))
"""What no proxy is asked for: this machine."""

MOST_DIGITS: Final = 18
"""Of a number that a server says."""

UNTRUSTED: Final = re.compile(r"CERTIFICATE_VERIFY_FAILED|certificate verify failed")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes:
        status: as HTTP numbers them.
        body: empty unless it was asked for and there.
        size: how many bytes there are, as it says; None: it does not.
        wait: how many seconds it asks to wait; None: nothing said.
        moved: the host that it sends us to, empty for none.
    """

    status: int
    body: bytes
    size: int | None
    wait: int | None
    moved: str


class Calls:
    """Calls to one server, for any thread. Connections are made when they are needed."""

    def __init__(self, address: str, headers: dict[str, str]) -> None:
        """Call a server; `address` is how people are told of it, `headers` go with every call."""
        self._address = address
        self._headers = AS_IT_IS | headers
        self._opening = threading.Lock()
        self._client: httpx2.Client | None = None
        self._has_answered = False

    def ask(
        self,
        method: Method,
        url: str,
        most: int,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Return the answer to a call that does no harm when it is made twice.

        Args:
            method: the body of the answer is taken of a `GET` only.
            url: where.
            most: how many bytes of the body are taken at most.
            content: what is sent.
            headers: what is said beside.

        Raises:
            Unreachable: no answer came, or none but that it is busy, however often it was asked.
            Refused: the answer is too long, or the server is not the one it claims to be.
        """
        request = self._opened().build_request(method, url, content=content, headers=headers)
        began = time.monotonic()
        attempt = 0
        while True:
            attempt += 1
            left = began + PATIENCE_SECONDS - time.monotonic()
            request.extensions["timeout"] = self._times(left).as_dict()
            try:
                answer = self._answer(request, most)
            except httpx2.TransportError as error:
                why, asked = self._failure(error), None
            else:
                if answer.status not in AGAIN:
                    return answer
                why, asked = f"it answered {answer.status}", answer.wait
            pause = _pause(attempt) if asked is None else asked
            patience = PATIENCE_SECONDS if asked is None else MOST_PATIENCE_SECONDS
            if attempt == TRIES or time.monotonic() - began + pause > patience:
                raise Unreachable(f"cannot reach '{self._address}': {why}")
            time.sleep(pause)

    def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            self._client.close()

    def _times(self, left: float) -> httpx2.Timeout:
        """Return how long a try may wait, when so many seconds are left for a first answer."""
        if self._has_answered:
            return httpx2.Timeout(LATER_SECONDS, connect=CONNECT_SECONDS, pool=None)
        first, connect = min(FIRST_SECONDS, left), min(CONNECT_SECONDS, left)
        return httpx2.Timeout(first, connect=connect, pool=None)

    def _opened(self) -> httpx2.Client:
        with self._opening:
            if self._client is None:
                self._client = self._open()
        return self._client

    def _open(self) -> httpx2.Client:
        try:
            return httpx2.Client(
                headers=self._headers,
                limits=CONNECTIONS,
                follow_redirects=False,
                mounts=DIRECT,
            )
        except (ImportError, OSError, ValueError, httpx2.InvalidURL) as error:
            advice = "check the environment: 'HTTPS_PROXY', 'ALL_PROXY', 'SSL_CERT_FILE'"
            raise Refused(f"no connection to '{self._address}' can be made; {advice}") from error

    def _answer(self, request: httpx2.Request, most: int) -> Answer:
        response = self._opened().send(request, stream=True)
        self._has_answered = True
        try:
            taken = request.method == "GET" and response.is_success
            body = self._body(response, most) if taken else b""
        finally:
            response.close()
        said = response.headers
        return Answer(
            status=response.status_code,
            body=body,
            size=_number(said.get("content-length", "")) if response.is_success else None,
            wait=_number(said.get("retry-after", "")),
            moved=_host(said.get("location", "")),
        )

    def _body(self, response: httpx2.Response, most: int) -> bytes:
        body = bytearray()
        latest = time.monotonic() + MOST_SECONDS
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > most:
                where = f"{self._address}: '{response.url.path}'"
                raise Refused(f"{where} has more than {most} bytes, and is not taken")
            if time.monotonic() > latest:
                raise Unreachable(f"'{self._address}' takes more than {MOST_SECONDS:.0f} seconds")
        return bytes(body)

    def _failure(self, error: httpx2.TransportError) -> str:
        """Return why no answer came.

        Raises:
            Refused: the server is not the one it claims to be.
        """
        words = " ".join(str(error).split()) or type(error).__name__
        if UNTRUSTED.search(words):
            raise Refused(
                f"'{self._address}' shows a certificate that is not trusted here; name the file of "
                "its authority in 'SSL_CERT_FILE'"
            ) from None
        return words


def is_url(text: str) -> bool:
    """Tell whether something can be asked for under an address: it has a host that may be one."""
    try:
        host = httpx2.URL(text).raw_host
        host.decode().encode("idna")  # as it is looked up: names too long, or with an empty part
    except (httpx2.InvalidURL, ValueError):
        return False
    return bool(host)


def _host(address: str) -> str:
    """Return the host of an address, and its port; empty where there is none."""
    try:
        return urlsplit(address).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def _pause(attempt: int) -> float:
    """Return how many seconds to wait: less regularly and longer each time."""
    return random.uniform(0.5, 1.0) * FIRST_PAUSE_SECONDS * 2.0 ** (attempt - 1)


def _number(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if is_number else None
