from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from assetforge.errors import StoreProblem
from assetforge.ledger import STALE, Call, CapReached, Caps, Entry, InFlight, Ledger, Spent
from assetforge.store.action_cache import ActionResult
from assetforge.store.books import WORTH_NOTING
from assetforge.store.event_log import Event, EventLog
from assetforge.store.process import own_name
from tests.refusing import no_file_larger_than, read_only
from tests.store.conftest import a_key, a_result

CENT = 10_000

KEY = a_key("banner")


def a_call(name: str = "banner", high: int = 5 * CENT, low: int = 4 * CENT) -> Call:
    return Call(
        key=a_key(name),
        action=f"{name}/wide/de/edit",
        asset=name,
        step="edit",
        locale="de",
        variants=1,
        provider="openai",
        model="gpt-image-2",
        low=low,
        high=high,
    )


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / ".assetforge"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(root: Path, clock: Clock) -> Iterator[Ledger]:
    opened = Ledger(root, clock)
    yield opened
    opened.close()


@pytest.fixture
def other(root: Path, clock: Clock) -> Iterator[Ledger]:
    """Another ledger on the same file, as another process has."""
    opened = Ledger(root, clock)
    yield opened
    opened.close()


def only(ledger: Ledger) -> Entry:
    (entry,) = ledger.entries()
    return entry


def nothing_kept(_) -> None:
    return None


def leave_to_a_process_that_died(ledger: Ledger) -> None:
    """What this ledger does from now on looks as if done by a process that has ended since."""
    died = subprocess.Popen([sys.executable, "-c", "pass"])
    died.wait()
    words = own_name().split(" ")
    ledger._process = f"{words[0]} {died.pid} {words[2]} 1"


# What becomes of a call


def test_a_reserved_call_is_open_and_holds_its_highest_price(ledger, clock):
    id = ledger.reserve(a_call())

    entry = only(ledger)
    assert (entry.id, entry.state, entry.cost) == (id, "open", 0)
    assert (entry.key, entry.asset, entry.locale, entry.high) == (KEY, "banner", "de", 5 * CENT)
    assert datetime.fromisoformat(entry.at) == clock.now
    assert ledger.spent() == Spent(run=0, day=0, month=0, reserved=5 * CENT)


def test_an_answer_settles_a_call_with_what_was_billed(ledger):
    id = ledger.reserve(a_call())

    ledger.settle(id, 41_123, {"output_tokens": 1372}, "req_1")

    entry = only(ledger)
    assert (entry.state, entry.cost) == ("settled", 41_123)
    assert (entry.usage, entry.request_id) == ({"output_tokens": 1372}, "req_1")
    assert not entry.failed
    assert ledger.spent() == Spent(run=0, day=41_123, month=41_123, reserved=0)


def test_a_call_may_cost_more_than_was_reserved(ledger):
    ledger.settle(ledger.reserve(a_call(high=CENT)), 3 * CENT, {}, None)

    assert ledger.spent().day == 3 * CENT


def test_an_answer_without_a_picture_is_billed_and_says_why(ledger):
    ledger.settle(ledger.reserve(a_call()), 2 * CENT, {}, None, failed="bad-reply")

    entry = only(ledger)
    assert (entry.state, entry.why, entry.failed) == ("settled", "bad-reply", True)
    assert ledger.spent().day == 2 * CENT


def test_nothing_is_owed_for_a_refused_call(ledger):
    ledger.release(ledger.reserve(a_call()), "rate_limit_exceeded")

    entry = only(ledger)
    assert (entry.state, entry.cost, entry.why) == ("released", 0, "rate_limit_exceeded")
    assert ledger.spent() == Spent(0, 0, 0, 0)


def test_an_unknown_call_counts_as_spent_at_its_highest_price(ledger):
    ledger.mark_unknown(ledger.reserve(a_call()), "no answer")

    assert (only(ledger).state, only(ledger).cost) == ("unknown", 5 * CENT)
    assert ledger.spent() == Spent(0, 5 * CENT, 5 * CENT, 0)


def test_an_answer_after_all_takes_the_place_of_unknown(ledger, other):
    """Another process may have taken a long call for lost."""
    id = ledger.reserve(a_call())
    other.mark_unknown(id, "taken for lost")

    ledger.settle(id, 4 * CENT, {}, None)

    assert (only(ledger).state, ledger.spent().day) == ("settled", 4 * CENT)


def test_a_call_is_settled_once(ledger, other):
    id = ledger.reserve(a_call())
    ledger.settle(id, 4 * CENT, {}, "first")

    other.settle(id, 9 * CENT, {}, "second")
    other.mark_unknown(id, "late")
    other.release(id, "late")

    assert (only(ledger).state, only(ledger).request_id) == ("settled", "first")
    assert ledger.spent().day == 4 * CENT


