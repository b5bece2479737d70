"""The ledger's file: one table of events in SQLite that is only ever added to.

A rollback journal and no write-ahead log: there are several writers, and a ledger is worth more
than the milliseconds, and than the bug at sqlite.org/wal.html#walresetbug.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from assetforge.errors import StoreProblem
from assetforge.store import problems
from assetforge.store.filesystem import refuse_network
from assetforge.store.problems import disk_problem, explained

FILE: Final = "ledger.sqlite"

MARK: Final = 0x61664C67
"""What the file says of itself (`application_id`): no other program's database is taken for it."""

LAYOUT: Final = 1
"""Version of the table (`user_version`); an unknown one is an error, never a rewrite."""

PATIENCE_SECONDS: Final = 60
"""How long to wait for another process that writes."""

DAMAGE: Final = (
    "put back a good copy, or run `assetforge fsck`, which saves what can be read of it; every "
    "result in the store still knows what it cost"
)
"""What to do with a damaged one."""


class Event(NamedTuple):
    """One line of the ledger. Which fields say something depends on `event`; money is microdollars.

    Attributes:
        event: `begun` and `ended`, of a run; `reserved`, `settled`, `released`, `unknown`, of a
            call.
        at: when, in UTC, ISO 8601.
        run: id of the run that wrote it; empty: written outside of a run.
        process: name of the process that wrote it, see `assetforge.store.process`.
        call: id of the call.
        key, action, asset, step, locale, variants, provider, model, low, high: what was reserved.
        cost, usage, request_id: what the answer said; `usage` is JSON.
        why: why it was released, is unknown, or settled without a picture.
        number: its place among all events; 0: not written yet.
    """

    event: str
    at: str
    run: str
    process: str
    call: str = ""
    key: str = ""
    action: str = ""
    asset: str = ""
    step: str = ""
    locale: str = ""
    variants: int = 0
    provider: str = ""
    model: str = ""
    low: int = 0
    high: int = 0
    cost: int = 0
    usage: str = ""
    request_id: str | None = None
    why: str = ""
    number: int = 0


COLUMNS: Final = ", ".join(Event._fields[:-1])
MARKS: Final = ", ".join("?" * len(Event._fields[:-1]))

SCHEMA: Final = f"""
CREATE TABLE events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    event TEXT NOT NULL, at TEXT NOT NULL, run TEXT NOT NULL, process TEXT NOT NULL,
    call TEXT NOT NULL, key TEXT NOT NULL, action TEXT NOT NULL, asset TEXT NOT NULL,
    step TEXT NOT NULL, locale TEXT NOT NULL, variants INTEGER NOT NULL, provider TEXT NOT NULL,
    model TEXT NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, cost INTEGER NOT NULL,
    usage TEXT NOT NULL, request_id TEXT, why TEXT NOT NULL
);
CREATE TRIGGER never_changed BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
CREATE TRIGGER never_removed BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;
PRAGMA application_id = {MARK};
PRAGMA user_version = {LAYOUT};
"""

ASIDE: Final = """
CREATE TABLE IF NOT EXISTS summary (number INTEGER PRIMARY KEY, said TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS events_by_call ON events (call);
CREATE INDEX IF NOT EXISTS events_by_key ON events (key) WHERE event = 'reserved';
"""
"""What makes a large file quick to read, and can be done without: all of it follows from the
events. An assetforge that does not know of it adds events all the same."""

ASIDE_NAMES: Final = frozenset({"summary", "events_by_call", "events_by_key"})

PIECE: Final = 10_000
"""Events that are read at once."""

BATCH: Final = 500
"""Values asked for in one query; SQLite allows 999 parameters everywhere."""


