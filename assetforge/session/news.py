"""Tells everybody who listens that something changed: at once, but not at every little thing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

PAUSE_SECONDS: Final = 0.05
"""What changes within this time is told once."""

KEPT: Final = 1_000
"""How many lines are remembered."""


class News:
    """Lines for people, and who is told of changes. For any thread."""

    def __init__(self, flush: Callable[[], None]) -> None:
        """Begin; `flush` is called before each telling."""
        self._flush = flush
        self._lock = threading.Lock()
        self._told: dict[object, Callable[[], None]] = {}
        self._lines: list[str] = []
        self._first = 0
        self._due = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._tell, name="assetforge-news", daemon=True)
        self._thread.start()

    def say(self, line: str) -> None:
        """Add a line, or several, and tell."""
        with self._lock:
            self._lines.append(line)
            extra = max(0, len(self._lines) - KEPT)
            del self._lines[:extra]
            self._first += extra
        self.due()

    @property
    def last(self) -> str:
        """What was said last; empty: nothing yet."""
        with self._lock:
            return self._lines[-1] if self._lines else ""

    def since(self, number: int) -> tuple[int, Sequence[str]]:
        """Return how many lines there were in all, and those after the first `number`."""
        with self._lock:
            return self._first + len(self._lines), self._lines[max(0, number - self._first) :]

    def subscribe(self, tell: Callable[[], None]) -> Callable[[], None]:
        """Have `tell` called after changes; returns what ends that."""
        mark = object()
        with self._lock:
            self._told[mark] = tell

        def end() -> None:
            with self._lock:
                self._told.pop(mark, None)

        return end

    def due(self) -> None:
        """Have everybody told soon."""
        self._due.set()

    def close(self) -> None:
        """Tell the last, and end."""
        self._ended = True
        self._due.set()
        self._thread.join()

    def _tell(self) -> None:
        while not self._ended:
            self._due.wait()
            self._due.clear()
            self._flush()
            with self._lock:
                told = list(self._told.values())
            for each in told:
                each()
            time.sleep(PAUSE_SECONDS)
