"""The ledger: what every call was to cost, and what became of it. Nothing in it ever changes.

Events are added to a file that all processes share, and what they come to is kept in memory: each
look at it reads only the events that are new. Money is whole microdollars.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, TypeAlias
from uuid import uuid4

from assetforge.action import ActionKey
from assetforge.digest import Json
from assetforge.errors import StoreProblem
from assetforge.layout import STORE
from assetforge.pricing import usd
from assetforge.store.action_cache import ActionResult
from assetforge.store.books import ALWAYS, DAY, MONTH, Books, Line, Run, State, lines_of
from assetforge.store.event_log import FILE, Event, EventLog, damaged
from assetforge.store.process import is_gone, is_neighbour, own_name

Span: TypeAlias = Literal["run", "day", "month"]
"""What a cap is for."""

STALE: Final = timedelta(minutes=30)
"""A call that is open for this long is lost, and so is a silent run of another machine."""

MINUTE: Final = len("2026-11-21T12:34")


@dataclass(frozen=True, slots=True)
class Call:
    """What is reserved before it is sent.

    Attributes:
        key: what its picture will be kept under.
        action, asset, step: what asks for it, as shown.
        locale: empty when several locales share it, or there is none.
        variants: how many variants stand on it.
        provider: as the profile names it.
        model: as the profile names it.
        low, high: what it will cost, in microdollars.
    """

    key: ActionKey
    action: str
    asset: str
    step: str
    locale: str
    variants: int
    provider: str
    model: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Entry(Call):
    """A call and what became of it.

    Attributes:
        id: the call's own.
        run: id of the run that reserved it; empty: none.
        process: name of the process that reserved it.
        at: when it was reserved, in UTC, ISO 8601: the day and month it is counted in.
        number: of its latest event; later events have greater ones.
        cost: what counts as spent: of a settled call what was billed, of an unknown one `high`.
        usage, request_id: what the answer said.
        why: why it was released or is unknown; of a settled one without a picture, the error code.
    """

    id: str
    run: str
    process: str
    at: str
    number: int
    state: State
    cost: int
    usage: Mapping[str, Json]
    request_id: str | None
    why: str

    @property
    def failed(self) -> bool:
        """Whether an answer came that was no picture."""
        return self.state == "settled" and bool(self.why)

    @property
    def no_answer(self) -> str:
        """What to say where no answer came: when it was sent, and what it may have cost."""
        minute = self.at[:MINUTE].replace("T", " ")
        return f"sent {minute} UTC and not answered; up to ${usd(self.high)} may have been billed"


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that may be spent, in microdollars; None: no cap."""

    run: int | None = None
    day: int | None = None
    month: int | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What counts as spent, in microdollars: by this run, this day and month (UTC).

    `reserved` is set aside on top of it, for all calls in flight.
    """

    run: int
    day: int
    month: int
    reserved: int


class InFlight(Exception):
    """Somebody else has a call open for the same picture: it must not be bought twice."""


class CapReached(Exception):
    """A call would be, or might be, above a cap.

    Attributes:
        which: the cap that is meant.
        cap, spent: microdollars.
        reserved: by calls in flight, of any process; what they come to may be less.
        waits: whether any of these has somebody who waits for its answer.
    """

    def __init__(self, which: Span, cap: int, spent: int, reserved: int, *, waits: bool) -> None:
        self.which = which
        self.cap = cap
        self.spent = spent
        self.reserved = reserved
        self.waits = waits
        held = f" and ${usd(reserved)} reserved" if reserved else ""
        super().__init__(f"of the {which}'s cap of ${usd(cap)}, ${usd(spent)} is spent{held}")


def _entry(line: Line) -> Entry:
    first, latest = line
    return Entry(
        key=ActionKey(first.key),
        action=first.action,
        asset=first.asset,
        step=first.step,
        locale=first.locale,
        variants=first.variants,
        provider=first.provider,
        model=first.model,
        low=first.low,
        high=first.high,
        id=first.call,
        run=first.run,
        process=first.process,
        at=first.at,
        number=latest.number,
        state=line.state,
        cost=line.cost,
        usage=json.loads(latest.usage or "{}"),
        request_id=latest.request_id,
        why=latest.why,
    )


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Ledger:
    """The ledger of one store, for any number of threads and processes at once."""

    def __init__(self, root: Path, clock: Callable[[], datetime] = _utc_now) -> None:
        """Open the ledger of the store in a folder, making it if need be.

        Raises:
            StoreProblem: the folder cannot be used, or the file is damaged or something else.
        """
        self._path = root / FILE
        self._clock = clock
        self._log = EventLog(root)
        self._books = Books(self._log)
        self._lock = threading.Lock()
        self._process = own_name()
        self._run = ""
        self._caps = Caps()

    def begin(self, caps: Caps) -> None:
        """Begin a run: what is reserved from now on keeps to these caps.

        Runs of other living processes at the same time share them: what a run spent is counted
        from the beginning of the oldest that is still alive.
        """
        assert not self._run, "BUG: the last run has not ended"
        run = uuid4().hex
        with self._writing():
            self._log.add([self._event("begun")._replace(run=run)])
        self._run, self._caps = run, caps

    def end(self) -> None:
        """End the run."""
        with self._writing():
            self._log.add([self._event("ended")])
        self._run, self._caps = "", Caps()

    def reserve(self, call: Call) -> str:
        """Set aside what a call may cost, and return the call's id; it is on disk by then.

        Raises:
            InFlight: there is an open call of the same key.
            CapReached: with what is spent and reserved, it might come above a cap.
        """
        id = uuid4().hex
        with self._writing():
            if self._books.is_open(call.key):
                raise InFlight
            event = self._event("reserved", call=id, **asdict(call))
            self._keep_to_caps(event)
            self._log.add([event])
        return id

    def settle(
        self,
        id: str,
        cost: int,
        usage: Mapping[str, Json],
        request_id: str | None,
        *,
        failed: str = "",
    ) -> None:
        """Note that an answer came, and what it cost; `failed`: the error code of no picture."""
        with self._writing():
            self._settle(id, cost, usage, request_id, failed)

    def release(self, id: str, why: str) -> None:
        """Note that a call was refused before any work: nothing is owed."""
        with self._writing():
            if self._books.line(id).state in ("open", "unknown"):
                self._log.add([self._event("released", call=id, why=why)])

    def mark_unknown(self, id: str, why: str) -> None:
        """Note that no answer came: it counts as spent at its high estimate."""
        with self._writing():
            self._mark_unknown(id, why)

    def recover(
        self,
        kept: Callable[[ActionKey], ActionResult | None],
        claimed: ActionKey | None = None,
    ) -> None:
        """Close the calls that nobody will: those of processes that are gone, or long open.

        Args:
            kept: returns the action result under a key. One that says it was paid for by the call
                settles it; else the call is unknown.
            claimed: close the open calls of this key instead, whosoever they are: the caller alone
                makes it now, so nobody waits for them any more.
        """
        with self._reading():
            lost = [
                each
                for each in self._open()
                if (self._is_lost(each) if claimed is None else each.key == claimed)
            ]
        results = {each.id: kept(each.key) for each in lost}
        if lost:
            with self._writing():
                for id, result in results.items():
                    self._recover(id, result)

    def unanswered(self, keys: Iterable[ActionKey], but: str = "") -> dict[ActionKey, Entry]:
        """Return the latest call of each key that was sent without an answer, then or since.

        `but` is the id of a call that is left out of account.
        """
        with self._reading():
            found = {key: _entry(each) for key, each in self._books.last_sent(keys, but).items()}
            return {
                ActionKey(key): each
                for key, each in found.items()
                if each.state == "unknown" or (each.state == "open" and self._is_lost(each))
            }

    def entries(self) -> list[Entry]:
        """Return every call, in the order they were reserved."""
        with self._reading():
            return [_entry(each) for each in lines_of(self._log.all()).values()]

    def spent(self) -> Spent:
        """Return what is spent by now, and what is set aside."""
        with self._reading():
            now = self._now()
            return Spent(
                run=self._counted("run", now)[0] if self._run else 0,
                day=self._counted("day", now)[0],
                month=self._counted("month", now)[0],
                reserved=self._books.reserved[ALWAYS],
            )

    def committed(self) -> int:
        """Return what is spent since this run began, and what its process has set aside."""
        with self._reading():
            began = self._books.runs[self._run].number
            own = (each.high for each in self._open() if each.process == self._process)
            return self._books.spent_since(began) + sum(own)

    def close(self) -> None:
        """End the run, if one is on, and close the file."""
        try:
            if self._run:
                self.end()
        finally:
            self._log.close()

    def _keep_to_caps(self, event: Event) -> None:
        caps = self._caps
        stated: tuple[tuple[Span, int | None], ...] = (
            ("run", caps.run),
            ("day", caps.day),
            ("month", caps.month),
        )
        for which, cap in stated:
            if cap is None:
                continue
            spent, reserved = self._counted(which, event.at)
            if spent + reserved + event.high > cap:
                raise CapReached(which, cap, spent, reserved, waits=self._is_waited_for())

    def _counted(self, which: Span, at: str) -> tuple[int, int]:
        """Return what is spent, and reserved, by this run, or in the day or month of a time."""
        books = self._books
        if which == "run":
            return books.spent_since(self._base()), books.reserved[ALWAYS]
        span = at[: DAY if which == "day" else MONTH]
        return books.spent[span], books.reserved[span]

    def _base(self) -> int:
        """Return the number of the event that the oldest living run began with."""
        runs = self._books.runs.items()
        return min(run.number for id, run in runs if id == self._run or self._lives(run))

    def _lives(self, run: Run) -> bool:
        if is_neighbour(run.process):
            return not is_gone(run.process)
        return self._age(run.at) < STALE

    def _open(self) -> list[Entry]:
        return list(map(_entry, self._books.open.values()))

    def _is_lost(self, entry: Entry) -> bool:
        return is_gone(entry.process) or self._age(entry.at) > STALE

    def _is_waited_for(self) -> bool:
        """Tell whether an open call may still be answered; those that are lost count as spent."""
        return any(not self._is_lost(each) for each in self._open())

    def _recover(self, id: str, result: ActionResult | None) -> None:
        """Close a call that was open a moment ago, unless it was closed meanwhile."""
        if self._books.line(id).state != "open":
            return
        if result is not None and result.call == id:
            self._settle(id, result.cost_microdollars, result.usage, result.request_id, "")
        else:
            self._mark_unknown(id, "its process ended, or lost it, before an answer was noted")

    def _settle(
        self, id: str, cost: int, usage: Mapping[str, Json], request_id: str | None, why: str
    ) -> None:
        # Another process may have taken the call for lost: now it is known.
        if self._books.line(id).state in ("open", "unknown"):
            said = json.dumps(dict(usage), ensure_ascii=False, sort_keys=True)
            self._log.add(
                [
                    self._event(
                        "settled", call=id, cost=cost, usage=said, request_id=request_id, why=why
                    )
                ]
            )

    def _mark_unknown(self, id: str, why: str) -> None:
        if self._books.line(id).state == "open":
            self._log.add([self._event("unknown", call=id, why=why)])

    def _event(self, event: str, **fields: object) -> Event:
        now = self._now()
        return Event(event, now, self._run, self._process, **fields)  # type: ignore[arg-type]  # by name

    def _now(self) -> str:
        return self._clock().astimezone(UTC).isoformat(timespec="milliseconds")

    def _age(self, at: str) -> timedelta:
        return self._clock() - datetime.fromisoformat(at)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._lock, self._understood():
            self._books.catch_up()
            if self._books.is_worth_noting:
                said = self._books.summary()
                with suppress(StoreProblem), self._log.transaction():  # it may be read only
                    self._log.note(said)
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Let nobody else write, in this process or another, and know all that they wrote."""
        with self._lock, self._log.transaction():
            with self._understood():
                self._books.catch_up()
            yield
            if self._books.is_worth_noting:
                self._log.note(self._books.summary())

    @contextmanager
    def _understood(self) -> Iterator[None]:
        try:
            yield
        except (ValueError, TypeError, KeyError) as error:
            raise damaged(self._path, error) from error


def entries_below(root: Path) -> list[Entry]:
    """Return every call of the project in a folder; none when it never bought anything."""
    store = root / STORE
    if not (store / FILE).exists():
        return []
    with closing(Ledger(store)) as ledger:
        return ledger.entries()
