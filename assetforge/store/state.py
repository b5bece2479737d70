"""The store's database: one SQLite file that several processes may use at once."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

from assetforge.errors import StoreProblem
from assetforge.store.cas import write_atomically

Value: TypeAlias = str | int | float
"""What a column holds."""

LAYOUT = 1
"""Version of the store's folder layout; an unknown one is an error, never a rewrite."""

PATIENCE_SECONDS = 60
"""How long to wait for another process that writes."""

README = """This folder is assetforge's store. It holds every picture a provider has made for this
project, under the digest of its bytes (cas/), and what each was asked for (actions/). Results cost
money and cannot be made again: keep this folder, or share it. To move it, copy it whole.
"""

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
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, pipeline TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS inflight (
    key TEXT PRIMARY KEY, process TEXT NOT NULL, heartbeat REAL NOT NULL
) WITHOUT ROWID;
"""


class State:
    """The store's database, for one thread. What goes wrong in it is told as a `StoreProblem`."""

    def __init__(self, root: Path) -> None:
        """Open the database of the store in a folder, making both if need be.

        Raises:
            StoreProblem: the folder cannot be written, or holds a store of another layout.
        """
        self._path = root / "state.sqlite"
        try:
            _lay_out(root)
        except OSError as error:
            raise StoreProblem(f"cannot open the store in '{root}': {error}") from error
        with self._explained():
            self._database = sqlite3.connect(
                self._path, timeout=PATIENCE_SECONDS, isolation_level=None
            )
        try:
            with self._explained():
                self._set_up()
        except BaseException:
            self.close()
            raise

    def _set_up(self) -> None:
        self._switch_to_wal()
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(SCHEMA)

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
        """Make all changes inside together, or none."""
        try:
            self.change("BEGIN IMMEDIATE")
            yield
            self.change("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self.change("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.DatabaseError as error:
            raise self.problem(error) from error

    def problem(self, error: Exception) -> StoreProblem:
        """Return what to say of an error; a damaged database can be done without."""
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        if code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            return StoreProblem(
                f"the database '{self._path}' is damaged ({error}): delete it, and all that was "
                "paid for is read again from the files beside it"
            )
        return StoreProblem(f"cannot use the database '{self._path}': {error}")


def _lay_out(root: Path) -> None:
    for name in ("cas", "actions", "tmp"):
        (root / name).mkdir(parents=True, exist_ok=True)
    version = root / "version"
    if not version.exists():
        (root / "README.md").write_text(README, encoding="utf-8")
        (root / ".gitignore").write_text("*\n", encoding="utf-8")
        # At once, as another process may be reading it.
        write_atomically(version, f"{LAYOUT}\n".encode(), durable=True, scratch=root / "tmp")
    found = version.read_text(encoding="utf-8", errors="replace").strip()
    if found != str(LAYOUT):
        raise StoreProblem(
            f"the store in '{root}' has layout '{found}', this assetforge knows {LAYOUT}: "
            "use the assetforge that made it, or another store"
        )