def test_a_released_call_stays_released(ledger):
    id = ledger.reserve(a_call())
    ledger.release(id, "rate_limit_exceeded")

    ledger.settle(id, 9 * CENT, {}, None)

    assert only(ledger).state == "released"


def test_entries_come_in_the_order_they_were_reserved(ledger, other):
    first = ledger.reserve(a_call("one"))
    second = other.reserve(a_call("two"))
    ledger.settle(second, 1, {}, None)

    ids = [each.id for each in other.entries()]

    assert ids == [first, second]


# Caps


def test_a_call_that_might_come_above_the_cap_is_refused(ledger):
    ledger.begin(Caps(run=10 * CENT))
    ledger.settle(ledger.reserve(a_call()), 4 * CENT, {}, None)
    ledger.reserve(a_call())

    with pytest.raises(CapReached) as reached:
        ledger.reserve(a_call("other", high=CENT + 1))

    caught = reached.value
    assert (caught.which, caught.cap, caught.spent) == ("run", 10 * CENT, 4 * CENT)
    assert caught.reserved == 5 * CENT
    assert str(caught) == "of the run's cap of $0.10, $0.04 is spent and $0.05 reserved"
    assert ledger.reserve(a_call("other", high=CENT))


@pytest.mark.parametrize("end", ["settle", "release", "unknown"])
def test_the_same_picture_is_not_asked_for_while_somebody_asks_for_it(ledger, other, end):
    """Claims keep that from happening; a clock that is wrong may break a claim."""
    id = ledger.reserve(a_call())

    with pytest.raises(InFlight):
        other.reserve(a_call())
    assert other.reserve(a_call("another"))
    if end == "settle":
        ledger.settle(id, CENT, {}, None)
    elif end == "release":
        ledger.release(id, "slow_down")
    else:
        ledger.mark_unknown(id, "no answer")

    assert other.reserve(a_call())


def test_what_a_refused_call_asked_for_is_not_written_down(ledger):
    ledger.begin(Caps(run=0))

    with pytest.raises(CapReached, match=r"^of the run's cap of \$0.00, \$0.00 is spent$"):
        ledger.reserve(a_call())

    assert ledger.entries() == []


def test_an_unknown_call_uses_up_the_cap(ledger):
    ledger.begin(Caps(run=5 * CENT))
    ledger.mark_unknown(ledger.reserve(a_call()), "no answer")

    with pytest.raises(CapReached):
        ledger.reserve(a_call(high=1))


def test_a_released_call_gives_its_part_of_the_cap_back(ledger):
    ledger.begin(Caps(run=5 * CENT))
    ledger.release(ledger.reserve(a_call()), "slow_down")

    assert ledger.reserve(a_call())


def test_the_cap_of_a_run_does_not_count_earlier_runs(ledger):
    ledger.begin(Caps(run=5 * CENT))
    ledger.settle(ledger.reserve(a_call()), 5 * CENT, {}, None)
    ledger.end()

    ledger.begin(Caps(run=5 * CENT))

    assert ledger.spent().run == 0
    assert ledger.reserve(a_call())


def test_runs_at_the_same_time_share_the_cap(ledger, other):
    ledger.begin(Caps(run=5 * CENT))
    ledger.settle(ledger.reserve(a_call()), 4 * CENT, {}, None)
    other.begin(Caps(run=5 * CENT))

    with pytest.raises(CapReached):
        other.reserve(a_call(high=2 * CENT))

    ledger.end()
    assert other.spent().run == 0
    assert other.reserve(a_call(high=2 * CENT))


def test_a_run_that_died_shares_no_cap(ledger, other):
    leave_to_a_process_that_died(other)
    other.begin(Caps())
    other.settle(other.reserve(a_call()), 5 * CENT, {}, None)

    ledger.begin(Caps(run=5 * CENT))

    assert ledger.spent().run == 0
    assert ledger.reserve(a_call())


@pytest.mark.parametrize(("silent_for", "counts"), [(STALE / 2, True), (STALE * 2, False)])
def test_a_run_of_another_machine_lives_while_it_gives_signs(
    ledger, other, clock, silent_for, counts
):
    other._process = "elsewhere/pid:[1] 7 0"
    other.begin(Caps())
    clock.now += STALE * 2
    other.settle(other.reserve(a_call()), 4 * CENT, {}, None)

    clock.now += silent_for
    ledger.begin(Caps(run=5 * CENT))

    assert ledger.spent().run == (4 * CENT if counts else 0)


def test_what_was_in_flight_before_a_run_counts_while_it_is_open_and_when_it_is_closed(ledger):
    id = ledger.reserve(a_call())
    ledger.begin(Caps(run=9 * CENT))

    with pytest.raises(CapReached):
        ledger.reserve(a_call("other"))

    ledger.settle(id, 3 * CENT, {}, None)
    assert ledger.spent().run == 3 * CENT