class EventLog:
    """Reads and adds events. For one thread at a time; what goes wrong is a `StoreProblem`."""

    def __init__(self, root: Path) -> None:
        """Open the ledger's file in a store's folder, making it if need be.

        Raises:
            StoreProblem: the folder cannot be used, or the file is damaged or something else.
        """
        self._path = root / FILE
        try:
            refuse_network(root)
            root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise disk_problem(error, f"cannot open the ledger '{self._path}'") from error
        with self._explained():
            self._database = sqlite3.connect(
                self._path, timeout=PATIENCE_SECONDS, isolation_level=None, check_same_thread=False
            )
        try:
            with self._explained():
                self._set_up()
        except BaseException:
            self.close()
            raise

    def _set_up(self) -> None:
        # Also the folder is synced: what is reserved outlives a power cut.
        # Source: sqlite.org/pragma.html#pragma_synchronous.
        self._database.execute("PRAGMA synchronous = EXTRA")
        if self._is_new():
            with self.transaction():
                if self._is_new():
                    for statement in _statements(SCHEMA):
                        self._database.execute(statement)
        mark, layout = self._said("application_id"), self._said("user_version")
        if mark != MARK:
            raise StoreProblem(f"'{self._path}' is no ledger of assetforge: move it away")
        if layout != LAYOUT:
            raise StoreProblem(
                f"the ledger '{self._path}' has layout '{layout}', this assetforge knows {LAYOUT}: "
                "use the assetforge that made it"
            )
        self._set_aside()

    def _set_aside(self) -> None:
        """Make what a large file is read by, unless the file may not be written to."""
        if not self._has_aside():
            with suppress(StoreProblem), self.transaction(), self._explained():
                for statement in _statements(ASIDE):
                    self._database.execute(statement)
        self._summed = self._has_aside()

    def _has_aside(self) -> bool:
        found = self._database.execute("SELECT name FROM sqlite_master")
        return ASIDE_NAMES.issubset(name for (name,) in found)

    def _is_new(self) -> bool:
        tables = self._database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        return not tables and not self._said("application_id")

    def _said(self, pragma: str) -> int:
        found: int = self._database.execute(f"PRAGMA {pragma}").fetchone()[0]
        return found

    def after(self, number: int) -> list[Event]:
        """Return the first `PIECE` events that came after one, in their order."""
        statement = f"SELECT {COLUMNS}, number FROM events WHERE number > ? ORDER BY number LIMIT ?"
        with self._explained():
            return list(map(Event._make, self._database.execute(statement, [number, PIECE])))

    def each_after(self, number: int) -> Iterator[Event]:
        """Yield all events that came after one, in their order."""
        while True:
            found = self.after(number)
            yield from found
            if len(found) < PIECE:
                return
            number = found[-1].number

    def all(self) -> Iterator[Event]:
        """Yield all events there are now, in their order."""
        with self._explained():
            rows = self._database.execute(f"SELECT {COLUMNS}, number FROM events ORDER BY number")
            yield from map(Event._make, rows)

    def of_calls(self, calls: Iterable[str]) -> list[Event]:
        """Return the events of some calls, in their order."""
        found: list[Event] = []
        for some in _batches(calls):
            statement = f"SELECT {COLUMNS}, number FROM events WHERE call IN ({_marks(some)})"
            with self._explained():
                found += map(Event._make, self._database.execute(statement, some))
        return sorted(found, key=lambda each: each.number)

    def calls_of(self, keys: Iterable[str]) -> list[str]:
        """Return the ids of the calls of some keys."""
        found: list[str] = []
        for some in _batches(keys):
            asked = f"event = 'reserved' AND key IN ({_marks(some)})"
            with self._explained():
                rows = self._database.execute(f"SELECT call FROM events WHERE {asked}", some)
                found += (call for (call,) in rows)
        return found

    def noted(self) -> str:
        """Return the summary that was written down last; empty: there is none."""
        with self._explained():
            rows = self._database.execute("SELECT said FROM summary") if self._summed else ()
            return next((str(said) for (said,) in rows), "")

    def note(self, summary: str) -> None:
        """Write down a summary in place of the last one; within a `transaction`."""
        if self._summed:
            with self._explained():
                self._database.execute("INSERT OR REPLACE INTO summary VALUES (1, ?)", [summary])

    def add(self, events: Iterable[Event]) -> None:
        """Add events; within a `transaction`."""
        rows = [each[:-1] for each in events]
        with self._explained():
            self._database.executemany(f"INSERT INTO events ({COLUMNS}) VALUES ({MARKS})", rows)

    def check(self) -> None:
        """Look through the whole file.

        Raises:
            StoreProblem: it is damaged.
        """
        with self._explained():
            found = str(self._database.execute("PRAGMA integrity_check(1)").fetchone()[0])
        if found != "ok":
            raise damaged(self._path, ValueError(found))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Let nobody else write inside; all that is added is on disk afterwards, or nothing."""
        try:
            with self._explained():
                self._database.execute("BEGIN IMMEDIATE")
            yield
            with self._explained():
                self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self._path, "ledger", DAMAGE)


def damaged(path: Path, error: Exception) -> StoreProblem:
    """Return what to say of a ledger that cannot be understood."""
    return problems.damaged(path, "ledger", error, DAMAGE)


def readable_events(path: Path) -> list[Event]:
    """Return what can still be read of a damaged ledger, in its order."""
    found: list[Event] = []
    database = sqlite3.connect(path, timeout=PATIENCE_SECONDS)
    try:
        for row in database.execute(f"SELECT {COLUMNS}, number FROM events ORDER BY number"):
            found.append(Event._make(row))
    except sqlite3.DatabaseError:
        pass  # from here on, nothing can be read
    finally:
        database.close()
    return found


def _batches(values: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(values)
    while some := list(islice(rest, BATCH)):
        yield some


def _marks(some: Iterable[str]) -> str:
    return ",".join("?" for _ in some)


def _statements(script: str) -> Iterator[str]:
    """Yield the statements of a script one by one: `executescript` would end the transaction."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
