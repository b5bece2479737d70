"""Pools: what an account may ask for in a minute, shared by all processes of this machine.

A request waits for its turn until the account's limits have room for it. What was asked for in the
last minute is kept in a small database of the user's, as the limits are the account's and not a
project's. Where a service tells its limits they are used to the full; where it does not, the rate
is found: a little more after each success, a good part less after each refusal.

The rate is what a sliding minute may hold, and within it a tenth of a minute a tenth, so that
neither a service that counts by the minute nor one that counts by the second has to refuse.
"""

from __future__ import annotations

import os
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeAlias

from assetforge.errors import NotStarted, StoreProblem
from assetforge.providers.base import UNTOLD, Allowance
from assetforge.store.problems import explained

FOLDER_VARIABLE: Final = "ASSETFORGE_LIMITS"
"""Names another folder for the database, such as one that a CI keeps between its jobs."""

FILE: Final = "limits.sqlite"

WINDOW_SECONDS: Final = 60.5
"""The minute that limits speak of, and how much later a request may arrive than another."""

BURSTS: Final = 10
"""Into how many parts of the window a full rate is spread."""

SMALL_BURST: Final = 5
"""What a part of the window may hold in any case."""

UNKNOWN_RATE: Final = 5.0
"""Pictures per minute of an account whose limits nobody has told yet: the lowest paid tier's."""

LEAST_RATE: Final = 1.0

CUT: Final = {True: 0.8, False: 0.5}
"""What is left of the rate: after a refusal for the limits (True), after an overload (False)."""

CUT_SECONDS: Final = 10.0
"""Refusals within this time of a cut were on their way already, and cut no more."""

PAUSE_SECONDS: Final = 2.0
"""How long a pool pauses where the service does not say for how long."""

LOOK_SECONDS: Final = 1.0
"""How often a waiting request looks whether an answer has told higher limits meanwhile."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS pools (
    account TEXT PRIMARY KEY, images INTEGER, tokens INTEGER,
    rate REAL, paused_until REAL NOT NULL DEFAULT 0, cut_at REAL NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sent (
    id INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, at REAL NOT NULL,
    images INTEGER NOT NULL, tokens INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS sent_by_account ON sent (account, at);
"""

Turn: TypeAlias = int
"""Names what was admitted, to correct its tokens when they are known."""


class Sent(NamedTuple):
    """What was admitted: when, in seconds of the clock, and how much it counts."""

    at: float
    images: int
    tokens: int


@dataclass(frozen=True, slots=True)
class PoolState:
    """What is known of an account's limits.

    Attributes:
        images, tokens: the limits per minute; None where nobody told them.
        rate: pictures per minute that are asked for now; None: there is no limit.
        paused_until: no request is sent before this time of the clock, in seconds.
        cut_at: when the rate was last lowered.
    """

    images: int | None = None
    tokens: int | None = None
    rate: float | None = None
    paused_until: float = 0.0
    cut_at: float = 0.0