@pytest.mark.parametrize("which", ["day", "month"])
def test_days_and_months_are_those_of_the_reservation_in_utc(ledger, clock, which):
    clock.now = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    ledger.begin(Caps(**{which: 5 * CENT}))
    late = ledger.reserve(a_call())
    with pytest.raises(CapReached, match=f"of the {which}'s cap"):
        ledger.reserve(a_call("other", high=1))

    clock.now = datetime(2026, 12, 1, 0, 1, tzinfo=UTC)
    ledger.settle(late, 5 * CENT, {}, None)

    assert (ledger.spent().day, ledger.spent().month) == (0, 0)
    assert ledger.reserve(a_call())


def test_a_new_day_is_in_the_same_month(ledger, clock):
    ledger.settle(ledger.reserve(a_call()), 3 * CENT, {}, None)

    clock.now += timedelta(days=1)

    assert (ledger.spent().day, ledger.spent().month) == (0, 3 * CENT)


def test_earlier_days_count_for_a_month_that_another_ledger_spent(ledger, other, clock):
    other.settle(other.reserve(a_call()), 3 * CENT, {}, None)
    clock.now += timedelta(days=3)
    ledger.begin(Caps(month=5 * CENT))

    with pytest.raises(CapReached) as reached:
        ledger.reserve(a_call(high=3 * CENT))

    assert (reached.value.which, reached.value.spent) == ("month", 3 * CENT)


def test_without_a_run_nothing_is_capped(ledger):
    ledger.begin(Caps(run=0, day=0, month=0))
    ledger.end()

    assert ledger.reserve(a_call())


def test_a_closed_ledger_has_ended_its_run(root, ledger):
    leaving = Ledger(root)
    leaving.begin(Caps())
    leaving.settle(leaving.reserve(a_call()), 5 * CENT, {}, None)

    leaving.close()

    ledger.begin(Caps(run=5 * CENT))
    assert ledger.spent().run == 0


# What was not answered


def test_a_key_whose_call_is_unknown_is_unanswered(ledger):
    ledger.mark_unknown(ledger.reserve(a_call()), "no answer")
    ledger.settle(ledger.reserve(a_call("answered")), 1, {}, None)
    ledger.reserve(a_call("in flight"))

    found = ledger.unanswered([KEY, a_key("answered"), a_key("in flight"), a_key("never asked")])

    assert {key: each.why for key, each in found.items()} == {KEY: "no answer"}


def test_a_key_that_was_answered_since_is_not_unanswered(ledger):
    ledger.mark_unknown(ledger.reserve(a_call()), "no answer")
    ledger.settle(ledger.reserve(a_call()), 1, {}, None)

    assert ledger.unanswered([KEY]) == {}


def test_a_refusal_is_no_answer(ledger):
    lost = ledger.reserve(a_call())
    ledger.mark_unknown(lost, "no answer")
    ledger.release(ledger.reserve(a_call()), "slow_down")

    assert ledger.unanswered([KEY])[KEY].id == lost


def test_a_late_answer_to_an_earlier_call_is_an_answer(ledger):
    late = ledger.reserve(a_call())
    ledger.mark_unknown(late, "taken for lost")
    ledger.mark_unknown(ledger.reserve(a_call()), "no answer")

    ledger.settle(late, 1, {}, None)

    assert ledger.unanswered([KEY]) == {}


def test_a_call_whose_process_died_is_unanswered_before_anybody_closed_it(ledger, other):
    leave_to_a_process_that_died(other)
    lost = other.reserve(a_call())

    assert ledger.unanswered([KEY])[KEY].id == lost


def test_what_to_say_of_no_answer_is_when_it_was_sent_and_for_how_much(ledger):
    ledger.mark_unknown(ledger.reserve(a_call(high=210_000)), "lost")

    assert ledger.unanswered([KEY])[KEY].no_answer == (
        "sent 2026-11-21 12:00 UTC and not answered; up to $0.21 may have been billed"
    )


def test_an_error_is_an_answer(ledger):
    ledger.mark_unknown(ledger.reserve(a_call()), "no answer")
    ledger.settle(ledger.reserve(a_call()), 1, {}, None, failed="bad-reply")

    assert ledger.unanswered([KEY]) == {}


# Recovery


def kept_by(call: str, **fields) -> ActionResult:
    return a_result("banner", call=call, cost_microdollars=4 * CENT, **fields)


def test_the_call_of_a_process_that_died_is_settled_from_its_kept_result(ledger, other):
    leave_to_a_process_that_died(other)
    id = other.reserve(a_call())
    kept = kept_by(id, usage={"output_tokens": 7}, request_id="req_7")

    ledger.recover({KEY: kept}.get)

    entry = only(ledger)
    assert (entry.state, entry.cost, entry.request_id) == ("settled", 4 * CENT, "req_7")
    assert entry.usage == {"output_tokens": 7}


