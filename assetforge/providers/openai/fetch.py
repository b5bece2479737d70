"""Fetches a picture that a service keeps at an address, and nothing else.

The address comes from the network: it is followed only to hosts that the service may use, never
into a private network, never by a redirect, and not for ever.
"""

from __future__ import annotations

import ipaddress
import socket
from fnmatch import fnmatchcase
from typing import Final

import httpx2

from assetforge.providers.openai.outcome import one_line
from assetforge.providers.openai.reply import Unfetched
from assetforge.providers.openai.transport import DIRECT
from assetforge.services import Service

LARGEST: Final = 64_000_000
"""Most bytes of a picture that is fetched."""

TRIES: Final = 3
"""How often a fetch is tried: the picture is paid for, and fetching it again is free."""


class Fetcher:
    """Fetches results of one service at one address. Several threads may call it at once."""

    def __init__(self, service: Service, base_url: str, timeout_seconds: float) -> None:
        self._service = service
        self._base = httpx2.URL(base_url)
        self._timeout = httpx2.Timeout(timeout_seconds, connect=10.0)

    def __call__(self, address: str) -> bytes:
        """Return what is at an address; one without a host is below the service's own.

        Raises:
            Unfetched: it may not be followed, or nothing complete came.
        """
        url, why = self._allowed(address), ""
        for _ in range(TRIES):
            try:
                return self._fetched(url)
            except httpx2.HTTPError as error:
                why = one_line(str(error), 120) or type(error).__name__
        raise Unfetched(f"{url.host}: {why}")

    def _allowed(self, address: str) -> httpx2.URL:
        try:
            url = self._base.join(address)
        except httpx2.InvalidURL:
            raise Unfetched("its address is none") from None
        own = (url.host, url.port) == (self._base.host, self._base.port)
        if url.userinfo or url.scheme not in ("http", "https"):
            raise Unfetched(f"its address is no plain https: {one_line(address, 80)}")
        if url.scheme == "http" and not (own and self._base.scheme == "http"):
            raise Unfetched(f"'{url.host}' would send it unencrypted")
        if not own:
            self._refuse_strange(url.host)
        return url

    def _refuse_strange(self, host: str) -> None:
        if not any(fnmatchcase(host, each) for each in self._service.result_hosts):
            raise Unfetched(f"'{host}' is no host of '{self._service.name}'")
        # What https leads to has proven its name: an address that changes after this look-up
        # into a private one would have no certificate.
        if not all(map(is_public, addresses_of(host))):
            raise Unfetched(f"'{host}' is an address of a private network")

    def _fetched(self, url: httpx2.URL) -> bytes:
        with (
            httpx2.Client(timeout=self._timeout, follow_redirects=False, mounts=DIRECT) as client,
            client.stream("GET", url) as response,
        ):
            if response.status_code != 200:
                raise Unfetched(f"'{url.host}' answered {response.status_code}")
            data = bytearray()
            for chunk in response.iter_bytes():
                data += chunk
                if len(data) > LARGEST:
                    raise Unfetched(f"it has more than {LARGEST} bytes")
            return bytes(data)


def addresses_of(host: str) -> list[str]:
    """Return the addresses that a host's name stands for.

    Raises:
        Unfetched: it stands for none.
    """
    try:
        found = socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unfetched(f"there is no host '{host}'") from None
    return [str(each[4][0]) for each in found]


def is_public(address: str) -> bool:
    """Tell whether an address is reached through the public internet."""
    found = ipaddress.ip_address(address.partition("%")[0])
    return found.is_global and not found.is_multicast
