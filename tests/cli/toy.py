"""A provider that is priced, and that does what a test wants: refuse, break, or interrupt."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from assetforge import registry
from assetforge.errors import ActionFailed
from assetforge.installed import Point
from assetforge.providers.base import Connection, ImageRequest, Reply, Sketched
from assetforge.providers.blank import colour_of, flat_png
from tests.space import QUICK

COST = 20_000
"""What each call costs, in microdollars."""

PRICED = QUICK.replace("blank: {provider: blank}", "toy: {provider: toy}")
TWO_PROFILES = QUICK.replace(
    "  blank: {provider: blank}\n", "  blank: {provider: blank}\n  toy: {provider: toy}\n"
)

Act = Callable[[ImageRequest], None]


def nothing(request: ImageRequest) -> None:
    """Leave the request alone."""


class Toy:
    """Paints one colour for a price, after `act` had a look at the request."""

    act: Act = staticmethod(nothing)
    account = "toy"

    def __init__(self, connection: Connection) -> None:
        """Open it; there is nothing to connect to."""

    def make(self, request: ImageRequest, sketched: Sketched) -> Reply:
        type(self).act(request)
        return Reply(flat_png(request.size, colour_of(request)), cost_microdollars=COST)


def refuse(*words: str) -> Act:
    """Refuse requests whose prompt has one of the words."""

    def act(request: ImageRequest) -> None:
        if any(word in request.prompt for word in words):
            raise ActionFailed("moderation_blocked", "toy refused the prompt; change the words")

    return act


def interrupt(request: ImageRequest) -> None:
    """Press Ctrl-C."""
    signal.raise_signal(signal.SIGINT)


def break_down(request: ImageRequest) -> None:
    """Be wrong in a way that nobody foresaw."""
    raise RuntimeError("the toy broke")


@contextmanager
def installed(act: Act | None = None, name: str = "toy") -> Iterator[None]:
    """Have the provider installed under a name."""
    points = registry._points(registry.PROVIDERS)
    before = dict(points)
    Toy.act = staticmethod(act or nothing)
    registry.load.cache_clear()
    points[name] = Point(name, f"{__name__}:Toy")
    try:
        yield
    finally:
        points.clear()
        points.update(before)
        registry.load.cache_clear()