def test_the_call_of_a_process_that_died_is_unknown_when_another_call_paid_for_the_result(
    ledger, other
):
    leave_to_a_process_that_died(other)
    other.reserve(a_call())

    ledger.recover({KEY: kept_by("another call")}.get)

    assert only(ledger).state == "unknown"
    assert only(ledger).why == "its process ended, or lost it, before an answer was noted"


def test_the_open_call_of_a_living_process_is_left_alone(ledger, other):
    other.reserve(a_call())

    ledger.recover(nothing_kept)

    assert only(ledger).state == "open"


def test_who_has_the_claim_of_a_key_closes_what_others_left_open(ledger, other):
    mine = other.reserve(a_call())
    other.reserve(a_call("another"))

    ledger.recover(nothing_kept, KEY)

    assert {each.id: each.state for each in ledger.entries()}[mine] == "unknown"
    assert Counter(each.state for each in ledger.entries()) == Counter(unknown=1, open=1)


@pytest.mark.parametrize("dies", [False, True])
def test_a_cap_says_whether_anybody_waits_for_what_is_reserved(ledger, other, dies):
    if dies:
        leave_to_a_process_that_died(other)
    other.reserve(a_call())
    ledger.begin(Caps(day=6 * CENT))

    with pytest.raises(CapReached) as caught:
        ledger.reserve(a_call("another"))

    assert (caught.value.reserved, caught.value.waits) == (5 * CENT, not dies)


def test_a_call_that_is_open_for_too_long_is_unknown(ledger, other, clock):
    other.reserve(a_call())

    clock.now += STALE * 2
    ledger.recover(nothing_kept)

    assert only(ledger).state == "unknown"


def test_what_was_closed_while_we_looked_for_its_result_stays_as_it_is(ledger, other):
    leave_to_a_process_that_died(other)
    id = other.reserve(a_call())

    ledger.recover(lambda _: other.settle(id, 2 * CENT, {}, "mine"))

    assert (only(ledger).state, only(ledger).request_id) == ("settled", "mine")


RESERVE_AND_WAIT = """
import pathlib, sys, time
from assetforge.ledger import Call, Caps, Ledger
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store
root, key = pathlib.Path(sys.argv[1]), sys.argv[2]
ledger, store = Ledger(root), Store(root)
ledger.begin(Caps())
def reserve(key):
    return ledger.reserve(Call(key, "a", "b", "edit", "", 1, "openai", "m", 1, 50_000))
kept, lost = reserve(key), reserve("0" * 64)
artifact = store.cas.put(b"paid picture", durable=True)
result = ActionResult(key, artifact, {}, cost_microdollars=41_000, call=kept)
store.actions.keep_file(result, durable=True)
print("ready", flush=True)
time.sleep(600)
"""

RECOVER = """
import pathlib, sys
from assetforge.ledger import Ledger
from assetforge.store.local import Store
root = pathlib.Path(sys.argv[1])
ledger, store = Ledger(root), Store(root)
sys.stdin.readline()
ledger.recover(store.actions.get)
"""


def test_what_a_killed_process_had_open_is_recovered_once_by_two_processes_at_once(root):
    killed = started(RESERVE_AND_WAIT, root, KEY)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "ready\n"
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=60)
    two = [started(RECOVER, root) for _ in range(2)]

    ends = [each.communicate("\n", timeout=60)[1] for each in two]

    assert (ends, [each.returncode for each in two]) == (["", ""], [0, 0])
    ledger = Ledger(root)
    assert [(each.state, each.cost) for each in ledger.entries()] == [
        ("settled", 41_000),
        ("unknown", 50_000),
    ]
    assert ledger.spent().reserved == 0
    ledger.begin(Caps())
    assert ledger.spent().run == 0
    ledger.close()
    counts = [each.event for each in events(root) if each.call]
    assert sorted(counts) == ["reserved", "reserved", "settled", "unknown"]


