from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from assetforge.lanes import AHEAD, WARM, Done, Job, Lane

PATIENCE = 20.0


class Yard:
    """A lane with one thread, and what is known of its jobs."""

    def __init__(self, width: int = 1, most_ahead: int = 10) -> None:
        self.due = threading.Event()
        self.lane: Lane[str] = Lane(width, most_ahead, self.due)
        self.begun: list[str] = []

    def job(self, name: str, does: Callable[[], object] = lambda: None) -> Job[str]:
        def work() -> str:
            self.begun.append(name)
            does()
            return name.upper()

        return Job(name, work)

    def ended(self, count: int) -> list[Done[str]]:
        """Return so many jobs that have ended, in their order."""
        found: list[Done[str]] = []
        until = time.monotonic() + PATIENCE
        while len(found) < count:
            assert time.monotonic() < until
            found += self.lane.ended()
            time.sleep(0.001)
        return found

    def warm_up(self) -> None:
        """End so many jobs that others may wait ahead."""
        self.lane.put([self.job(f"warm {number}") for number in range(WARM * AHEAD)])
        self.ended(WARM * AHEAD)
        self.begun.clear()


@pytest.fixture
def yard() -> Iterator[Yard]:
    opened = Yard()
    yield opened
    opened.lane.close()


def fail() -> None:
    raise ValueError("no")


def test_jobs_are_done_in_their_order_and_come_back_with_what_they_made(yard):
    yard.lane.put([yard.job("one"), yard.job("two")])

    found = yard.ended(2)

    assert [(each.name, each.result, each.error) for each in found] == [
        ("one", "ONE", None),
        ("two", "TWO", None),
    ]
    assert yard.lane.inside == 0


def test_an_error_comes_back_as_one(yard):
    yard.lane.put([yard.job("one", fail)])

    (found,) = yard.ended(1)

    assert isinstance(found.error, ValueError)
    assert found.result is None


def test_after_an_error_nothing_is_begun_until_it_may_go_on(yard):
    yard.lane.put([yard.job("one", fail), yard.job("two")])
    yard.ended(1)
    time.sleep(0.02)

    assert yard.begun == ["one"]
    assert list(yard.lane.started("one")) == ["one"]
    assert list(yard.lane.started()) == []

    yard.lane.go_on()

    assert list(yard.lane.started()) == ["two"]
    assert [each.name for each in yard.ended(1)] == ["two"]


def test_what_no_thread_has_taken_can_be_taken_back(yard):
    gate = threading.Event()
    taken = threading.Event()

    def wait() -> None:
        taken.set()
        gate.wait(PATIENCE)

    yard.lane.put([yard.job("one", wait), yard.job("two")])
    taken.wait(PATIENCE)

    assert yard.lane.withdraw() == ["two"]
    assert yard.lane.inside == 1

    gate.set()
    assert [each.name for each in yard.ended(1)] == ["one"]
    assert yard.begun == ["one"]


def test_a_closed_lane_begins_nothing(yard):
    yard.lane.closed = True

    yard.lane.put([yard.job("one")])
    yard.lane.close()

    assert yard.begun == []
    assert yard.lane.withdraw() == ["one"]


def test_at_first_there_is_room_for_no_more_than_the_threads(yard):
    for number in range(WARM - 1):
        assert yard.lane.room == 1
        yard.lane.put([yard.job(str(number))])
        yard.ended(1)

    assert yard.lane.room == 1


def test_later_some_jobs_may_wait_ahead_and_never_more_than_the_most(yard):
    yard.warm_up()

    assert 1 < yard.lane.room <= 1 + 10


def test_a_lane_for_calls_has_none_ahead():
    yard = Yard(width=3, most_ahead=0)
    yard.warm_up()

    assert yard.lane.room == 3
    yard.lane.close()


def test_jobs_are_told_to_have_started_as_threads_take_them(yard):
    gate = threading.Event()
    yard.lane.put([yard.job("one", lambda: gate.wait(PATIENCE)), yard.job("two"), yard.job("3")])

    assert list(yard.lane.started()) == ["one"]
    assert list(yard.lane.started()) == []

    gate.set()
    yard.ended(3)
    assert list(yard.lane.started("one")) == []
    assert list(yard.lane.started("two")) == ["two"]
    assert list(yard.lane.started()) == ["3"]


def test_who_waits_is_woken_when_few_jobs_are_left_ahead_and_not_at_each(yard):
    gates = [threading.Semaphore(0) for _ in range(9)]
    yard.lane.put([yard.job(str(n), gates[n].acquire) for n in range(9)])
    gates[0].release()
    yard.ended(1)

    assert yard.lane.is_well_fed
    assert not yard.due.is_set()

    for gate in gates[1:]:
        gate.release()
    yard.ended(8)
    assert yard.due.wait(PATIENCE)
    assert not yard.lane.is_well_fed
