"""The store's database: one SQLite file that several processes may use at once."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

from assetforge.errors import StoreProblem
from assetforge.store.cas import write_atomically
from assetforge.store.filesystem import refuse_network
from assetforge.store.problems import damaged, database_problem, disk_problem, explained

Value: TypeAlias = str | int | float
"""What a column holds."""

FILE: Final = "state.sqlite"

LAYOUT = 2
"""Version of the store's folder layout; an unknown one is an error, never a rewrite.

1: cas/, actions/, tmp/ and the databases. 2: quarantine/ and decisions.jsonl besides.
"""

OLDER = frozenset({"1"})
"""Layouts that become this one by adding to them."""

FOLDERS = ("cas", "actions", "tmp", "quarantine")

PATIENCE_SECONDS = 60
"""How long to wait for another process that writes."""

README = """This folder is assetforge's store. It holds every picture a provider has made for this
project, under the digest of its bytes (cas/), and what each was asked for (actions/). Results cost
money and cannot be made again: keep this folder, or share it. To move it, copy it whole.
`assetforge fsck` finds what is damaged, `assetforge gc` what is not needed any more.
"""

DAMAGE = (
    "run `assetforge fsck`, or delete it, and all that was paid for is read again from the files "
    "beside it"
)
"""What to do with a damaged database."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS results (
    key TEXT PRIMARY KEY, artifact TEXT NOT NULL, record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS results_by_artifact ON results (artifact);
CREATE TABLE IF NOT EXISTS stands (
    variant TEXT NOT NULL, step TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (variant, step)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS targets (
    path TEXT PRIMARY KEY, artifact TEXT NOT NULL, variant TEXT NOT NULL, key TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, pipeline TEXT NOT NULL,
    ctime_ns INTEGER NOT NULL DEFAULT 0, inode INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inflight (
    key TEXT PRIMARY KEY, process TEXT NOT NULL, heartbeat REAL NOT NULL
) WITHOUT ROWID;
"""

TABLES: Final = {
    "results": "key, artifact, record",
    "stands": "variant, step, key",
    "targets": "path, artifact, variant, key, size, mtime_ns, pipeline",
    "inflight": "key, process, heartbeat",
}
"""The tables that must be there, and their columns, but for those that were added since."""

ADDED: Final = {"targets": ("ctime_ns", "inode")}
"""Columns that older databases lack: whole numbers, 0 where they are not known."""


class State:
    """The store's database, for one thread. What goes wrong in it is told as a `StoreProblem`.

    Attributes:
        read_only: the store may only be read: whatever would change it is a problem.
    """

    def __init__(self, root: Path) -> None:
        """Open the database of the store in a folder, making both if need be.

        Raises:
            StoreProblem: the folder cannot be used, or holds a store of another layout.
        """
        self._path = root / FILE
        self.read_only = _may_only_be_read(root)
        try:
            refuse_network(root)
            _check_layout(root) if self.read_only else _lay_out(root)
        except OSError as error:
            raise disk_problem(error, f"cannot open the store in '{root}'") from error
        with self._explained():
            self._database = self._connect()
        try:
            with self._explained():
                self._set_up()
        except BaseException:
            self.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        if not self.read_only:
            return sqlite3.connect(self._path, timeout=PATIENCE_SECONDS, isolation_level=None)
        # Readers of a write-ahead log write beside it. Where that cannot be, nobody writes at all,
        # if there is no log. Source: sqlite.org/wal.html#readonly.
        log = self._path.with_name(f"{FILE}-wal").exists()
        name = f"{self._path.resolve().as_uri()}?mode=ro{'' if log else '&immutable=1'}"
        return sqlite3.connect(name, timeout=PATIENCE_SECONDS, isolation_level=None, uri=True)

    def _set_up(self) -> None:
        if self.read_only:
            return
        self._switch_to_wal()
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(SCHEMA)
        if any(self._lacking()):
            with self.transaction():
                for table, column in list(self._lacking()):  # another process may be faster
                    added = f"{column} INTEGER NOT NULL DEFAULT 0"
                    self._database.execute(f"ALTER TABLE {table} ADD COLUMN {added}")

    def _lacking(self) -> Iterator[tuple[str, str]]:
        """Yield the tables and columns that are not there yet."""
        for table, columns in ADDED.items():
            found = self.columns(table)
            yield from ((table, each) for each in columns if each not in found)

    def columns(self, table: str) -> set[str]:
        """Return the names of a table's columns."""
        return {row[1] for row in self._database.execute(f"PRAGMA table_info({table})")}

    def _switch_to_wal(self) -> None:
        """Let readers and one writer work side by side; said once in a database's life.

        When several processes say so at once, SQLite does not let the later ones wait.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                self._database.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def check(self) -> None:
        """Look through the whole database.

        Raises:
            StoreProblem: it is damaged.
        """
        for (found,) in self.rows("PRAGMA integrity_check(1)"):
            if found != "ok":
                raise self.problem(ValueError(found))
        for table, columns in TABLES.items():
            with self._explained():
                for _ in self._database.execute(f"SELECT {columns} FROM {table}"):
                    pass  # that each row can be read is all there is to know

    def rows(self, statement: str, values: Sequence[Value] = ()) -> list[Any]:
        """Return the rows of a statement, each a tuple."""
        with self._explained():
            return self._database.execute(statement, values).fetchall()

    def change(self, statement: str, values: Sequence[Value] = ()) -> int:
        """Return how many rows a statement changed."""
        with self._explained():
            return self._database.execute(statement, values).rowcount

    def change_each(self, statement: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run a statement once for each row of values."""
        with self._explained():
            self._database.executemany(statement, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make all changes inside together, or none; one within another is part of it."""
        if self._is_changing():
            yield
            return
        try:
            self.change("BEGIN IMMEDIATE")
            yield
            self.change("COMMIT")
        except BaseException:
            if self._is_changing():
                self.change("ROLLBACK")
            raise

    def _is_changing(self) -> bool:
        return self._database.in_transaction

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self._path, "database", DAMAGE)

    def problem(self, error: Exception) -> StoreProblem:
        """Return what to say of an error; a damaged database can be done without."""
        if isinstance(error, sqlite3.Error):
            return database_problem(error, self._path, "database", DAMAGE)
        return damaged(self._path, "database", error, DAMAGE)


def _may_only_be_read(root: Path) -> bool:
    """Tell whether there is a store that this user cannot write to."""
    return (root / "version").exists() and not may_write(root)


def may_write(folder: Path) -> bool:
    """Tell whether this process may write into a folder."""
    return os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _lay_out(root: Path) -> None:
    (root / "tmp").mkdir(parents=True, exist_ok=True)
    version = root / "version"
    if not version.exists():
        (root / "README.md").write_text(README, encoding="utf-8")
        (root / ".gitignore").write_text("*\n", encoding="utf-8")
        _say_layout(root)
    elif _check_layout(root) in OLDER:
        _say_layout(root)
    for name in FOLDERS:
        (root / name).mkdir(exist_ok=True)


def _say_layout(root: Path) -> None:
    # At once, as another process may be reading it.
    write_atomically(root / "version", f"{LAYOUT}\n".encode(), durable=True, scratch=root / "tmp")


def _check_layout(root: Path) -> str:
    """Return the layout of a store.

    Raises:
        StoreProblem: it is none that is known.
    """
    found = (root / "version").read_text(encoding="utf-8", errors="replace").strip()
    if found not in {str(LAYOUT), *OLDER}:
        raise StoreProblem(
            f"the store in '{root}' has layout '{found}', this assetforge knows {LAYOUT}: "
            "use the assetforge that made it, or another store"
        )
    return found
