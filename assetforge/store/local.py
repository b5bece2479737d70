"""The local store of a project: all its parts over one folder and one database connection."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from assetforge.action import ActionKey
from assetforge.store.action_cache import ActionCache, ActionResult
from assetforge.store.cas import Cas
from assetforge.store.claims import Claims
from assetforge.store.record import Record
from assetforge.store.state import open_state

FOLDER = ".assetforge"


class Store:
    """CAS, action cache, claims and record of one project.

    For one thread, but for `cas` and `actions.keep_file`, which any thread may use.
    """

    def __init__(self, root: Path) -> None:
        """Open, or lay out, the store in a folder.

        Raises:
            StoreProblem: the folder cannot be used as a store.
        """
        fresh = not (root / "state.sqlite").exists()
        self.root = root
        self.state = open_state(root)
        self.cas = Cas(root)
        self.actions = ActionCache(root, self.state)
        self.claims = Claims(self.state)
        self.record = Record(self.state)
        if fresh:
            self.actions.rebuild()

    def known(self, keys: Iterable[ActionKey]) -> dict[ActionKey, ActionResult]:
        """Return the results under some keys whose bytes are in the store."""
        found = self.actions.lookup(keys)
        return {key: each for key, each in found.items() if self.cas.has(each.artifact)}

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all changes inside durable together."""
        self.state.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.state.execute("ROLLBACK")
            raise
        self.state.execute("COMMIT")

    def close(self) -> None:
        """Close the database."""
        self.claims.release_all()
        self.state.close()
