"""What requests are sent with: new connections, and answers that come to an end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import httpx2

from assetforge.errors import ProviderUnavailable
from assetforge.providers.openai.outcome import one_line

CONNECT_SECONDS: Final = 10.0

CONNECTIONS: Final = httpx2.Limits(max_connections=512, max_keepalive_connections=0)
"""No connection is used twice: one that the service is closing at that moment would leave nobody
knowing whether the request arrived, and a new one is nothing beside a picture's seconds."""

DIRECT: Final = dict.fromkeys(("all://127.0.0.1", "all://[::1]", "all://localhost"))
"""What no proxy is asked for: this machine, where an emulator or a server of one's own is."""

LARGEST: Final = 256_000_000
"""Most bytes of an answer: a 4K PNG as base64 is 14 MB."""

LARGEST_REFUSAL: Final = 1_000_000
"""Most bytes of an answer that refuses."""


def http_client(timeout_seconds: float) -> httpx2.Client:
    """Return what sends; proxies and certificates are those that the environment names.

    Raises:
        ProviderUnavailable: they cannot be used.
    """
    try:
        return httpx2.Client(
            timeout=httpx2.Timeout(timeout_seconds, connect=CONNECT_SECONDS),
            limits=CONNECTIONS,
            follow_redirects=False,
            mounts=DIRECT,
            event_hooks={"response": [_bound]},
        )
    except ImportError:
        message = "a SOCKS proxy needs the package 'socksio'"
        advice = "`pip install socksio`, or unset 'ALL_PROXY'"
        raise ProviderUnavailable("no-connection", f"{message}; {advice}") from None
    except (OSError, ValueError) as error:
        message = f"no connection can be made: {one_line(str(error), 120)}"
        advice = "check the environment: 'HTTPS_PROXY', 'ALL_PROXY', 'SSL_CERT_FILE'"
        raise ProviderUnavailable("no-connection", f"{message}; {advice}") from None


class _Bounded(httpx2.SyncByteStream):
    """What arrives of an answer, up to so many bytes."""

    def __init__(self, whole: httpx2.SyncByteStream, most: int) -> None:
        self._whole = whole
        self._most = most

    def __iter__(self) -> Iterator[bytes]:
        """Yield the bytes as they arrive."""
        left = self._most
        for chunk in self._whole:
            left -= len(chunk)
            if left < 0:
                raise httpx2.ReadError(f"it has more than {self._most} bytes")
            yield chunk

    def close(self) -> None:
        """Let go of the connection."""
        self._whole.close()


def _bound(response: httpx2.Response) -> None:
    """Let no answer be read without end: the SDK reads refusals and events whole."""
    assert isinstance(response.stream, httpx2.SyncByteStream), "BUG: not a client of threads"
    most = LARGEST if response.is_success else LARGEST_REFUSAL
    response.stream = _Bounded(response.stream, most)
    # JSON is nothing else, whatever is said; the SDK fails where another charset is a wrong one.
    response.encoding = "utf-8"
