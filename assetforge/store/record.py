"""What was made for whom: the key each variant's step stands on, and what each target holds."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import islice
from typing import TypeVar

from assetforge.action import ActionKey, VariantName
from assetforge.digest import Digest
from assetforge.layout import DEFAULT_FILE
from assetforge.store.state import State

Item = TypeVar("Item")

BATCH = 500
"""Rows asked for in one query; SQLite allows 999 parameters everywhere."""

MARK = "\0"
"""Parts the pipeline file from the variant; no name holds it."""


def _start(pipeline: str) -> str:
    """Return what stands before variants of a pipeline file; nothing for the usual one."""
    return "" if pipeline == DEFAULT_FILE else pipeline + MARK


@dataclass(frozen=True, slots=True)
class Written:
    """A target as assetforge left it; its stamps tell cheaply whether it still is.

    `pipeline` is the pipeline file that asked for it: several may share a folder and its store.
    `ctime_ns` and `inode` are 0 where they are not known: written by an older assetforge, or on a
    system without times of change.
    """

    path: str
    artifact: Digest
    variant: VariantName
    key: ActionKey
    size: int
    mtime_ns: int
    pipeline: str
    ctime_ns: int = 0
    inode: int = 0


COLUMNS = tuple(each.name for each in fields(Written))
"""Columns of the table `targets`."""


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

    def stands_of(self, variants: Iterable[str], pipeline: str) -> dict[tuple[str, str], ActionKey]:
        """Return (variant, step) → key for some variants of a pipeline file."""
        start = _start(pipeline)
        found: dict[tuple[str, str], ActionKey] = {}
        for some in batches(dict.fromkeys(variants)):
            rows = self._state.rows(
                f"SELECT variant, step, key FROM stands WHERE variant IN ({marks(some)})",
                [start + each for each in some],
            )
            for variant, step, key in rows:
                found[variant.removeprefix(start), step] = ActionKey(key)
        return found

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
        rows = self._state.rows(f"SELECT {self._columns} FROM targets")
        return {row[0]: Written(*row) for row in rows}

    def targets_of(self, paths: Iterable[str]) -> dict[str, Written]:
        """Return path → what was written there, of some paths."""
        found: dict[str, Written] = {}
        for some in batches(paths):
            statement = f"SELECT {self._columns} FROM targets WHERE path IN ({marks(some)})"
            found |= {row[0]: Written(*row) for row in self._state.rows(statement, some)}
        return found

    def targets_besides(self, paths: Container[str], pipeline: str) -> list[Written]:
        """Return what a pipeline file wrote at other paths than these."""
        statement = "SELECT path FROM targets WHERE pipeline = ?"
        rows = self._state.rows(statement, [pipeline])
        return list(self.targets_of(path for (path,) in rows if path not in paths).values())

    @cached_property
    def _columns(self) -> str:
        """The columns to ask for; a database that may only be read may lack some."""
        there = self._state.columns("targets")
        return ", ".join(each if each in there else f"0 AS {each}" for each in COLUMNS)

    def set_targets(self, rows: Iterable[Written]) -> None:
        """Note what targets hold now."""
        self._state.change_each(
            f"INSERT OR REPLACE INTO targets ({', '.join(COLUMNS)}) VALUES ({marks(COLUMNS)})",
            [tuple(getattr(each, name) for name in COLUMNS) for each in rows],
        )

    def drop_targets(self, paths: Iterable[str]) -> None:
        """Forget targets that are no more."""
        self._state.change_each("DELETE FROM targets WHERE path = ?", [(each,) for each in paths])


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """Yield items in lists of so many, the last one shorter."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some


def marks(some: Iterable[object]) -> str:
    """Return a mark for each value of a statement."""
    return ",".join("?" for _ in some)
