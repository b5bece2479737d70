"""What was made for whom: the key each variant's step stands on, and what each target holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass

from assetforge.action import ActionKey, VariantName
from assetforge.digest import Digest
from assetforge.store.state import State

COLUMNS = "path, artifact, variant, key, size, mtime_ns, pipeline"
"""Columns of the table `targets`, in the order of `Written`."""


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

    def stands(self) -> dict[tuple[str, str], ActionKey]:
        """Return (variant, step) → the key it was last built under."""
        rows = self._state.rows("SELECT variant, step, key FROM stands")
        return {(variant, step): ActionKey(key) for variant, step, key in rows}

    def set_stands(self, rows: Iterable[tuple[str, str, ActionKey]]) -> None:
        """Note the keys that variants' steps now stand on."""
        self._state.change_each("INSERT OR REPLACE INTO stands VALUES (?, ?, ?)", list(rows))

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
