"""Single flight across processes: who is making which action right now."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from assetforge.action import ActionKey
from assetforge.store.process import is_gone, is_neighbour, own_name
from assetforge.store.record import batches, marks
from assetforge.store.state import State

STALE_SECONDS = 1_800.0
"""A claim of another machine without a heartbeat for this long belongs to a process that is gone.

Longer than any call takes. Of this machine's processes it is known whether they live, however long
they sleep.
"""

BEAT_SECONDS = 5.0
"""How often a process says that it lives."""


class Claims:
    """Claims of one process on action keys. For the scheduler's thread only."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._process = own_name()
        self._beat = 0.0

    def take(self, key: ActionKey) -> bool:
        """Claim a key; False when a living process has it."""
        return key in self.take_each([key])

    def take_each(self, keys: Iterable[ActionKey]) -> set[ActionKey]:
        """Claim keys, and return those that no living process has, this one included."""
        asked = set(keys)
        now = time.time()
        with self._state.transaction():
            claims = self._claims_on(asked)
            asked -= {key for key, holder, heard in claims if _stands(holder, heard, now)}
            rows = [(key, self._process, now) for key in asked]
            self._state.change_each("INSERT OR REPLACE INTO inflight VALUES (?, ?, ?)", rows)
        return asked

    def _claims_on(self, keys: Iterable[ActionKey]) -> Iterator[tuple[ActionKey, str, float]]:
        for some in batches(keys):
            statement = "SELECT key, process, heartbeat FROM inflight WHERE key IN"
            yield from self._state.rows(f"{statement} ({marks(some)})", some)

    def release(self, key: ActionKey) -> None:
        """Give a key back, after its result is recorded."""
        self.release_each([key])

    def release_each(self, keys: Iterable[ActionKey]) -> None:
        """Give keys back, after their results are recorded."""
        self._state.change_each(
            "DELETE FROM inflight WHERE key = ? AND process = ?",
            [(each, self._process) for each in keys],
        )

    def release_all(self) -> None:
        """Give back whatever this process still holds."""
        self._state.change("DELETE FROM inflight WHERE process = ?", [self._process])

    def beat(self) -> None:
        """Say that this process lives; call it often, it writes seldom."""
        now = time.time()
        if now - self._beat > BEAT_SECONDS:
            self._beat = now
            self._state.change(
                "UPDATE inflight SET heartbeat = ? WHERE process = ?", [now, self._process]
            )


def _stands(holder: str, heartbeat: float, now: float) -> bool:
    """Tell whether a claim stands: its process lives, as far as can be told."""
    if is_neighbour(holder):
        return not is_gone(holder)
    return heartbeat >= now - STALE_SECONDS
