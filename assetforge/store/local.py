"""The local store of a project: all its parts over one folder and one database connection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.layout import STORE
from assetforge.reads import variable
from assetforge.store.action_cache import ActionCache, ActionResult
from assetforge.store.cas import Cas
from assetforge.store.claims import Claims
from assetforge.store.elsewhere import VARIABLE, Elsewhere, elsewhere_named
from assetforge.store.record import Record
from assetforge.store.state import State

FOLDER = STORE


class Store:
    """CAS, action cache, claims and record of one project.

    For one thread, but for `cas`, `actions.keep_file` and `holds`, which any thread may use.
    """

    def __init__(self, root: Path, *, emulation: bool = False) -> None:
        """Open, or lay out, the store in a folder.

        What is missing in it is looked for in the store that `ASSETFORGE_REMOTE` names.

        Args:
            root: the folder.
            emulation: whether results of an emulator count.

        Raises:
            StoreProblem: the folder, or the other store, cannot be used.
        """
        self.root = root
        self.emulation = emulation
        self.elsewhere = other_than(root)
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

    @property
    def scratch(self) -> Path:
        """The folder where files are written before they are put into their place."""
        return self.root / "tmp"

    @property
    def read_only(self) -> bool:
        """Whether the store may only be read."""
        return self.state.read_only

    @property
    def warnings(self) -> Sequence[str]:
        """What was found in the other store and not taken, a line each."""
        return self.elsewhere.warnings if self.elsewhere else ()

    def _tidy(self) -> None:
        if self.read_only:
            return
        self.cas.sweep()
        if self.actions.is_empty():
            with self.transaction():
                self.actions.rebuild()

    def known(self, keys: Iterable[ActionKey]) -> dict[ActionKey, ActionResult]:
        """Return the results under some keys whose bytes are in the store.

        What cannot be made again for nothing is looked for elsewhere too, and brought into the
        store. What an emulator made counts only where an emulator may be asked.

        Raises:
            StoreProblem: this store, or the other one, cannot be used.
        """
        asked = list(dict.fromkeys(keys))
        there: dict[Digest, bool] = {}
        found = {}
        for key, each in self.actions.glimpsed(asked).items():
            if self._may_count(each) and (there.get(each.artifact) or self._has(each, there)):
                found[key] = each
        if self.elsewhere is not None:
            for key in asked:
                if key not in found and (brought := self._bring_result(self.elsewhere, key)):
                    found[key] = brought
        return found

    def holds(self, digest: Digest) -> bool:
        """Tell whether a blob is here, or was brought here now from elsewhere.

        Raises:
            StoreProblem: this store, or the other one, cannot be used.
        """
        if self.cas.has(digest):
            return True
        data = self.elsewhere.blob(digest) if self.elsewhere else None
        if data is not None and not self.read_only:
            self.cas.put(data, durable=True)
        return data is not None

    def _may_count(self, result: ActionResult) -> bool:
        return self.emulation or not result.emulated

    def _has(self, result: ActionResult, there: dict[Digest, bool]) -> bool:
        """Tell whether a result's bytes are here, or come here now from elsewhere.

        `there` says what has been looked for already: many results may have one picture.
        """
        digest = result.artifact
        if digest not in there:
            there[digest] = self.cas.has(digest)
        if not there[digest] and self.elsewhere is not None and result.has_file:
            there[digest] = self.holds(digest)
        return there[digest]

    def _bring_result(self, elsewhere: Elsewhere, key: ActionKey) -> ActionResult | None:
        found = elsewhere.result(key)
        if found is None or not self._may_count(found) or not self._has(found, {}):
            return None
        if not self.read_only:
            self.actions.keep_file(found, durable=True)
            self.actions.record([found])
        return found

    def transaction(self) -> AbstractContextManager[None]:
        """Make all changes inside together, or none."""
        return self.state.transaction()

    def close(self) -> None:
        """Close the database."""
        try:
            if not self.read_only:
                self.claims.release_all()
        finally:
            self.state.close()


def other_than(root: Path) -> Elsewhere | None:
    """Return the other store that the environment names; None: it names none, or this one.

    Raises:
        StoreProblem: there is none, or it cannot be read.
    """
    found = elsewhere_named(variable(VARIABLE) or "")
    return None if found is None or found.root.resolve() == root.resolve() else found