def started(script: str, root: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(root), *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def events(root: Path):
    log = EventLog(root)
    found = log.after(0)
    log.close()
    return found


# Many at once

HAMMER = """
import pathlib, random, sys
from concurrent.futures import ThreadPoolExecutor
from assetforge.ledger import Call, CapReached, Caps, Ledger
root, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2])
ledger = Ledger(root)
ledger.begin(Caps(run=1_000_000))
sys.stdin.readline()
def work(number):
    chance = random.Random(seed * 100 + number)
    sent = 0
    for step in range(6):
        high = chance.randrange(10_000, 60_000)
        key = f"{seed} {number} {step}"
        call = Call(key, "a", "b", "edit", "", 1, "openai", "m", high // 2, high)
        try:
            id = ledger.reserve(call)
        except CapReached as reached:
            assert reached.spent + reached.reserved <= 1_000_000, reached
            continue
        sent += 1
        spent = ledger.spent()
        assert spent.run + spent.reserved <= 1_000_000, spent
        end = chance.choice(["settle", "settle", "release", "unknown"])
        if end == "settle":
            ledger.settle(id, chance.randrange(high // 2, high + 1), {"n": step}, None)
        elif end == "release":
            ledger.release(id, "slow_down")
        else:
            ledger.mark_unknown(id, "no answer")
    return sent
with ThreadPoolExecutor(16) as pool:
    print(sum(pool.map(work, range(16))), flush=True)
sys.stdin.readline()
"""


def test_three_processes_of_sixteen_threads_never_come_above_one_cap(root):
    three = [started(HAMMER, root, str(seed)) for seed in range(3)]
    sent = []
    for each in three:
        assert each.stdin is not None
        each.stdin.write("\n")
        each.stdin.flush()
    for each in three:
        assert each.stdout is not None
        sent.append(each.stdout.readline())
    ends = [each.communicate("\n", timeout=60)[1] for each in three]

    assert ends == ["", "", ""]
    found = events(root)
    reserved = [each for each in found if each.event == "reserved"]
    assert len(reserved) == sum(map(int, sent))
    assert 500_000 < total_at_most(found) <= 1_000_000


def total_at_most(found) -> int:
    """Return the most that was ever spent and reserved, counted anew after every event."""
    worst = 0
    amounts: dict[str, int] = {}
    highs = {each.call: each.high for each in found if each.event == "reserved"}
    for each in found:
        if each.call:
            held = {"reserved": each.high, "settled": each.cost, "unknown": highs[each.call]}
            amounts[each.call] = held.get(each.event, 0)
        worst = max(worst, sum(amounts.values()))
    return worst


def test_threads_may_share_one_ledger(ledger):
    def buy(number: int) -> None:
        ledger.settle(ledger.reserve(a_call(f"number {number}")), CENT, {}, None)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(buy, range(64)))

    assert ledger.spent().day == 64 * CENT
    assert {each.state for each in ledger.entries()} == {"settled"}


class Naive:
    """What the events come to, counted anew from the file each time."""

    def __init__(self, root: Path, today: str) -> None:
        self.calls: dict[str, tuple[str, str, int, int, int]] = {}
        begun: dict[str, int] = {}
        self.over = 0
        for each in events(root):
            if each.event == "begun":
                begun[each.run] = each.number
            elif each.event == "ended":
                del begun[each.run]
            else:
                self._take(each)
        self.base = min(begun.values(), default=0)
        self.today = today

    def _take(self, each) -> None:
        if each.event == "reserved":
            self.calls[each.call] = ("open", each.at, each.number, each.high, 0)
            return
        _, at, _, high, _ = self.calls[each.call]
        cost = {"settled": each.cost, "unknown": high}.get(each.event, 0)
        self.over += max(0, cost - high)
        self.calls[each.call] = (each.event, at, each.number, high, cost)

    def spent(self, length: int) -> int:
        found = self.calls.values()
        return sum(cost for _, at, _, _, cost in found if at[:length] == self.today[:length])

    @property
    def run(self) -> int:
        return sum(cost for _, _, number, _, cost in self.calls.values() if number > self.base)

    @property
    def reserved(self) -> int:
        return sum(high for state, _, _, high, _ in self.calls.values() if state == "open")


CAP = 20

AMOUNTS = st.integers(0, 8)


class Ledgers(RuleBasedStateMachine):
    """Three ledgers on one file do anything, in any order, over some days."""

    calls: Bundle[str] = Bundle("calls")
    which = st.integers(0, 2)

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()

    @initialize(folder=st.uuids())
    def open(self, folder) -> None:
        self.root = FOLDERS[0] / str(folder) / str(len(list(FOLDERS[0].glob("*"))))
        self.ledgers = [Ledger(self.root, self.clock) for _ in range(3)]
        for each in self.ledgers:
            each.begin(Caps(run=CAP, day=CAP, month=CAP))

    @rule(target=calls, which=which, high=AMOUNTS)
    def reserve(self, which, high):
        spent = self.ledgers[which].spent()
        before = spent.month + spent.reserved
        id = ""
        with suppress(CapReached):
            id = self.ledgers[which].reserve(a_call(f"number {uuid4().hex}", low=0, high=high))
        assert bool(id) == (before + high <= CAP)
        return id

    @rule(which=which, id=calls, cost=AMOUNTS)
    def settle(self, which, id, cost):
        if id:
            self.ledgers[which].settle(id, cost, {"tokens": cost}, None)

    @rule(which=which, id=calls)
    def release(self, which, id):
        if id:
            self.ledgers[which].release(id, "refused")

    @rule(which=which, id=calls)
    def mark_unknown(self, which, id):
        if id:
            self.ledgers[which].mark_unknown(id, "no answer")

    @rule(which=which)
    def begin_again(self, which):
        self.ledgers[which].end()
        self.ledgers[which].begin(Caps(run=CAP, day=CAP, month=CAP))

    @rule(which=which)
    def open_again(self, which):
        self.ledgers[which].close()
        self.ledgers[which] = Ledger(self.root, self.clock)
        self.ledgers[which].begin(Caps(run=CAP, day=CAP, month=CAP))

    @rule(hours=st.integers(1, 30))
    def wait(self, hours):
        if self.clock.now < datetime(2026, 11, 28, tzinfo=UTC):
            self.clock.now += timedelta(hours=hours)

    @invariant()
    def nothing_is_above_the_cap_but_what_came_to_more_than_was_said(self):
        naive = self.naive()
        assert naive.spent(len("2026-11")) + naive.reserved <= CAP + naive.over

    @invariant()
    def every_ledger_says_what_a_recount_says(self):
        naive = self.naive()
        now = Spent(naive.run, naive.spent(10), naive.spent(7), naive.reserved)
        states = {id: (call[0], call[4]) for id, call in naive.calls.items()}
        for each in self.ledgers:
            assert each.spent() == now
            found = {entry.id: (entry.state, entry.cost) for entry in each.entries()}
            assert found == states | {k: ("open", 0) for k, v in states.items() if v[0] == "open"}

    def naive(self) -> Naive:
        return Naive(self.root, self.clock.now.isoformat())

    def teardown(self) -> None:
        for each in self.ledgers:
            each.close()


