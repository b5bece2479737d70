"""Action cache: the action result kept under each action key.

A provider's result is written as a file beside the blobs before anything else happens to it; the
database is an index over these files and can be lost. Results of local steps are in the database
only: they can be made again for nothing.

The first result under a key stays the truth for as long as its bytes are there, for other keys
stand on it. A second one, bought by mistake, is kept beside it and named by its call.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.errors import StoreProblem
from assetforge.store.cas import Cas, write_atomically
from assetforge.store.problems import damaged, disk_problem
from assetforge.store.result import ActionResult, glimpse, record_of, result_of, seen
from assetforge.store.state import State

__all__ = ["ActionCache", "ActionResult", "record_of", "result_of"]

ARRIVED = ".arrived"
"""How the name of a note of an arrival ends."""

REMOVED = ".removed"
"""How the name of a result ends whose picture a person had removed: what is left is its recipe."""

DAMAGE = "put back a good copy, or run `assetforge fsck`"
"""What to do with a damaged file of a result."""

BATCH = 500
"""Keys asked for in one query; SQLite allows 999 parameters everywhere."""

IN_INDEX = "SELECT record FROM results WHERE key IN ({})"


class ActionCache:
    """Action results by key. For one thread, but any may call `filed` and `keep_file`."""

    def __init__(self, root: Path, state: State, cas: Cas) -> None:
        self._root = root
        self._files = root / "actions"
        self._scratch = root / "tmp"
        self._state = state
        self._cas = cas

    def lookup(self, keys: Iterable[ActionKey]) -> dict[ActionKey, ActionResult]:
        """Return the results that are known among some keys."""
        return self._look_up(dict.fromkeys(keys).keys(), result_of)

    def glimpsed(self, keys: Iterable[ActionKey]) -> dict[ActionKey, ActionResult]:
        """Return the same, each read no further than a decision needs: the rest is read when asked.

        They share the texts of keys and digests, for there may be very many.
        """
        asked: dict[str, ActionKey] = {each: each for each in keys}
        artifacts: dict[str, Digest] = {}
        whole = self._whole

        def glimpsed(record: str) -> ActionResult:
            found = glimpse(record)
            if found is None:
                return result_of(record)
            key, digest, emulated, verdict = found
            artifact = artifacts.get(digest)
            if artifact is None:
                artifact = artifacts[digest] = Digest(digest)
            own = asked.get(key) or ActionKey(key)
            return seen(own, artifact, verdict, whole, emulated=emulated)

        return self._look_up(asked.values(), glimpsed)

    def _look_up(
        self, asked: Collection[ActionKey], understood: Callable[[str], ActionResult]
    ) -> dict[ActionKey, ActionResult]:
        # In the order of the index, so that neighbours are read together.
        found = {
            result.key: result
            for batch in _batches(sorted(asked))
            for result in self._results(IN_INDEX.format(_marks(batch)), batch, understood)
        }
        for key in asked:
            if key not in found and self._is_filed(key) and (kept := self.filed(key)):
                if not self._state.read_only:
                    self.record([kept])
                found[key] = kept
        return found

    def _is_filed(self, key: ActionKey) -> bool:
        """Tell whether there may be a file of a key; what is wrong with it shows when it is read.

        Asked for every key that is to run, and nearly always there is none.
        """
        try:
            os.stat(f"{self._files}{os.sep}{key[:2]}{os.sep}{key}.json")  # noqa: PTH116  no Path
        except FileNotFoundError:
            return False
        except OSError:
            pass
        return True

    def _whole(self, glimpsed: ActionResult) -> ActionResult:
        """Return all of a result of which little was read.

        Another picture may stand under its key by now. What it was asked for is the same.

        Raises:
            StoreProblem: it is there no more, or cannot be read.
        """
        try:
            row = self.row(glimpsed.key)
        except sqlite3.ProgrammingError:  # the store is closed by now, or this is another thread
            with closing(State(self._root)) as state:
                row = ActionCache(self._root, state, self._cas).row(glimpsed.key)
        found = [row, *map(read_result, self._files_of(glimpsed.key))]
        kept = [each for each in found if each is not None]
        for each in kept:
            if each.artifact == glimpsed.artifact:
                return each
        if not kept:
            raise StoreProblem(f"the result {glimpsed.key} is in the store no more; run it again")
        return ActionResult(glimpsed.key, glimpsed.artifact, kept[0].manifest)

    def _files_of(self, key: ActionKey) -> list[Path]:
        """Return the files of a key's results, the first before those beside it."""
        found = (self._files / key[:2]).glob(f"{key}*.json")
        return sorted(found, key=lambda path: (len(path.name), path.name))

    def set_down(self, result: ActionResult) -> ActionResult:
        """Return a result that is kept here, in memory no more than what a decision needs."""
        verdict, emulated = result.verdict, result.emulated
        return seen(result.key, result.artifact, verdict, self._whole, emulated=emulated)

    def get(self, key: ActionKey) -> ActionResult | None:
        """Return the result under a key, or None."""
        return self.lookup([key]).get(key)

    def filed(self, key: ActionKey) -> ActionResult | None:
        """Return the result that is kept as a file under a key, or None; any thread may ask.

        Raises:
            StoreProblem: the file is damaged or cannot be read.
        """
        return read_result(self._path(key))

    def keep_file(self, result: ActionResult, *, durable: bool) -> None:
        """Write a result as a file. `durable`: it survives a power cut, as its blob must already.

        Raises:
            StoreProblem: the file could not be written.
        """
        data = record_of(result).encode()
        path = self._path(result.key)
        if result.call and self._is_taken(path, result):
            path = self._beside(result)
        try:
            write_atomically(path, data, durable=durable, scratch=self._scratch)
        except OSError as error:
            raise disk_problem(error, "cannot write to the store") from error

    def note_arrival(self, result: ActionResult) -> None:
        """Write down what a call brought, before it is known whether it is the picture asked for.

        Until `keep_file` it is no result: only `arrived` knows of it.

        Raises:
            StoreProblem: the file could not be written.
        """
        data = record_of(result).encode()
        try:
            write_atomically(self._arrival(result), data, durable=True, scratch=self._scratch)
        except OSError as error:
            raise disk_problem(error, "cannot write to the store") from error

    def forget_arrival(self, result: ActionResult) -> None:
        """Take the note of an arrival away: it became a result, or turned out to be none."""
        with suppress(OSError):  # a note too many does no harm
            self._arrival(result).unlink()

    def arrived(self, key: ActionKey) -> list[ActionResult]:
        """Return what calls brought that were broken off before they looked at it."""
        paths = sorted(self._path(key).parent.glob(f"{key}.*{ARRIVED}"))
        return [each for path in paths if (each := read_result(path))]

    def _arrival(self, result: ActionResult) -> Path:
        return self._path(result.key).with_name(f"{result.key}.{result.call}{ARRIVED}")

    def _is_taken(self, path: Path, result: ActionResult) -> bool:
        """Tell whether a file must not be written over: it holds another paid picture, or may."""
        try:
            first = read_result(path)
        except StoreProblem:
            return True
        if first is None or first.call == result.call or _gives_way(first, result):
            return False
        return self._cas.has(first.artifact)

    def record(self, results: Iterable[ActionResult]) -> None:
        """Add results to the index, but for those with an older one whose bytes are there."""
        asked = list(results)
        truth = self._indexed(each.key for each in asked)
        added: dict[ActionKey, ActionResult] = {}
        for each in asked:
            first = truth.get(each.key)
            if first and self._cas.has(first.artifact) and not _gives_way(first, each):
                continue
            truth[each.key] = each
            added[each.key] = each
        rows = [(each.key, each.artifact, record_of(each)) for each in added.values()]
        self._state.change_each("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", rows)

    def adopt(self, result: ActionResult) -> None:
        """Keep a result that was made under the key of an older rule under its key of today.

        Raises:
            StoreProblem: it could not be written.
        """
        if result.has_file:
            self.keep_file(result, durable=True)
        self.record([result])

    def _indexed(self, keys: Iterable[ActionKey]) -> dict[ActionKey, ActionResult]:
        """Return the results in the index."""
        return {
            each.key: each
            for batch in _batches(keys)
            for each in self._results(IN_INDEX.format(_marks(batch)), batch)
        }

    def makers(self, artifact: Digest) -> list[ActionResult]:
        """Return every known result with this artifact, by key."""
        statement = "SELECT record FROM results WHERE artifact = ? ORDER BY key"
        return self._results(statement, [artifact])

    def starting(self, text: str) -> list[ActionResult]:
        """Return every known result whose key or artifact begins with some characters, by key."""
        begins = "substr(key, 1, length(?1)) = ?1 OR substr(artifact, 1, length(?1)) = ?1"
        return self._results(f"SELECT record FROM results WHERE {begins} ORDER BY key", [text])

    def is_empty(self) -> bool:
        """Tell whether the index holds nothing."""
        return not self._state.rows("SELECT 1 FROM results LIMIT 1")

    def rebuild(self) -> int:
        """Fill the index from the files, and return how many results they hold.

        Raises:
            StoreProblem: a file is damaged.
        """
        kept = [each for path in result_files(self._root) if (each := read_result(path))]
        self.record(kept)
        return len(kept)

    def all(self) -> Iterator[ActionResult]:
        """Yield every result of the index, by key."""
        yield from self._results("SELECT record FROM results ORDER BY key", [])

    def row(self, key: ActionKey) -> ActionResult | None:
        """Return the result of a key in the index."""
        return next(iter(self._results("SELECT record FROM results WHERE key = ?", [key])), None)

    def drop(self, keys: Iterable[ActionKey]) -> None:
        """Take results out of the index; the files stay."""
        self._state.change_each("DELETE FROM results WHERE key = ?", [(each,) for each in keys])

    def _path(self, key: ActionKey) -> Path:
        return self._files / key[:2] / f"{key}.json"

    def _beside(self, result: ActionResult) -> Path:
        return self._files / result.key[:2] / f"{result.key}.{result.call}.json"

    def _results(
        self,
        statement: str,
        values: Sequence[str],
        understood: Callable[[str], ActionResult] = result_of,
    ) -> list[ActionResult]:
        try:
            return [understood(record) for (record,) in self._state.rows(statement, values)]
        except (ValueError, TypeError) as error:
            raise self._state.problem(error) from error


