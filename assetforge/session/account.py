"""What a session spends is counted together: its cap is one for all of its builds."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

from assetforge.ledger import Caps, Ledger
from assetforge.store.local import FOLDER


class Account:
    """One run of the ledger, as long as a session. For any thread."""

    def __init__(self, root: Path) -> None:
        """Nothing is opened before `begin`; `root` is the project's."""
        self._folder = root / FOLDER
        self._lock = threading.Lock()
        self._ledger: Ledger | None = None

    def begin(self) -> None:
        """Have all that is spent from now on counted together.

        Raises:
            StoreProblem: the ledger cannot be used.
        """
        with self._lock:
            if self._ledger is None:
                self._folder.mkdir(exist_ok=True)
                ledger = Ledger(self._folder)
                ledger.begin(Caps())
                self._ledger = ledger

    def cap_for(self, agreed: int) -> int:
        """Return the cap of a build that somebody agreed to spend some microdollars on.

        Once the account began, caps are counted from its beginning.
        """
        with self._lock:
            if self._ledger is None:
                return agreed
            spent = self._ledger.spent()
            return spent.run + spent.reserved + agreed

    def close(self) -> None:
        """End the run."""
        with self._lock:
            if self._ledger is not None:
                with closing(self._ledger):
                    self._ledger = None
