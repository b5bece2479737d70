"""The look through the store: what is damaged is set aside, what can be made good is.

It may run while builds do. A writer puts the blob in its place first, then the result's file, then
the call's bill, then the row of the index: all is read in the opposite order, so that what is seen
of a later one has its earlier one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from assetforge.action import ActionKey
from assetforge.digest import SHOWN, Digest, digest_of_file
from assetforge.errors import StoreProblem
from assetforge.store.action_cache import (
    ActionCache,
    ActionResult,
    arrival_files,
    key_of_file,
    read_result,
    removed_keys,
    result_files,
    result_of,
)
from assetforge.store.cas import Cas
from assetforge.store.elsewhere import Elsewhere
from assetforge.store.event_log import FILE as LEDGER
from assetforge.store.event_log import EventLog
from assetforge.store.findings import Checkup, Finding, Outcome
from assetforge.store.journal import FILE as JOURNAL
from assetforge.store.journal import Journal
from assetforge.store.problems import Damaged, disk_problem
from assetforge.store.process import is_gone
from assetforge.store.quarantine import Quarantine
from assetforge.store.salvage import renew_ledger
from assetforge.store.search import Look, Search
from assetforge.store.state import FILE as INDEX
from assetforge.store.state import State, may_write

HEX = frozenset("0123456789abcdef")
WHOLE = 64
"""Characters of a digest."""

MADE_AGAIN = "it is made again for nothing"


def check_store(
    root: Path,
    *,
    wanted: Mapping[Digest, str],
    look: Look,
    elsewhere: Elsewhere | None,
    act: bool,
    locked: Mapping[ActionKey, Digest] | None = None,
) -> Checkup:
    """Look through the store in a folder.

    Args:
        root: the folder.
        wanted: digests of pictures that must not be lost, and what stands on each.
        look: returns files that may hold a lost picture.
        elsewhere: another store that may.
        act: make good what is wrong; else only tell.
        locked: keys of which a lock names the picture.

    Raises:
        StoreProblem: the store, or the other one, cannot be used at all.
    """
    if not root.exists() and not wanted:
        return Checkup(0, 0, 0, 0, [], act)
    if act and root.exists() and not may_write(root):
        raise StoreProblem(
            f"the store in '{root}' may only be read: let it be written to, or add --dry-run"
        )
    try:
        return _Look(root, wanted, locked or {}, Search(elsewhere, look), act).through()
    except OSError as error:
        raise disk_problem(error, "cannot look through the store") from error


@dataclass
class _Look:
    """A look through one store.

    Attributes:
        files: the results that are kept as files, and the notes of arrivals.
        rows: those of the index.
        damaged: blobs whose bytes are not what their name says.
    """

    root: Path
    wanted: Mapping[Digest, str]
    locked: Mapping[ActionKey, Digest]
    search: Search
    act: bool
    findings: list[Finding] = field(default_factory=list)
    files: dict[Path, ActionResult] = field(default_factory=dict)
    rows: dict[ActionKey, ActionResult] = field(default_factory=dict)
    damaged: set[Digest] = field(default_factory=set)
    size: int = 0
    blobs: int = 0

    def __post_init__(self) -> None:
        self.cas = Cas(self.root)
        self.quarantine = Quarantine(self.root)

    def through(self) -> Checkup:
        state = self._open_index()
        try:
            self._look(state)
        finally:
            if state is not None:
                state.close()
        return Checkup(
            blobs=self.blobs,
            size=self.size,
            results=len(self.files),
            quarantined=len(self.quarantine.files()),
            findings=self.findings,
            acted=self.act,
        )

    def _look(self, state: State | None) -> None:
        billed, ledger_trouble = self._billed()
        actions = ActionCache(self.root, state, self.cas) if state else None
        if state is not None:
            self._bury(state)
            self._read_rows(state)
        self._read_files()
        self._read_blobs()
        self._find_missing(actions)
        if actions is not None and state is not None:
            self._compare(state, actions)
        self._find_bills(billed)
        if not (self.root / LEDGER).exists() and any(each.call for each in self.files.values()):
            ledger_trouble = "it is gone"
        if ledger_trouble:
            self._renew_ledger(ledger_trouble)
        self._sweep()
        self._read_journal()

    def found(self, kind: str, subject: object, message: str, outcome: Outcome) -> None:
        self.findings.append(Finding(kind, str(subject), message, outcome))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    # The index

    def _open_index(self) -> State | None:
        """Return the index; None: it is damaged, and nothing is to be changed."""
        try:
            return _sound_state(self.root)
        except Damaged as problem:
            words = f"the index is damaged ({problem.why}): moved to quarantine and made anew"
            self.found("damaged-index", INDEX, words, "repaired")
        if not self.act:
            return None
        for name in (f"{INDEX}-wal", f"{INDEX}-shm", INDEX):
            self.quarantine.take(self.root / name, "damaged")
        return State(self.root)

    def _read_rows(self, state: State) -> None:
        wrong: list[str] = []
        for key, artifact, record in state.rows("SELECT key, artifact, record FROM results"):
            try:
                result = result_of(record)
                if (result.key, result.artifact) != (key, artifact):
                    raise ValueError("it is of another key")
                self.rows[ActionKey(key)] = result
            except (ValueError, TypeError):
                wrong.append(str(key))
        for key in wrong:
            self.found("damaged-row", key, f"the row of {key[:SHOWN]} made no sense", "repaired")
        if self.act and wrong:
            with state.transaction():
                for key in wrong:
                    state.change("DELETE FROM results WHERE key = ?", [key])

    def _bury(self, state: State) -> None:
        """Drop the claims of processes that have ended."""
        rows = state.rows("SELECT key, process FROM inflight ORDER BY key")
        gone = [(key, process) for key, process in rows if is_gone(process)]
        for key, _ in gone:
            words = f"a process that ended was making {key[:SHOWN]}"
            self.found("stale-claim", key, words, "tidied")
        if self.act and gone:
            state.change_each("DELETE FROM inflight WHERE key = ? AND process = ?", gone)

    def _compare(self, state: State, actions: ActionCache) -> None:
        """Have the index and the files say the same."""
        kept = [each for path, each in self.files.items() if path.suffix == ".json"]
        for key in sorted(_without_row(state, {each.key for each in kept} - self.rows.keys())):
            words = f"{key[:SHOWN]} was not in the index"
            self.found("missing-row", key, words, "tidied")
        in_files = {(each.key, each.artifact) for each in kept}
        alone = [
            each
            for each in self.rows.values()
            if each.has_file and (each.key, each.artifact) not in in_files
        ]
        for each in alone:
            words = f"{each.key[:SHOWN]} was in the index only, and is written to a file"
            self.found("missing-file", each.key, words, "repaired")
        if self.act:
            for each in alone:
                actions.keep_file(each, durable=True)
            with state.transaction():
                actions.record([*kept, *alone])

    # Results

    def _read_files(self) -> None:
        for path in [*arrival_files(self.root), *result_files(self.root)]:
            try:
                result = read_result(path)
            except Damaged as problem:
                self._set_result_aside(path, problem.why)
                continue
            if result is not None:
                self.files[path] = result
            elif path.exists():
                self._set_result_aside(path, "it is empty")

    def _set_result_aside(self, path: Path, why: str) -> None:
        words = f"'{self._name(path)}' is damaged ({why}): moved to quarantine"
        row = self.rows.get(key_of_file(path))
        if row is not None:
            words += ", and written again from the index"
        self.found("damaged-result", self._name(path), words, "repaired")
        if self.act:
            self.quarantine.take(path, why, [row.artifact] if row else [])

    # Blobs

    def _read_blobs(self) -> None:
        for path in sorted((self.root / "cas").glob("*/*")):
            digest = Digest(path.name)
            if len(digest) != WHOLE or not HEX.issuperset(digest) or path.parent.name != digest[:2]:
                words = f"'{self._name(path)}' is no blob"
                self.found("stray-file", self._name(path), words, "noted")
                continue
            with suppress(FileNotFoundError):  # removed a moment ago
                self.size += path.stat().st_size
                self.blobs += 1
                if digest_of_file(path) != digest:
                    self._set_blob_aside(path, digest)

    def _set_blob_aside(self, path: Path, digest: Digest) -> None:
        why = "its bytes are not what its name says"
        if self.act:
            place = self.quarantine.take(path, why, [each.key for each in self._of(digest)])
            if place is not None and digest_of_file(place) == digest:
                place.replace(path)  # somebody put good bytes there just now
                return
        self.damaged.add(digest)
        words = f"the blob {digest[:SHOWN]} is damaged: moved to quarantine"
        self.found("damaged-blob", digest, words, "repaired")

    def _of(self, digest: Digest) -> list[ActionResult]:
        """Return the results with an artifact, each once."""
        everything = [*self.files.values(), *self.rows.values()]
        return list({each.key: each for each in everything if each.artifact == digest}.values())

    def _has(self, digest: Digest) -> bool:
        return digest not in self.damaged and self.cas.has(digest)

    def _find_missing(self, actions: ActionCache | None) -> None:
        """Bring back blobs that are gone; say which cannot be, and forget what costs nothing."""
        standing: dict[Digest, list[ActionResult]] = {each: [] for each in self.wanted}
        for result in [*self.files.values(), *self.rows.values()]:
            standing.setdefault(result.artifact, []).append(result)
        for digest, results in standing.items():
            if not self._has(digest) and not self._restored(digest):
                self._say_gone(digest, results, actions)

    def _restored(self, digest: Digest) -> bool:
        found = self.search.find(digest)
        if found is None:
            return False
        data, place = found
        if self.act:
            self.cas.put(data, durable=True)
        self.damaged.discard(digest)
        words = f"the blob {digest[:SHOWN]} was gone: brought back from '{place}'"
        self.found("restored-blob", digest, words, "repaired")
        return True

    def _say_gone(
        self, digest: Digest, kept: list[ActionResult], actions: ActionCache | None
    ) -> None:
        results = [each for each in kept if self._is_kept(each, actions)]
        paid = [each for each in results if each.is_paid]
        if paid or digest in self.wanted:
            stands = self.wanted.get(digest) or f"the result {paid[0].key[:SHOWN]}"
            words = f"the picture {digest[:SHOWN]} is lost, and {stands} stands on it"
            self.found("lost-picture", digest, words, "lost")
        free = {each.key for each in results} - {each.key for each in paid}
        for key in sorted(free):
            words = f"the picture of {key[:SHOWN]} is gone: {MADE_AGAIN}"
            self.found("dropped-result", key, words, "tidied")
        if self.act and actions is not None:
            self._forget(free, digest, actions)

    def _is_kept(self, result: ActionResult, actions: ActionCache | None) -> bool:
        """Tell whether a result is still there: it may have been removed since it was read."""
        if any(path.exists() for path, each in self.files.items() if each == result):
            return True
        row = self.rows.get(result.key)
        return row == result and (actions is None or actions.row(result.key) == result)

    def _forget(self, keys: Iterable[ActionKey], digest: Digest, actions: ActionCache) -> None:
        gone = set(keys)
        actions.drop(gone)
        for key in gone:
            self.rows.pop(key, None)
        for path, result in list(self.files.items()):
            if result.key in gone and result.artifact == digest and not result.is_paid:
                path.unlink(missing_ok=True)
                del self.files[path]

    # Money and decisions

    def _billed(self) -> tuple[dict[ActionKey, str], str]:
        """Return the keys that a picture was paid for, and what shows it; and what is damaged."""
        if not (self.root / LEDGER).exists():
            return {}, ""
        try:
            with closing(EventLog(self.root)) as log:
                log.check()
                events = log.after(0)
        except Damaged as problem:
            return {}, problem.why
        calls = {each.call: each for each in events if each.event == "reserved"}
        return {
            ActionKey(calls[each.call].key): calls[each.call].action
            for each in events
            if each.event == "settled" and not each.why and each.call in calls
        }, ""

    def _find_bills(self, billed: Mapping[ActionKey, str]) -> None:
        """Find pictures that were paid for, and that nothing here tells of any more."""
        told = {each.key for each in self.files.values()} | self.rows.keys()
        told |= removed_keys(self.root)
        for key in sorted(billed.keys() - told):
            bill = f"the ledger has a bill of {billed[key] or key[:SHOWN]}"
            if key in self.locked and self._has(self.locked[key]):
                words = f"{bill}, whose recipe is lost; the lock and the store have its picture"
                self.found("lost-recipe", key, words, "noted")
            else:
                self.found("lost-result", key, f"{bill}, whose result is lost", "lost")

    def _renew_ledger(self, why: str) -> None:
        saved = ""
        if self.act:
            results = [*self.files.values(), *self.rows.values()]
            saved = f", a new one knows {renew_ledger(self.root, results, why):,} calls"
        words = f"the ledger cannot be read ({why}): set aside{saved}"
        self.found("damaged-ledger", LEDGER, words, "repaired")

    def _read_journal(self) -> None:
        for number in Journal(self.root).damaged_lines():
            words = f"line {number} of '{JOURNAL}' is no decision: cut off while it was written"
            self.found("damaged-decision", f"{JOURNAL}:{number}", words, "noted")

    def _sweep(self) -> None:
        for path in self.cas.left_over():
            words = f"'{self._name(path)}' was left half-written"
            self.found("left-over", self._name(path), words, "tidied")
            if self.act:
                path.unlink(missing_ok=True)


def _without_row(state: State, keys: set[ActionKey]) -> set[ActionKey]:
    """Return those of some keys of files that the index lacks, and that nobody is about to add.

    In this order: who makes one gives it back when its row is there.
    """
    claimed = {key for (key,) in state.rows("SELECT key FROM inflight")} if keys else set()
    there = {key for (key,) in state.rows("SELECT key FROM results")} if keys else set()
    return keys - claimed - there


def _sound_state(root: Path) -> State:
    state = State(root)
    try:
        state.check()
    except BaseException:
        state.close()
        raise
    return state
