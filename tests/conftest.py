"""What every test stands on: none reaches the network or a key, Ctrl-C reaches what they start."""

import ipaddress
import signal
import socket
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

from tests.built import built_in
from tests.review.shop import built_shop, open_shop, shop

__all__ = ["built_in", "built_shop", "open_shop", "shop"]

# How long an example takes is the machine's business.
settings.register_profile("assetforge", deadline=None)
settings.load_profile("assetforge")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts background jobs deaf to Ctrl-C, and what the tests start would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)


LOOKUP = socket.getaddrinfo


class NetworkReached(AssertionError):
    """A test tried to talk to another machine. No `OSError`: nothing may catch it and go on."""


def is_loopback(host: str | None) -> bool:
    if host in ("localhost", "", None):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def checked(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
            raise NetworkReached(f"a test tried to connect to {address[0]}")
        return connect(self, address)

    return checked


def guarded_lookup(host, *arguments, **options):
    name = host.decode() if isinstance(host, bytes) else host
    if not is_loopback(name):
        raise NetworkReached(f"a test tried to look up {name}")
    return LOOKUP(host, *arguments, **options)


@pytest.fixture(scope="session", autouse=True)
def no_network():
    """Connections and look-ups of names raise, but for this machine's own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", guarded_lookup)
        yield


@pytest.fixture
def unmeasured(monkeypatch):
    """Processes run without a look at their coverage, which takes as long as what they do.

    For those that are started by dozens and do what is measured elsewhere, or are killed.
    """
    for name in ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START"):
        monkeypatch.delenv(name, raising=False)


KEYS = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT")

STORES = ("ASSETFORGE_REMOTE",)

CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture(scope="session", autouse=True)
def nothing_of_the_user(tmp_path_factory):
    """No key of whoever runs the tests is used, and what a user's projects share is apart.

    Nor is any authority trusted: reading a system's 150 certificates takes longer than a call to
    the emulator, which has none, and each client reads them anew.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in KEYS + STORES + CERTIFICATES:
            patch.delenv(name, raising=False)
        patch.setenv("SSL_CERT_DIR", str(tmp_path_factory.mktemp("certificates")))
        patch.setenv("ASSETFORGE_LIMITS", str(tmp_path_factory.mktemp("limits")))
        yield