def next_turn(
    state: PoolState, sent: Sequence[Sent], now: float, images: int, tokens: int
) -> float:
    """Return how many seconds a request has to wait; 0.0: it may be sent now.

    Args:
        state: of the pool.
        sent: what was admitted within the window, oldest first.
        now: the clock, in seconds.
        images: pictures that the request counts.
        tokens: tokens that it counts.
    """
    waits = [state.paused_until - now]
    if state.rate is not None:
        whole = max(1.0, state.rate)
        part = max(SMALL_BURST, -(-whole // BURSTS))
        counts = [(each.at, each.images) for each in sent]
        waits.append(_until_room(counts, now, images, whole, WINDOW_SECONDS))
        waits.append(_until_room(counts, now, images, part, WINDOW_SECONDS / BURSTS))
    if state.tokens is not None:
        counts = [(each.at, each.tokens) for each in sent]
        waits.append(_until_room(counts, now, tokens, state.tokens, WINDOW_SECONDS))
    return max(0.0, *waits)


def _until_room(
    counts: Sequence[tuple[float, int]], now: float, wanted: int, limit: float, window: float
) -> float:
    """Return when a sliding window has room; what is larger than the limit waits for all of it."""
    inside = [(at, count) for at, count in counts if at > now - window]
    left = sum(count for _, count in inside)
    wait = 0.0
    for at, count in inside:
        if left + wanted <= limit:
            break
        left -= count
        wait = at + window - now
    return wait


def after_success(state: PoolState, told: Allowance, now: float) -> PoolState:
    """Return what is known after an answer: the limits it told, and a little more rate."""
    state = _told(state, told, now)
    if state.rate is None:
        return state
    step = 1.0 if state.images is None else max(0.25, state.images / 100)
    rate = state.rate + step
    return _with(state, rate=rate if state.images is None else min(rate, float(state.images)))


def after_refusal(
    state: PoolState, told: Allowance, wait: float, now: float, *, limited: bool
) -> PoolState:
    """Return what is known after the service asked to wait: a pause for all, and less rate.

    Args:
        state: what was known.
        told: the limits that the refusal told.
        wait: seconds to pause.
        now: the clock, in seconds.
        limited: True when the account is over its limits; False when the service is overloaded.
    """
    state = _told(state, told, now)
    paused = max(state.paused_until, now + wait)
    if now - state.cut_at < CUT_SECONDS:
        return _with(state, paused_until=paused)
    rate = max(LEAST_RATE, (state.rate or UNKNOWN_RATE) * CUT[limited])
    return _with(state, rate=rate, paused_until=paused, cut_at=now)


def _told(state: PoolState, told: Allowance, now: float) -> PoolState:
    """Take over the limits that a service told. The rate follows unless it was cut just now."""
    images = told.images_per_minute or state.images
    tokens = told.tokens_per_minute or state.tokens
    rate = state.rate
    if images is not None and images != state.images:
        rate = float(images)
    paused = state.paused_until
    if told.images_left == 0 and told.reset_seconds and images:
        # The reset is when all is there again; the next picture comes sooner.
        paused = max(paused, now + min(told.reset_seconds, WINDOW_SECONDS) / images)
    return _with(state, images=images, tokens=tokens, rate=rate, paused_until=paused)


def capped(state: PoolState, stated: Allowance) -> PoolState:
    """Return what is known with the limits that a person stated as upper bounds."""
    images = _least(state.images, stated.images_per_minute)
    tokens = _least(state.tokens, stated.tokens_per_minute)
    rate = state.rate
    if images is not None:
        rate = float(images) if rate is None else min(rate, float(images))
    return _with(state, images=images, tokens=tokens, rate=rate)


def _least(one: int | None, other: int | None) -> int | None:
    return min((each for each in (one, other) if each is not None), default=None)


def _with(state: PoolState, **changes: Any) -> PoolState:
    kept = {name: getattr(state, name) for name in PoolState.__slots__}
    return PoolState(**{**kept, **changes})


def limits_folder() -> Path:
    """Return the folder of what all projects of this user share: the pools."""
    named = os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named)
    # Imported here: only accounts of services have limits, and most builds send nothing.
    import platformdirs

    return platformdirs.user_state_path("assetforge", appauthor=False)


class Pool:
    """The pool of one account. For several threads and processes at once."""

    def __init__(
        self,
        account: str,
        stated: Allowance = UNTOLD,
        *,
        limited: bool = True,
        folder: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Open an account's pool.

        Args:
            account: the provider's word for it.
            stated: the limits that a person stated; they count more than what the service tells.
            limited: False for a service that has no limits until it refuses.
            folder: where the database is; None: `limits_folder`.
            clock: returns seconds; the same for all processes.

        Raises:
            StoreProblem: the folder cannot be used.
        """
        self._account = account
        self._stated = stated
        self._limited = limited
        self._clock = clock
        self._gate = threading.Lock()
        self._lock = threading.Lock()
        self._database = _opened(folder or limits_folder())

    def wait_turn(
        self,
        images: int,
        tokens: int,
        stopping: threading.Event,
        waiting: Callable[[float], None] = lambda seconds: None,
    ) -> Turn:
        """Wait until the limits have room for a request, and count it. First come, first served.

        Args:
            images: pictures the request counts.
            tokens: tokens it counts, as far as known.
            stopping: ends the wait.
            waiting: is told of a wait, in seconds, before it begins.

        Raises:
            NotStarted: the run was stopped meanwhile.
        """
        with self._gate:
            while not stopping.is_set():
                turn, wait = self._admit(images, tokens)
                if turn is not None:
                    return turn
                waiting(wait)
                stopping.wait(min(wait, LOOK_SECONDS))
        raise NotStarted("stopped", "not sent: the run was stopped")

    def _admit(self, images: int, tokens: int) -> tuple[Turn | None, float]:
        now = self._clock()
        with self._transaction() as database:
            state = self._state(database)
            rows = database.execute(
                "SELECT at, images, tokens FROM sent WHERE account = ? AND at BETWEEN ? AND ?"
                " ORDER BY at",
                [self._account, now - WINDOW_SECONDS, now + WINDOW_SECONDS],
            )
            wait = next_turn(state, [Sent(*row) for row in rows], now, images, tokens)
            if wait > 0:
                return None, wait
            database.execute("DELETE FROM sent WHERE at < ?", [now - 2 * WINDOW_SECONDS])
            turn = database.execute(
                "INSERT INTO sent (account, at, images, tokens) VALUES (?, ?, ?, ?)",
                [self._account, now, images, tokens],
            ).lastrowid
        return turn, 0.0

    def answered(self, turn: Turn, tokens: int | None, told: Allowance) -> None:
        """Take note of an answer: the tokens it really took, and the limits it told."""
        with self._transaction() as database:
            if tokens is not None:
                database.execute("UPDATE sent SET tokens = ? WHERE id = ?", [tokens, turn])
            state = self._state(database)
            self._keep(database, state, after_success(state, told, self._clock()))

    def refused(self, wait: float | None, told: Allowance, *, limited: bool) -> float:
        """Pause the whole pool as the service asked, and return for how many seconds.

        Up to a tenth longer, so that the machines of a team do not come back at the same moment.
        """
        pause = (PAUSE_SECONDS if wait is None else wait) * random.uniform(1.0, 1.1)
        now = self._clock()
        with self._transaction() as database:
            state = self._state(database)
            after = after_refusal(state, told, pause, now, limited=limited)
            self._keep(database, state, after)
        return pause

    def state(self) -> PoolState:
        """Return what is known of the limits now."""
        with self._transaction() as database:
            return self._state(database)

    def close(self) -> None:
        """Close the database."""
        self._database.close()

    def _state(self, database: sqlite3.Connection) -> PoolState:
        row = database.execute(
            "SELECT images, tokens, rate, paused_until, cut_at FROM pools WHERE account = ?",
            [self._account],
        ).fetchone()
        first = PoolState(rate=UNKNOWN_RATE if self._limited else None)
        return capped(PoolState(*row) if row else _told(first, self._stated, 0.0), self._stated)

    def _keep(self, database: sqlite3.Connection, before: PoolState, after: PoolState) -> None:
        if after != before:
            database.execute(
                "INSERT OR REPLACE INTO pools (account, images, tokens, rate, paused_until, cut_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                [self._account, *(getattr(after, name) for name in PoolState.__slots__)],
            )

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _explained():
            try:
                self._database.execute("BEGIN IMMEDIATE")
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise


def _explained() -> AbstractContextManager[None]:
    advice = f"delete the file, or name another folder in {FOLDER_VARIABLE}"
    return explained(limits_folder() / FILE, "rate limits", advice)


def _opened(folder: Path) -> sqlite3.Connection:
    """Open the database. It may be lost at any time, so nothing waits for the disk.

    Raises:
        StoreProblem: the folder cannot be used.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreProblem(f"cannot keep rate limits in '{folder}': {error}") from error
    with _explained():
        database = sqlite3.connect(
            folder / FILE, timeout=60, isolation_level=None, check_same_thread=False
        )
        try:
            database.execute("PRAGMA synchronous = OFF")
            database.executescript(SCHEMA)
        except BaseException:
            database.close()
            raise
    return database
