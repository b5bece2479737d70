"""Single flight across processes: who is making which action right now."""

from __future__ import annotations

import time

from assetforge.action import ActionKey
from assetforge.store.process import is_gone, machine, own_name
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
        return self._take(key) or (self._bury(key) and self._take(key))

    def _bury(self, key: ActionKey) -> bool:
        """Drop the claim of a process that has ended; False when there is none such."""
        gone = [
            holder
            for (holder,) in self._state.rows("SELECT process FROM inflight WHERE key = ?", [key])
            if is_gone(holder)
        ]
        statement = "DELETE FROM inflight WHERE key = ? AND process = ?"
        self._state.change_each(statement, [(key, each) for each in gone])
        return bool(gone)

    def _take(self, key: ActionKey) -> bool:
        now = time.time()
        neighbours = f"{machine()} %" if machine() else ""
        taken = self._state.change(
            "INSERT INTO inflight VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE"
            " SET process = excluded.process, heartbeat = excluded.heartbeat"
            " WHERE heartbeat < ? AND process NOT LIKE ?",
            [key, self._process, now, now - STALE_SECONDS, neighbours],
        )
        return taken == 1

    def release(self, key: ActionKey) -> None:
        """Give a key back, after its result is recorded."""
        self._state.change(
            "DELETE FROM inflight WHERE key = ? AND process = ?", [key, self._process]
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