FOLDERS: list[Path] = []


@pytest.fixture(autouse=True)
def folder_of_ledgers(tmp_path: Path) -> Iterator[None]:
    FOLDERS.append(tmp_path / "ledgers")
    FOLDERS[0].mkdir()
    yield
    FOLDERS.clear()


TestLedgers = Ledgers.TestCase
TestLedgers.settings = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


# The file


def test_a_ledger_opened_again_says_the_same(root, ledger, clock):
    ledger.begin(Caps(run=90 * CENT))
    ledger.settle(ledger.reserve(a_call("one")), 4 * CENT, {"a": [1, "ü"]}, "req_1")
    ledger.mark_unknown(ledger.reserve(a_call("two")), "no answer")
    ledger.reserve(a_call("three"))

    again = Ledger(root, clock)

    assert again.entries() == ledger.entries()
    assert replace(again.spent(), run=0) == replace(ledger.spent(), run=0)
    again.close()


def test_a_person_can_read_the_file_and_nobody_can_change_it(root, ledger):
    ledger.settle(ledger.reserve(a_call()), 41_000, {"output_tokens": 7}, "req_1")
    with sqlite3.connect(root / "ledger.sqlite") as file:
        rows = file.execute("SELECT event, asset, high, cost, usage FROM events").fetchall()

        for statement in ("UPDATE events SET cost = 0", "DELETE FROM events"):
            with pytest.raises(sqlite3.IntegrityError, match="the ledger is only added to"):
                file.execute(statement)

    assert rows == [
        ("reserved", "banner", 50_000, 0, ""),
        ("settled", "", 0, 41_000, json.dumps({"output_tokens": 7})),
    ]
    file.close()


def test_a_look_reads_only_what_is_new(ledger, other, monkeypatch):
    for number in range(50):
        ledger.reserve(a_call(f"number {number}"))
    other.entries()
    asked: list[int] = []
    after = other._log.after

    def noted(number: int) -> list[Event]:
        found: list[Event] = after(number)
        asked.append(len(found))
        return found

    monkeypatch.setattr(other._log, "after", noted)
    ledger.reserve(a_call("new"))
    other.spent()
    other.entries()

    assert asked == [1, 0]


def test_a_file_that_is_no_database_is_an_error_that_says_what_to_do(root):
    root.mkdir()
    (root / "ledger.sqlite").write_bytes(b"garbage!" * 1000)

    with pytest.raises(StoreProblem, match=r"ledger\.sqlite' is damaged .*: put back") as error:
        Ledger(root)

    assert "\n" not in str(error.value)


def test_a_ledger_damaged_inside_is_an_error_that_says_what_to_do(root):
    ledger = Ledger(root)
    for number in range(200):
        ledger.reserve(a_call(f"number {number}"))
    ledger.close()
    data = bytearray((root / "ledger.sqlite").read_bytes())
    data[4096 * 3 :] = b"\x5a" * (len(data) - 4096 * 3)
    (root / "ledger.sqlite").write_bytes(bytes(data))

    again = Ledger(root)
    with pytest.raises(StoreProblem, match=r"is damaged .*: put back"):
        again.entries()
    again.close()


