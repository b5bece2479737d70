"""A fuse against loops: something changes a source whenever pictures are made, for example.

Who builds tells the fuse what each build did, and asks it at each change. A loop is told from a
person who saves often by how promptly the next change follows a build, again and again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final

TIMES: Final = 3
"""The same work so many times, each promptly after what was built before, blows the fuse."""

PROMPT_SECONDS: Final = 1.5
"""A change that comes no later after a build may come of it; to settle takes it 0.4 to 1 s."""

QUIET_SECONDS: Final = 30.0
"""A blown fuse mends when nothing changed for so long."""

KEPT: Final = 8
"""How many builds are compared: loops that take more turns to come around are not seen."""

NAMED: Final = 3


class Fuse:
    """Blows when the same work is done again and again; `now` is any clock that never goes back.

    Attributes:
        why: what to do, and what was done too often, in one line; empty: the fuse holds.
    """

    def __init__(self) -> None:
        self.why = ""
        self._chain: deque[Mapping[str, str]] = deque(maxlen=KEPT)
        self._built: float | None = None
        self._changed: float | None = None

    def admits(self, now: float) -> bool:
        """Tell whether a change may be built; each change has to be asked for, also refused ones.

        After 30 seconds without a change it may again.
        """
        quiet = self._changed is None or now - self._changed >= QUIET_SECONDS
        if self.why and quiet:
            self.mend()
        self._changed = now
        return not self.why

    def note(self, work: Mapping[str, str], now: float) -> None:
        """Take note of a build: the targets and actions that it made, each with what it became.

        None is no work, and neither is it the same work where something became another thing.
        """
        if not work:
            return
        if not self._is_prompt():
            self._chain.clear()
        self._chain.append(work)
        self._built = now
        if self._chain.count(work) >= TIMES:
            self.why = (
                "b builds again; something changes a source whenever these are made: "
                f"{_named(work)}"
            )

    def mend(self) -> None:
        """Let builds through again: a person asked for one."""
        self.why = ""
        self._chain.clear()

    def _is_prompt(self) -> bool:
        """Tell whether the last change came soon after the last build."""
        if self._built is None or self._changed is None:
            return False
        return self._changed - self._built <= PROMPT_SECONDS


def _named(work: Iterable[str]) -> str:
    names = sorted(work)
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more} more" if more > 0 else "")
