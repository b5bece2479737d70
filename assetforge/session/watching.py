"""Tells a session of every change, from a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Protocol

from assetforge.watch.changes import changes


class Watched(Protocol):
    """What is told of changes: a session."""

    @property
    def folders(self) -> set[Path]:
        """What is to be watched, absolute."""

    @property
    def outputs(self) -> set[Path]:
        """The files that it writes itself, absolute."""

    def changed(self, paths: Collection[Path]) -> None:
        """Take up a settled batch of changes; an empty one says to look."""

    def polls(self, why: str) -> None:
        """Note why folders are looked at again and again; empty: the system tells of changes."""

    def say(self, words: str) -> None:
        """Say something that a person should know."""


class Watching:
    """Watches as long as it is entered.

    Attributes:
        failed: why it ended by itself, which is a bug; whoever drives the session asks for it.
    """

    def __init__(self, session: Watched, failing: Callable[[], None]) -> None:
        """`failing` is called when it ends by itself, on its thread."""
        self.failed: BaseException | None = None
        self._session = session
        self._failing = failing
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="assetforge-watch")

    def __enter__(self) -> Watching:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        session = self._session
        try:
            for changed in changes(
                lambda: session.folders,
                lambda: session.outputs,
                self._stop,
                session.say,
                session.polls,
            ):
                session.changed(changed)
        except BaseException as error:  # told where it is asked for
            self.failed = error
            self._failing()
