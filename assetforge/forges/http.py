"""Talks to a forge's API: one host, one token, bounded answers, and patience where it asks for it.

The token goes to the host that it is for and nowhere else: no redirect is followed, nothing but
https is spoken outside this machine, and no message repeats it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from assetforge import __version__
from assetforge.diagnostics import printable
from assetforge.errors import UsageProblem
from assetforge.forges.base import ForgeProblem, Gone, NotAllowed, Reply
from assetforge.secrets import Secret, redacted
from assetforge.services import is_loopback

TIMEOUT: Final = httpx2.Timeout(30.0, connect=10.0)

LARGEST: Final = 64_000_000
"""Most bytes of an answer: a page of 100 notes of GitLab's may hold half of it."""

TRIES: Final = 4
"""How often a request is sent that the forge is too busy for."""

MOST_WAIT_SECONDS: Final = 60.0
"""How long a forge may make us wait at once; one that asks for more is not waited for."""

DIRECT: Final = dict.fromkeys(("all://127.0.0.1", "all://[::1]", "all://localhost"))
"""What no proxy is asked for: this machine."""


class HttpCalls:
    """Sends requests to one forge; see `assetforge.forges.base.Calls`."""

    def __init__(
        self,
        name: str,
        address: str,
        headers: Mapping[str, str],
        token: Secret,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare to call; nothing is sent yet.

        Args:
            name: how people call the forge.
            address: of its API.
            headers: header → value, with `{}` for the token.
            token: what lets us in.
            pause: waits for so many seconds.

        Raises:
            UsageProblem: the address may not be used, or the token cannot be one.
        """
        self._name = name
        self._base = checked(address).rstrip("/")
        self._token = token
        self._pause = pause
        if not token.reveal().isascii() or not token.reveal().isprintable():
            raise UsageProblem(f"the {token.source} holds no token of {name}")
        filled = {key: value.replace("{}", token.reveal()) for key, value in headers.items()}
        self._client = httpx2.Client(
            headers={"User-Agent": f"assetforge/{__version__}", **filled},
            timeout=TIMEOUT,
            follow_redirects=False,
            mounts=DIRECT,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def __call__(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Reply:
        """Send one request, again while the forge is too busy; a path may be a whole address.

        Raises:
            NotAllowed, Gone, ForgeProblem: nothing came of it.
            UsageProblem: the address may not be used.
        """
        url = self._base + path if path.startswith("/") else self._beside(path)
        tried = 1
        while True:
            try:
                status, headers, content = self._sent(method, url, body)
                wait = seconds_to_wait(status, headers, tried)
            except httpx2.ConnectError as error:
                if tried == TRIES:
                    raise self._problem(str(error) or "no connection") from None
                wait = float(tried)
            except httpx2.HTTPError as error:
                raise self._problem(str(error) or type(error).__name__) from None
            else:
                if wait is None or wait > MOST_WAIT_SECONDS or tried == TRIES:
                    return self._understood(status, headers, content)
            self._pause(wait)
            tried += 1

    def _beside(self, address: str) -> str:
        """Return a whole address, which must be of the same host: the token goes to no other."""
        ours, other = urlsplit(self._base), urlsplit(checked(address))
        if (ours.scheme, ours.netloc) != (other.scheme, other.netloc):
            raise UsageProblem(f"'{other.netloc}' is not the host of '{ours.netloc}'")
        return address

    def _sent(
        self, method: str, url: str, body: Mapping[str, Any] | None
    ) -> tuple[int, httpx2.Headers, bytes]:
        with self._client.stream(method, url, json=body) as response:
            content = bytearray()
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    raise self._problem(f"it sent more than {LARGEST} bytes")
            return response.status_code, response.headers, bytes(content)

    def _understood(self, status: int, headers: httpx2.Headers, content: bytes) -> Reply:
        data: Any = None
        with suppress(ValueError, RecursionError):
            data = json.loads(content)
        if 200 <= status < 300:
            if content and data is None:
                raise self._problem("it answered with something else than JSON; is it an API?")
            return Reply(data, 'rel="next"' in headers.get("link", ""))
        said = f"{status}{_words(data)}"
        if status in (401, 403):
            raise NotAllowed(self._told(f"the token of {self._name} may not do that ({said})"))
        if status in (404, 410):
            raise Gone(self._told(f"{self._name} has no such request, or hides it ({said})"))
        if 300 <= status < 400:
            said = f"{status}: it sends us elsewhere, which is not followed; name its own address"
        raise self._problem(said)

    def _problem(self, why: str) -> ForgeProblem:
        return ForgeProblem(self._told(f"{self._name} at '{urlsplit(self._base).netloc}': {why}"))

    def _told(self, words: str) -> str:
        shown = redacted(" ".join(words.split()), [self._token])
        return printable(shown if len(shown) <= 300 else f"{shown[:300]}…")


def checked(address: str) -> str:
    """Return an address that a token may be sent to.

    Raises:
        UsageProblem: it is not https, nor of this machine; or it holds a user, query or fragment.
    """
    wrong = UsageProblem("the forge's address is none; it is such as 'https://git.example.com'")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise wrong from None
    if not host or parts.username is not None or parts.query or parts.fragment:
        raise wrong
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise UsageProblem(f"a token goes to '{host}' by https only")
    return address


def seconds_to_wait(status: int, headers: Mapping[str, str], tried: int) -> float | None:
    """Return how long to wait before a request is sent again; None: it is not.

    Args:
        status: of the answer.
        headers: of the answer, by their names in any case.
        tried: how often it was sent.
    """
    # GitHub says so with 403 as well. Source: "Rate limits for the REST API".
    throttled = status == 403 and (
        "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
    )
    if not (status == 429 or status >= 500 or throttled):
        return None
    said = headers.get("retry-after", "")
    if said.isdecimal() and len(said) < 9:
        return float(said)
    if headers.get("x-ratelimit-remaining") == "0":
        return MOST_WAIT_SECONDS
    return float(2 ** (tried - 1))


def _words(data: Any) -> str:
    """Return what a refusal says, with what stands before it."""
    if isinstance(data, dict):
        for name in ("message", "error", "error_description"):
            if said := data.get(name):
                return f": {said}"
    return ""
