"""Action cache: the action result kept under each action key.

A provider's result is written as a file beside the blobs before anything else happens to it; the
database is an index over these files and can be lost. Results of local steps are in the database
only: they can be made again for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from assetforge.action import ActionKey, Manifest
from assetforge.digest import Digest, Json
from assetforge.errors import StoreProblem
from assetforge.store.cas import write_atomically
from assetforge.store.state import State

BATCH = 500
"""Keys asked for in one query; SQLite allows 999 parameters everywhere."""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """What an action made and how it came to be.

    `made_at` is UTC, ISO 8601; `cost_microdollars` what the call cost; `seconds` how long it took.
    """

    key: ActionKey
    artifact: Digest
    manifest: Manifest
    made_at: str = ""
    seconds: int = 0
    cost_microdollars: int = 0
    usage: Mapping[str, Json] = field(default_factory=dict)
    request_id: str | None = None
    model: str | None = None


class ActionCache:
    """Action results by key. For one thread, but for `keep_file`, which any thread may call."""

    def __init__(self, root: Path, state: State) -> None:
        self._files = root / "actions"
        self._scratch = root / "tmp"
        self._state = state

    def lookup(self, keys: Iterable[ActionKey]) -> dict[ActionKey, ActionResult]:
        """Return the results that are known among some keys."""
        asked = list(dict.fromkeys(keys))
        found: dict[ActionKey, ActionResult] = {}
        for start in range(0, len(asked), BATCH):
            batch = asked[start : start + BATCH]
            marks = ",".join("?" * len(batch))
            statement = f"SELECT record FROM results WHERE key IN ({marks})"
            for result in self._results(statement, batch):
                found[result.key] = result
        for key in asked:
            if key not in found and (kept := _read(self._path(key))):
                self.record([kept])
                found[key] = kept
        return found

    def get(self, key: ActionKey) -> ActionResult | None:
        """Return the result under a key, or None."""
        return self.lookup([key]).get(key)

    def keep_file(self, result: ActionResult, *, durable: bool) -> None:
        """Write a result as a file. `durable`: it survives a power cut, as its blob must already.

        Raises:
            StoreProblem: the file could not be written.
        """
        data = _to_json(result).encode()
        try:
            path = self._path(result.key)
            write_atomically(path, data, durable=durable, scratch=self._scratch)
        except OSError as error:
            raise StoreProblem(f"cannot write to the store: {error}") from error

    def record(self, results: Iterable[ActionResult]) -> None:
        """Add results to the index, in place of older ones whose bytes were lost."""
        rows = [(each.key, each.artifact, _to_json(each)) for each in results]
        self._state.change_each("INSERT OR REPLACE INTO results VALUES (?, ?, ?)", rows)

    def makers(self, artifact: Digest) -> list[ActionResult]:
        """Return every known result with this artifact, by key."""
        statement = "SELECT record FROM results WHERE artifact = ? ORDER BY key"
        return self._results(statement, [artifact])

    def is_empty(self) -> bool:
        """Tell whether the index holds nothing."""
        return not self._state.rows("SELECT 1 FROM results LIMIT 1")

    def rebuild(self) -> int:
        """Fill the index from the files, and return how many results they hold.

        Raises:
            StoreProblem: a file is damaged.
        """
        kept = [each for path in sorted(self._files.glob("??/*.json")) if (each := _read(path))]
        self.record(kept)
        return len(kept)

    def _path(self, key: ActionKey) -> Path:
        return self._files / key[:2] / f"{key}.json"

    def _results(self, statement: str, values: Sequence[str]) -> list[ActionResult]:
        try:
            return [_from_json(record) for (record,) in self._state.rows(statement, values)]
        except (ValueError, TypeError) as error:
            raise self._state.problem(error) from error


def _read(path: Path) -> ActionResult | None:
    """Return the result that a file holds; None where there is none.

    An empty file is none: a power cut leaves such behind for results that were not durable.

    Raises:
        StoreProblem: the file is damaged or cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
        result = _from_json(text) if text else None
        if result is not None and result.key != path.stem:
            raise ValueError("it is of another key")
        return result
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreProblem(f"cannot read from the store: {error}") from error
    except (ValueError, TypeError) as error:
        raise StoreProblem(
            f"the result '{path}' is damaged ({error}): put back a good copy, or delete it to have "
            "it made again"
        ) from error


def _to_json(result: ActionResult) -> str:
    return json.dumps(asdict(result), ensure_ascii=False, sort_keys=True)


FIELDS = frozenset(each.name for each in fields(ActionResult))


def _from_json(record: str) -> ActionResult:
    """Return a result; what a later assetforge wrote down beyond our fields is left out."""
    found = json.loads(record)
    return ActionResult(**{name: found[name] for name in FIELDS if name in found})
