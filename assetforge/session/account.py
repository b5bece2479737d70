"""What a session spends is counted together: its cap is one for all of its builds."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from assetforge.errors import StoreProblem
from assetforge.ledger import Caps, Ledger
from assetforge.store.event_log import FILE
from assetforge.store.local import FOLDER


class Account:
    """One run of the ledger, around all builds that share a cap. For any thread.

    What is spent unasked is counted from its beginning to the end of the session; what somebody
    agreed to, as long as anything that was agreed to is built.
    """

    def __init__(self, root: Path) -> None:
        """Nothing is opened before something is to be spent; `root` is the project's."""
        self._folder = root / FOLDER
        self._lock = threading.Lock()
        self._ledger: Ledger | None = None
        self._file: tuple[int, int] | None = None
        self._agreed = 0
        self._lasts = False
        self._elsewhere = 0

    def left_of(self, cap: int | None) -> int | None:
        """Return the cap of a build whose money is spent unasked, where `cap` is the session's.

        Raises:
            StoreProblem: the ledger cannot be used.
        """
        with self._lock:
            self._lasts = True
            self._opened()
            return None if cap is None else max(0, cap - self._elsewhere)

    def agree(self, agreed: int) -> int:
        """Return the cap of a build that somebody agreed to spend some microdollars on.

        Until `over` is called as often, all is counted together.

        Raises:
            StoreProblem: the ledger cannot be used.
        """
        with self._lock:
            cap = self._opened().committed() + agreed
            self._agreed += 1
            return cap

    def over(self) -> None:
        """Note that a build ended that somebody agreed to."""
        with self._lock:
            self._agreed -= 1
            if not (self._agreed or self._lasts):
                self._end()

    def close(self) -> None:
        """End the run."""
        with self._lock:
            self._end()

    def _opened(self) -> Ledger:
        """Return the ledger; where somebody deleted it, what it counted is kept in mind."""
        if self._ledger is not None and self._file != _identity(self._folder):
            self._elsewhere += self._ledger.committed()
            self._end()
        if self._ledger is None:
            ledger = Ledger(self._folder)
            try:
                ledger.begin(Caps())
            except BaseException:
                ledger.close()
                raise
            self._ledger, self._file = ledger, _identity(self._folder)
        return self._ledger

    def _end(self) -> None:
        ledger, self._ledger = self._ledger, None
        if ledger is not None:
            with suppress(StoreProblem):  # it was deleted, and nobody counts by it
                ledger.close()


def _identity(folder: Path) -> tuple[int, int] | None:
    """Return what tells a ledger's file from another; None: it is not there."""
    try:
        about = (folder / FILE).stat()
    except OSError:
        return None
    return about.st_dev, about.st_ino
