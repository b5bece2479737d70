"""What the events of a ledger come to, kept so that a look reads only what is new.

A summary of the events up to one of them is kept beside these, which never change: who opens a
ledger of 100,000 calls reads the summary and what came after it. What is asked of single calls is
looked up. Money is whole microdollars.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from assetforge.store.event_log import Event, EventLog

State: TypeAlias = Literal["open", "settled", "released", "unknown"]
"""In flight; answered; refused before any work; sent, and no answer came."""

STATES: Final[Mapping[str, State]] = {
    "reserved": "open",
    "settled": "settled",
    "released": "released",
    "unknown": "unknown",
}
"""What a call is after an event."""

DAY: Final = len("2026-11-21")
MONTH: Final = len("2026-11")
ALWAYS: Final = ""

RULE: Final = 1
"""Version of the summary; another one is passed over."""

WORTH_NOTING: Final = 1_000
"""Events since the last summary that make another one worth its while."""


@dataclass(slots=True)
class Run:
    """A run that has not ended: the number of its first event, its process, its last sign."""

    number: int
    process: str
    at: str


class Line(NamedTuple):
    """A call as it is written down: the event that reserved it, and the latest."""

    reserved: Event
    latest: Event

    @property
    def state(self) -> State:
        """What became of the call."""
        return STATES[self.latest.event]

    @property
    def cost(self) -> int:
        """What counts as spent."""
        return self.reserved.high if self.state == "unknown" else self.latest.cost

    @property
    def held(self) -> int:
        """What is set aside for it."""
        return self.reserved.high if self.state == "open" else 0


class Books:
    """What the events come to. Each is folded once, in its order.

    Attributes:
        last: number of the last event that is in them.
        open: the calls in flight, by id.
        runs: those that have not ended, by id.
        spent, reserved: by day, by month, and by `ALWAYS`.
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self.last = 0
        self.open: dict[str, Line] = {}
        self.runs: dict[str, Run] = {}
        self.spent: Counter[str] = Counter()
        self.reserved: Counter[str] = Counter()
        self._open_keys: Counter[str] = Counter()
        self._base: int | None = None
        self._since_base = 0
        self._noted = 0
        self._recalled = False

    @property
    def is_worth_noting(self) -> bool:
        """Whether much came since the last summary."""
        return self.last - self._noted >= WORTH_NOTING

    def catch_up(self) -> None:
        """Take in what came since the last look.

        Raises:
            ValueError, TypeError, KeyError: an event makes no sense.
        """
        if not self._recalled:
            self._recall()
        for event in self._log.each_after(self.last):
            self.fold(event)

    def summary(self) -> str:
        """Return what is to be written down, so that nobody need read these events again."""
        self._noted = self.last
        said = {
            "rule": RULE,
            "last": self.last,
            "spent": self.spent,
            "open": list(self.open),
            "runs": {id: [run.number, run.process, run.at] for id, run in self.runs.items()},
        }
        return json.dumps(said)

    def _recall(self) -> None:
        """Begin with the last summary, if there is one that can be understood."""
        self._recalled = True
        try:
            said: dict[str, Any] = json.loads(self._log.noted())
        except ValueError:
            return
        if said.get("rule") != RULE:
            return
        self.last = self._noted = said["last"]
        self.spent = Counter(said["spent"])
        self.runs = {id: Run(*run) for id, run in said["runs"].items()}
        reserved = (each for each in self._log.of_calls(said["open"]) if each.event == "reserved")
        for event in reserved:
            self._open(event)

    def fold(self, event: Event) -> None:
        """Take in one event. One that makes no sense is not passed over, now or later.

        Raises:
            ValueError, TypeError, KeyError: it makes none.
        """
        if event.run in self.runs:
            self.runs[event.run].at = event.at
        if event.event == "begun":
            self.runs[event.run] = Run(event.number, event.process, event.at)
        elif event.event == "ended":
            self.runs.pop(event.run, None)
        elif event.event == "reserved":
            self._open(event)
        else:
            self._change(event)
        self.last = event.number

    def _open(self, event: Event) -> None:
        self.open[event.call] = Line(event, event)
        self._open_keys[event.key] += 1
        for span in _spans(event):
            self.reserved[span] += event.high

    def _change(self, event: Event) -> None:
        old = self.open.get(event.call) or self._before(event)
        new = Line(old.reserved, event)
        more = new.cost - old.cost
        if self.open.pop(event.call, None):
            self._open_keys[old.reserved.key] -= 1
        for span in _spans(old.reserved):
            self.spent[span] += more
            self.reserved[span] += new.held - old.held
        if self._base is not None:
            counted = old.cost if old.latest.number > self._base else 0
            self._since_base += new.cost - counted

    def _before(self, event: Event) -> Line:
        """Return the call of an event as it was before."""
        events = [each for each in self._log.of_calls([event.call]) if each.number < event.number]
        return lines_of(events)[event.call]

    def line(self, call: str) -> Line:
        """Return a call as it is now.

        Raises:
            KeyError: there is none.
        """
        return self.open.get(call) or lines_of(self._log.of_calls([call]))[call]

    def spent_since(self, number: int) -> int:
        """Return what was spent by the calls that an event after this one is of."""
        if number != self._base:
            self._base = number
            latest = {each.call: each for each in self._log.each_after(number) if each.call}
            unknown = [call for call, each in latest.items() if each.event == "unknown"]
            lines = lines_of(self._log.of_calls(unknown)).values()
            self._since_base = sum(each.cost for each in latest.values())
            self._since_base += sum(each.reserved.high for each in lines)
        return self._since_base

    def is_open(self, key: str) -> bool:
        """Tell whether a call of a key is in flight."""
        return self._open_keys[key] > 0

    def last_sent(self, keys: Iterable[str], but: str = "") -> dict[str, Line]:
        """Return the latest call of each key, those released and the one of an id aside."""
        lines = lines_of(self._log.of_calls(self._log.calls_of(keys)))
        found: dict[str, Line] = {}
        for call, line in lines.items():
            key = line.reserved.key
            if call == but or line.state == "released":
                continue
            if key not in found or found[key].latest.number < line.latest.number:
                found[key] = line
        return found


def lines_of(events: Iterable[Event]) -> dict[str, Line]:
    """Return the calls that some events come to, by id, in the order they were reserved.

    Raises:
        KeyError: an event is of no call.
    """
    found: dict[str, Line] = {}
    for event in events:
        if event.event == "reserved":
            found[event.call] = Line(event, event)
        elif event.call:
            found[event.call] = Line(found[event.call].reserved, event)
    return found


def _spans(reserved: Event) -> Sequence[str]:
    """Return what a call is counted in: always, its day, its month."""
    return ALWAYS, reserved.at[:DAY], reserved.at[:MONTH]
