"""Progress as plain lines: one for each action that ran, for pipes, CI and dumb terminals."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import TextIO, assert_never

from assetforge.events import (
    Ended,
    Event,
    Outcome,
    Paused,
    Planned,
    Sketched,
    Started,
    TriedAgain,
    Waiting,
)

SILENT = frozenset({Outcome.HIT, Outcome.BLOCKED})
"""Outcomes without a line: nothing happened. The summary counts them."""


WORTH_A_LINE = 1.0
"""Shorter pauses, in seconds, are not told."""


class PlainProgress:
    """Writes a line when an action was made or failed; nothing for hits and what was blocked."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._done = 0
        self._paused_until = 0.0
        self._pending = 0

    def __enter__(self) -> PlainProgress:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stream.flush()

    def on(self, event: Event) -> None:
        """Write a line about one event, if it deserves one."""
        match event:
            case Planned(_, pending):
                self._pending = pending
            case Started() | Sketched():
                pass
            case Paused(seconds, why):
                self._pause(seconds, why)
            case Waiting(action):
                self._write(f"wait    {action}  an equal one is being made")
            case TriedAgain(action, why, how, more):
                self._pending += more
                self._write(f"again   {action}  {how}: {why}")
            case Ended(action, outcome, seconds, _, _, message):
                self._end(action, outcome, seconds, message)
            case _:
                assert_never(event)

    def quiet(self) -> AbstractContextManager[None]:
        """Leave the screen to a question meanwhile: lines need not be taken away."""
        return nullcontext()

    def _pause(self, seconds: float, why: str) -> None:
        """Write a line about a pause; not about one within another."""
        now = time.monotonic()
        if now < self._paused_until or seconds < WORTH_A_LINE:
            return
        self._paused_until = now + seconds
        self._write(f"wait    up to {seconds:.0f} s: {why}")

    def _end(self, action: str, outcome: Outcome, seconds: float, message: str) -> None:
        if outcome in SILENT:
            return
        self._done += 1
        detail = message or f"{seconds:.1f} s"
        counter = f"[{self._done}/{max(self._pending, self._done)}]"
        self._write(f"{counter} {outcome.value:<7} {action}  {detail}")

    def _write(self, line: str) -> None:
        self._stream.write(line + "\n")
        self._stream.flush()
