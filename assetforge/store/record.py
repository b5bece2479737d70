"""What was made for whom: the key each variant's step stands on, and what each target holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

from assetforge.action import ActionKey, VariantName
from assetforge.digest import Digest
from assetforge.pipeline import DEFAULT_FILE
from assetforge.store.state import State

COLUMNS = "path, artifact, variant, key, size, mtime_ns, pipeline"
"""Columns of the table `targets`, in the order of `Written`."""


MARK = "\0"
"""Parts the pipeline file from the variant; no name holds it."""


def _start(pipeline: str) -> str:
    """Return what stands before variants of a pipeline file; nothing for the usual one."""
    return "" if pipeline == DEFAULT_FILE else pipeline + MARK


@dataclass(frozen=True, slots=True)
class Written:
    """A target as assetforge left it; `mtime_ns` and `size` tell cheaply whether it still is.

    `pipeline` is the pipeline file that asked for it: several may share a folder and its store.
    """

    path: str
    artifact: Digest
    variant: VariantName
    key: ActionKey
    size: int
    mtime_ns: int
    pipeline: str


class Record:
    """Reads and writes both tables. For one thread."""

    def __init__(self, state: State) -> None:
        self._state = state

    def stands(self, pipeline: str) -> dict[tuple[str, str], ActionKey]:
        """Return (variant, step) → the key it was last built under for a pipeline file."""
        start = _start(pipeline)
        rows = self._state.rows("SELECT variant, step, key FROM stands")
        return {
            (variant.removeprefix(start), step): ActionKey(key)
            for variant, step, key in rows
            if (variant.startswith(start) if start else MARK not in variant)
        }

    def all_stands(self) -> set[ActionKey]:
        """Return every key that something was last built under."""
        return {ActionKey(key) for (key,) in self._state.rows("SELECT key FROM stands")}

    def set_stands(self, rows: Iterable[tuple[str, str, ActionKey]], pipeline: str) -> None:
        """Note the keys that variants' steps of a pipeline file now stand on."""
        start = _start(pipeline)
        changed = [(start + variant, step, key) for variant, step, key in rows]
        self._state.change_each("INSERT OR REPLACE INTO stands VALUES (?, ?, ?)", changed)

    def targets(self) -> dict[str, Written]:
        """Return path → what was written there."""
        rows = self._state.rows(f"SELECT {COLUMNS} FROM targets")
        return {row[0]: Written(*row) for row in rows}

    def set_targets(self, rows: Iterable[Written]) -> None:
        """Note what targets hold now."""
        self._state.change_each(
            f"INSERT OR REPLACE INTO targets ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [astuple(each) for each in rows],
        )

    def drop_targets(self, paths: Iterable[str]) -> None:
        """Forget targets that are no more."""
        self._state.change_each("DELETE FROM targets WHERE path = ?", [(each,) for each in paths])