def _gives_way(earlier: ActionResult, later: ActionResult) -> bool:
    """Tell whether a result gives way: an emulated one to a real one, a look to what it led to."""
    return (earlier.emulated and not later.emulated) or earlier.verdict != later.verdict


def _batches(keys: Iterable[ActionKey]) -> Iterable[list[ActionKey]]:
    asked = list(keys)
    return (asked[start : start + BATCH] for start in range(0, len(asked), BATCH))


def _marks(batch: Sequence[ActionKey]) -> str:
    return ",".join("?" * len(batch))


def result_files(root: Path) -> list[Path]:
    """Return the files of results: of each key the first before those beside it."""
    found = (root / "actions").glob("??/*.json")
    return sorted(found, key=lambda path: (len(path.name), path.name))


def arrival_files(root: Path) -> list[Path]:
    """Return the notes of arrivals."""
    return sorted((root / "actions").glob(f"??/*{ARRIVED}"))


def removed_keys(root: Path) -> set[ActionKey]:
    """Return the keys that a person had a picture removed of."""
    return {key_of_file(path) for path in (root / "actions").glob(f"??/*{REMOVED}")}


def key_of_file(path: Path) -> ActionKey:
    """Return the key that a file is named by."""
    return ActionKey(path.name.partition(".")[0])


def read_result(path: Path) -> ActionResult | None:
    """Return the result that a file holds; None where there is none.

    An empty file is none: a power cut leaves such behind for results that were not durable.

    Raises:
        Damaged: it is none.
        StoreProblem: it cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
        result = result_of(text) if text else None
        if result is not None and result.key != key_of_file(path):
            raise ValueError("it is of another key")
        return result
    except FileNotFoundError:
        return None
    except OSError as error:
        raise disk_problem(error, "cannot read from the store") from error
    except (ValueError, TypeError) as error:
        raise damaged(path, "result", error, DAMAGE) from error
