"""The local store of a project: all its parts over one folder and one database connection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.layout import STORE
from assetforge.store.action_cache import ActionCache, ActionResult
from assetforge.store.cas import Cas
from assetforge.store.claims import Claims
from assetforge.store.elsewhere import Elsewhere
from assetforge.store.publishing import NOTHING, Settled, settled
from assetforge.store.record import Record
from assetforge.store.remote import NOT_SHARED, Sharing, other_than, publisher_of
from assetforge.store.result import blobs_of
from assetforge.store.state import State

FOLDER = STORE


class Store:
    """CAS, action cache, claims and record of one project.

    For one thread, but for `cas`, `actions.keep_file` and `holds`, which any thread may use.
    """

    def __init__(
        self,
        root: Path,
        *,
        emulation: bool = False,
        sharing: Sharing = NOT_SHARED,
        alone: bool = False,
    ) -> None:
        """Open, or lay out, the store in a folder.

        What is missing in it is looked for in the store that `ASSETFORGE_REMOTE` or the project
        names, and what is made is published there by who has a key for it.

        Args:
            root: the folder.
            emulation: whether results of an emulator count.
            sharing: what the project says about the store that it shares.
            alone: ask no other store.

        Raises:
            StoreProblem: the folder, or the other store, cannot be used.
            UsageProblem: the other store is not set up as it must be.
        """
        self.root = root
        self.emulation = emulation
        self.elsewhere = None if alone else other_than(root, sharing)
        self.state = State(root)
        self.cas = Cas(root)
        self.actions = ActionCache(root, self.state, self.cas)
        self.claims = Claims(self.state)
        self.record = Record(self.state)
        try:
            self._tidy()
            self._publisher = publisher_of(self.elsewhere, self.cas)
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

    def known(
        self, keys: Iterable[ActionKey], *, sure: bool = False
    ) -> dict[ActionKey, ActionResult]:
        """Return the results under some keys whose bytes are in the store.

        With `sure`, what is not there would be bought: what cannot be asked for is an error.

        What is missing is looked for elsewhere too, and brought into the store. What an emulator
        made counts only where an emulator may be asked.

        Raises:
            StoreProblem: this store, or the other one, cannot be used.
        """
        asked = list(dict.fromkeys(keys))
        there: set[Digest] = set()
        found, gone = {}, []
        for key, each in self.actions.glimpsed(asked).items():
            if not self._may_count(each):
                continue
            if each.artifact in there or self.cas.has(each.artifact):
                there.add(each.artifact)  # many results may have one picture
                found[key] = each
            elif each.has_file:
                gone.append(each)
        back = self._bring(each.artifact for each in gone)
        found |= {each.key: each for each in gone if each.artifact in back}
        if self.elsewhere is not None:
            missing = [key for key in asked if key not in found]
            brought = self._bring_results(self.elsewhere, missing, sure=sure)
            found |= {each.key: each for each in brought}
        return found

    def holds(self, digest: Digest) -> bool:
        """Tell whether a blob is here, or was brought here now from elsewhere.

        Raises:
            StoreProblem: this store, or the other one, cannot be used.
        """
        return self.cas.has(digest) or digest in self._bring([digest])

    def _may_count(self, result: ActionResult) -> bool:
        return self.emulation or not result.emulated

    def _bring(self, digests: Iterable[Digest]) -> set[Digest]:
        """Bring blobs here from elsewhere, and return those that are there."""
        if self.elsewhere is None:
            return set()
        return self.elsewhere.bring(dict.fromkeys(digests), self._keep)

    def _keep(self, data: bytes) -> None:
        """Keep a blob that can be brought again."""
        if not self.read_only:
            self.cas.put(data, durable=False)

    def _bring_results(
        self, elsewhere: Elsewhere, keys: Sequence[ActionKey], *, sure: bool
    ) -> list[ActionResult]:
        found = elsewhere.results(keys, emulation=self.emulation, sure=sure)
        found = [each for each in found if self._may_count(each)]
        needed = [each for result in found for each in blobs_of(result)]
        missing = dict.fromkeys(each for each in needed if not self.cas.has(each))
        absent = missing.keys() - self._bring(missing)
        brought = []
        for each in found:
            if absent.isdisjoint(blobs_of(each)):
                brought.append(each)
            elif sure or not elsewhere.is_down:
                elsewhere.lacks(each, sure=sure)
        if brought and not self.read_only:
            for each in brought:
                if each.has_file:
                    self.actions.keep_file(each, durable=False)
            self.actions.record(brought)
        return brought

    def publish(self, results: Iterable[ActionResult]) -> None:
        """Begin to publish results that were made, where this machine publishes."""
        if self._publisher is not None:
            self._publisher.begin(results)

    def settle(self, *, cancel: bool = False) -> Settled:
        """Wait for what is being published, or with `cancel` only for what is under way."""
        return NOTHING if self._publisher is None else settled(self._publisher, cancel=cancel)

    def transaction(self) -> AbstractContextManager[None]:
        """Make all changes inside together, or none."""
        return self.state.transaction()

    def close(self) -> None:
        """Close the database."""
        try:
            if self._publisher is not None:
                self._publisher.close()
            elif self.elsewhere is not None:
                self.elsewhere.close()
            if not self.read_only:
                self.claims.release_all()
        finally:
            self.state.close()