@pytest.mark.parametrize("statement", [
    "INSERT INTO events SELECT NULL, 'settled', at, run, process, 'x', key, action, asset, step,"
    " locale, variants, provider, model, low, high, cost, '{}', NULL, '' FROM events",
    "INSERT INTO events SELECT NULL, 'settled', at, run, process, call, key, action, asset, step,"
    " locale, variants, provider, model, low, high, cost, '{', NULL, '' FROM events",
    "INSERT INTO events SELECT NULL, 'mended', at, run, process, call, key, action, asset, step,"
    " locale, variants, provider, model, low, high, cost, '', NULL, '' FROM events",
])  # fmt: skip
def test_an_event_that_makes_no_sense_is_damage_each_time_it_is_met(root, ledger, statement):
    ledger.reserve(a_call())
    with sqlite3.connect(root / "ledger.sqlite") as file:
        file.execute(statement)
    file.close()

    for _ in range(2):
        with pytest.raises(StoreProblem, match="is damaged"):
            ledger.entries()


def test_a_database_of_another_program_is_left_alone(root):
    root.mkdir()
    with sqlite3.connect(root / "ledger.sqlite") as foreign:
        foreign.execute("CREATE TABLE events (something TEXT)")
    foreign.close()
    before = (root / "ledger.sqlite").read_bytes()

    with pytest.raises(StoreProblem, match=r"is no ledger of assetforge: move it away"):
        Ledger(root)

    assert (root / "ledger.sqlite").read_bytes() == before


def test_a_ledger_of_a_later_assetforge_is_left_alone(root):
    Ledger(root).close()
    with sqlite3.connect(root / "ledger.sqlite") as file:
        file.execute("PRAGMA user_version = 2")
    file.close()

    with pytest.raises(StoreProblem, match=r"has layout '2', this assetforge knows 1: use the"):
        Ledger(root)


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    store = tmp_path / "store"
    store.mkdir()

    with read_only(project, store):
        for root in (project / ".assetforge", store):
            with pytest.raises(StoreProblem, match=r"cannot (open|use) the ledger") as error:
                Ledger(root)

            assert "\n" not in str(error.value)


def test_a_ledger_that_may_not_be_written_can_still_be_read(root, ledger):
    ledger.reserve(a_call())

    with read_only(root):
        reader = Ledger(root)
        assert len(reader.entries()) == 1
        with pytest.raises(StoreProblem, match="cannot use the ledger"):
            reader.reserve(a_call("other"))
        reader.close()


def test_a_file_in_place_of_the_folder_is_one_line(root):
    root.write_text("not a folder")

    with pytest.raises(StoreProblem, match="cannot open the ledger"):
        Ledger(root)


def test_a_full_disk_is_told_and_nothing_is_sent_on_it(root, ledger):
    ledger.begin(Caps(run=90 * CENT))
    ledger.reserve(a_call())
    size = (root / "ledger.sqlite").stat().st_size

    long = a_call("x" * 2 * size)
    with no_file_larger_than(size), pytest.raises(StoreProblem, match="cannot use the ledger"):
        ledger.reserve(long)

    ledger.reserve(a_call("after"))
    assert [each.asset for each in ledger.entries()] == ["banner", "after"]


