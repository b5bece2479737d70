"""Questions asked side by side: each waits for the network, and one after another takes long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

AT_ONCE: Final = 16
"""Speed levels off there for objects of a few kilobytes on loopback."""


class Once:
    """A question that many threads have: one asks it, and the others wait for what it finds.

    Who waits is told what it raised; who comes later asks anew. Answered, it is not asked again.
    """

    def __init__(self, ask: Callable[[], None]) -> None:
        """Take a question whose answer is that it raises nothing."""
        self._ask = ask
        self._choosing = threading.Lock()
        self._asked: Future[None] | None = None

    def __call__(self) -> None:
        """Ask, or wait for whoever asks."""
        mine: Future[None] = Future()
        with self._choosing:
            asked = self._asked = self._asked or mine
        if asked is mine:
            self._find(mine)
        asked.result()

    def _find(self, found: Future[None]) -> None:
        try:
            self._ask()
        except BaseException as error:
            self._asked = None
            found.set_exception(error)
        else:
            found.set_result(None)


def those(true: Callable[[str], bool], names: Sequence[str]) -> set[str]:
    """Return the names of which something is true; what one question raises ends the others."""
    if len(names) < 2:
        return _kept(names, map(true, names))
    pool = ThreadPoolExecutor(min(AT_ONCE, len(names)), "backend")
    try:
        return _kept(names, pool.map(true, names))
    finally:
        pool.shutdown(cancel_futures=True)


def _kept(names: Sequence[str], answers: Iterable[bool]) -> set[str]:
    return {name for name, answer in zip(names, answers, strict=True) if answer}
