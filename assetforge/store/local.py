"""The local store of a project: all its parts over one folder and one database connection."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from assetforge.action import ActionKey
from assetforge.store.action_cache import ActionCache, ActionResult
from assetforge.store.cas import Cas
from assetforge.store.claims import Claims
from assetforge.store.record import Record
from assetforge.store.state import State

FOLDER = ".assetforge"


class Store:
    """CAS, action cache, claims and record of one project.

    For one thread, but for `cas` and `actions.keep_file`, which any thread may use.
    """

    def __init__(self, root: Path, *, emulation: bool = False) -> None:
        """Open, or lay out, the store in a folder.

        Args:
            root: the folder.
            emulation: whether results of an emulator count.

        Raises:
            StoreProblem: the folder cannot be used as a store.
        """
        self.root = root
        self.emulation = emulation
        self.state = State(root)
        self.cas = Cas(root)
        self.actions = ActionCache(root, self.state, self.cas)
        self.claims = Claims(self.state)
        self.record = Record(self.state)
        try:
            self._tidy()
        except BaseException:
            self.state.close()
            raise

    def _tidy(self) -> None:
        self.cas.sweep()
        if self.actions.is_empty():
            with self.transaction():
                self.actions.rebuild()

    def known(self, keys: Iterable[ActionKey]) -> dict[ActionKey, ActionResult]:
        """Return the results under some keys whose bytes are in the store.

        What an emulator made counts only where an emulator may be asked.
        """
        found = self.actions.lookup(keys)
        return {
            key: each
            for key, each in found.items()
            if self.cas.has(each.artifact) and (self.emulation or not each.emulated)
        }

    def transaction(self) -> AbstractContextManager[None]:
        """Make all changes inside together, or none."""
        return self.state.transaction()

    def close(self) -> None:
        """Close the database."""
        try:
            self.claims.release_all()
        finally:
            self.state.close()