def test_a_lock_that_is_never_given_up_is_a_problem(root, ledger, monkeypatch):
    holder = sqlite3.connect(root / "ledger.sqlite", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("assetforge.store.event_log.PATIENCE_SECONDS", 0.1)
    late = Ledger(root)

    with pytest.raises(StoreProblem, match="database is locked"):
        late.reserve(a_call())

    holder.close()
    late.close()


def test_all_that_make_the_ledger_at_the_same_moment_get_it(tmp_path):
    def make(number: int) -> None:
        Ledger(tmp_path / str(number // 4)).close()

    with ThreadPoolExecutor(4) as pool:
        ends = list(pool.map(make, range(80)))

    assert ends == [None] * 80


def test_our_own_mistakes_are_not_told_as_the_files(root):
    log = EventLog(root)
    log.close()

    with pytest.raises(sqlite3.ProgrammingError):
        log.after(0)


def test_a_second_run_of_the_same_ledger_is_a_bug(ledger):
    ledger.begin(Caps())

    with pytest.raises(AssertionError, match="BUG"):
        ledger.begin(Caps())


# The summary


def long_ago(root: Path, calls: int) -> None:
    """Write a ledger of many calls that are settled."""
    with closing(EventLog(root)) as log, log.transaction():
        for number in range(calls):
            call = Event("reserved", "2026-11-20T12:00:00.000+00:00", "", "", f"call {number}")
            call = call._replace(key=a_key(f"old {number}"), high=5 * CENT)
            log.add([call, call._replace(event="settled", cost=4 * CENT)])


@pytest.fixture
def read(monkeypatch) -> list[int]:
    """How many events were read at each look."""
    found: list[int] = []
    after = EventLog.after

    def noted(log: EventLog, number: int) -> list[Event]:
        events = after(log, number)
        found.append(len(events))
        return events

    monkeypatch.setattr(EventLog, "after", noted)
    return found


def test_a_long_ledger_is_read_once_and_then_from_its_summary(root, clock, read):
    long_ago(root, WORTH_NOTING)
    for _ in range(2):
        with closing(Ledger(root, clock)) as ledger:
            assert ledger.spent().month == WORTH_NOTING * 4 * CENT

    assert read == [2 * WORTH_NOTING, 0]


def test_a_long_ledger_that_may_not_be_written_is_read_from_its_beginning(root, clock):
    long_ago(root, WORTH_NOTING)

    with read_only(root), closing(Ledger(root, clock)) as ledger:
        assert ledger.spent().month == WORTH_NOTING * 4 * CENT
    assert rows(root, "SELECT * FROM summary") == []


def test_a_short_ledger_has_no_summary_written(root, ledger):
    ledger.reserve(a_call())
    ledger.spent()

    assert rows(root, "SELECT * FROM summary") == []


def test_a_long_ledger_is_read_in_pieces(root, clock, read, monkeypatch):
    monkeypatch.setattr("assetforge.store.event_log.PIECE", 4)
    long_ago(root, 5)

    with closing(Ledger(root, clock)) as ledger:
        assert ledger.spent().month == 20 * CENT

    assert read == [4, 4, 2]


@pytest.mark.parametrize("said", [json.dumps({"rule": 99, "last": 4}), "half a summ"])
def test_a_summary_that_cannot_be_understood_is_passed_over(root, clock, read, said):
    long_ago(root, 2)
    rows(root, f"INSERT INTO summary VALUES (1, '{said}')")

    with closing(Ledger(root, clock)) as ledger:
        assert ledger.spent().month == 8 * CENT
    assert read == [4]


def test_a_ledger_of_an_older_assetforge_is_read_and_gets_what_makes_it_quick(root, clock):
    long_ago(root, 3)
    names = ("TABLE summary", "INDEX events_by_call", "INDEX events_by_key")
    for each in names:
        rows(root, f"DROP {each}")

    with read_only(root), closing(Ledger(root, clock)) as ledger:
        assert len(ledger.entries()) == 3
        assert ledger.unanswered([a_key("old 1")]) == {}
    with closing(Ledger(root, clock)) as ledger:
        assert ledger.spent().month == 12 * CENT

    made = rows(root, "SELECT upper(type) || ' ' || name FROM sqlite_master")
    assert {name for (name,) in made} >= set(names)


@pytest.mark.parametrize("asked", [
    "call IN ('call 1')", "event = 'reserved' AND key IN ('a')"
])  # fmt: skip
def test_single_calls_are_looked_up(root, asked):
    long_ago(root, 1)

    plan = rows(root, f"EXPLAIN QUERY PLAN SELECT * FROM events WHERE {asked}")

    assert [each[3].partition(" ")[0] for each in plan] == ["SEARCH"]


STEPS = st.lists(
    st.tuples(st.sampled_from(["reserve", "settle", "release", "unknown", "begin", "end"]),
              st.integers(0, 3)),
    max_size=8,
)  # fmt: skip


@given(STEPS)
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_with_a_summary_a_ledger_says_what_it_says_without_one(steps):
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        root = Path(folder)
        patch.setattr("assetforge.store.books.WORTH_NOTING", 1)
        with closing(Ledger(root)) as writer, closing(Ledger(root)) as runner:
            for does, number in steps:
                take_step(writer, runner, does, number)
                with closing(Ledger(root)) as summed:
                    noted = what_it_says(summed, runner)
                patch.setattr(EventLog, "noted", lambda log: "")
                with closing(Ledger(root)) as plain:
                    assert what_it_says(plain, runner) == noted
                patch.undo()
                patch.setattr("assetforge.store.books.WORTH_NOTING", 1)


def take_step(ledger: Ledger, runner: Ledger, does: str, number: int) -> None:
    calls = [each for each in ledger.entries() if each.key == a_key(str(number))]
    match does:
        case "reserve":
            with suppress(InFlight):
                ledger.reserve(a_call(str(number)))
        case "begin" if not runner._run:
            runner.begin(Caps())
        case "end" if runner._run:
            runner.end()
        case "settle" if calls:
            ledger.settle(calls[-1].id, (number + 3) * CENT, {}, None)
        case "release" if calls:
            ledger.release(calls[-1].id, "no")
        case "unknown" if calls:
            ledger.mark_unknown(calls[-1].id, "no answer")


def what_it_says(ledger: Ledger, runner: Ledger) -> object:
    keys = [a_key(str(number)) for number in range(4)]
    found = ledger.spent(), ledger.unanswered(keys), ledger._books.runs
    open = [ledger._books.is_open(each) for each in keys]
    if not runner._run:
        return *found, open
    ledger._run = runner._run
    spent = ledger.spent()
    ledger._run = ""
    return *found, open, spent


def rows(root: Path, statement: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(root / "ledger.sqlite")) as file, file:
        return file.execute(statement).fetchall()
