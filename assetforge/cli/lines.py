"""What a watch says: news as lines, and how things are, on a terminal or anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Final, Protocol

import click

from assetforge import registry
from assetforge.cli.status_line import StatusLine
from assetforge.events import Event, Listener, Planned
from assetforge.session.status import Status

READY: Final = "watching; Ctrl-C ends"

CHANGED: Final = "changed: "
"""What the line begins with that says that something follows."""

AT_REST: Final = frozenset({"watching", "broken", "paused"})
"""The phases in which nothing is done until something changes."""

PATIENCE_SECONDS: Final = 1.0
"""How long nothing has to be shown anew while nothing happens."""

WITH_PRICE: Final = "b build · d drafts · ? keys"
WITHOUT: Final = "? keys"


class Lines(Protocol):
    """Where a watch says things. Used in the main thread, but for `on`."""

    def say(self, news: Iterable[str]) -> None:
        """Print news."""

    def show(self, status: Status, question: str) -> float:
        """Show how things are, or a question; return in how many seconds to do so again."""

    def on(self, event: Event) -> None:
        """Take note of what happens in a build, on its thread."""

    def end(self) -> None:
        """Leave the terminal to others."""


class PlainLines:
    """Lines only, one for each news: for pipes, CI and dumb terminals."""

    def __init__(self) -> None:
        self._owes = False
        self._progress: Listener | None = None

    def say(self, news: Iterable[str]) -> None:
        """Print news."""
        for each in news:
            click.echo(each, err=True)
            self._owes = self._owes or not each.startswith(CHANGED)

    def show(self, status: Status, question: str) -> float:
        """Say once after news that everything is done."""
        if self._owes and status.phase in AT_REST:
            self._owes = False
            click.echo(READY, err=True)
        return PATIENCE_SECONDS

    def on(self, event: Event) -> None:
        """Print a line for each action of a build; each build is counted for itself."""
        if isinstance(event, Planned) or self._progress is None:
            self._progress = registry.load(registry.LISTENERS, "plain")(sys.stderr)
        self._progress.on(event)

    def end(self) -> None:
        """Lines need not be taken away."""


class LiveLines:
    """News above a last line that always says how things are: for a terminal."""

    def __init__(self) -> None:
        self._line = StatusLine()

    def say(self, news: Iterable[str]) -> None:
        """Print news above the last line."""
        for each in news:
            self._line.above(each)

    def show(self, status: Status, question: str) -> float:
        """Show how things are, or a question."""
        return self._line.draw(question or line_of(status)) or PATIENCE_SECONDS

    def on(self, event: Event) -> None:
        """Nothing: the status counts what is done, and the build's summary says what failed."""

    def end(self) -> None:
        """Take the last line away."""
        self._line.clear()


def line_of(status: Status) -> str:
    """Return how things are, and the keys that matter now."""
    waits = status.phase in AT_REST and status.stale and status.cost.high
    keys = WITH_PRICE if waits else WITHOUT
    return f"{status.words} · {keys}"
