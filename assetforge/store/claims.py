"""Single flight across processes: who is making which action right now."""

from __future__ import annotations

import os
import sqlite3
import time
import uuid

from assetforge.action import ActionKey

STALE_SECONDS = 30.0
"""A claim without a heartbeat for this long belongs to a process that is gone."""


class Claims:
    """Claims of one process on action keys. For the scheduler's thread only."""

    def __init__(self, state: sqlite3.Connection) -> None:
        self._state = state
        self._process = f"{os.getpid()}-{uuid.uuid4().hex}"
        self._beat = 0.0

    def take(self, key: ActionKey) -> bool:
        """Claim a key; False when a living process has it."""
        now = time.time()
        taken = self._state.execute(
            "INSERT INTO inflight VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE"
            " SET process = excluded.process, heartbeat = excluded.heartbeat"
            " WHERE heartbeat < ? RETURNING process",
            (key, self._process, now, now - STALE_SECONDS),
        ).fetchone()
        return taken is not None

    def release(self, key: ActionKey) -> None:
        """Give a key back, after its result is recorded."""
        self._state.execute(
            "DELETE FROM inflight WHERE key = ? AND process = ?", (key, self._process)
        )

    def release_all(self) -> None:
        """Give back whatever this process still holds."""
        self._state.execute("DELETE FROM inflight WHERE process = ?", (self._process,))

    def beat(self) -> None:
        """Say that this process lives; call it often, it writes seldom."""
        now = time.time()
        if now - self._beat > STALE_SECONDS / 6:
            self._beat = now
            self._state.execute(
                "UPDATE inflight SET heartbeat = ? WHERE process = ?", (now, self._process)
            )
