import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.emulator.batch_schedule import OVER, Schedule

AGES = [0, 10, 11, 50, 89, 90, 99, 100, 1000]


def stages(**changes):
    schedule = Schedule(100.0, 80, **changes)
    return [(schedule.status(age), schedule.due(age)) for age in AGES]


def test_a_batch_goes_through_its_stages():
    assert stages() == [
        ("validating", 0),
        ("in_progress", 0),
        ("in_progress", 1),
        ("in_progress", 40),
        ("in_progress", 79),
        ("finalizing", 80),
        ("finalizing", 80),
        ("completed", 80),
        ("completed", 80),
    ]


def test_a_batch_with_a_wrong_file_fails_once_it_was_looked_through():
    assert stages(valid=False) == [("validating", 0)] + [("failed", 0)] * 8


def test_a_batch_that_expires_comes_to_half_of_its_lines():
    assert stages(expires=True)[3:] == [
        ("in_progress", 20),
        ("in_progress", 39),
        ("in_progress", 40),
        ("in_progress", 40),
        ("expired", 40),
        ("expired", 40),
    ]


def test_a_batch_that_is_cancelled_keeps_what_was_done():
    assert stages(cancelled=50)[3:] == [
        ("cancelling", 40),
        ("cancelled", 40),
        ("cancelled", 40),
        ("cancelled", 40),
        ("cancelled", 40),
        ("cancelled", 40),
    ]


def test_a_batch_that_takes_no_time_is_done_at_once():
    schedule = Schedule(0.0, 3)

    assert (schedule.status(0.0), schedule.due(0.0)) == ("completed", 3)


@pytest.mark.parametrize(
    ("changes", "status", "reached"),
    [
        ({}, "validating", {}),
        ({}, "in_progress", {"in_progress": 10}),
        ({}, "finalizing", {"in_progress": 10, "finalizing": 90}),
        ({}, "completed", {"in_progress": 10, "finalizing": 90, "completed": 100}),
        ({"expires": True}, "expired", {"in_progress": 10, "finalizing": 90, "expired": 100}),
        ({"valid": False}, "failed", {"failed": 10}),
        ({"cancelled": 5}, "cancelling", {"cancelling": 5}),
        ({"cancelled": 50}, "cancelled", {"in_progress": 10, "cancelling": 50, "cancelled": 60}),
    ],
)
def test_each_stage_has_its_time(changes, status, reached):
    assert Schedule(100.0, 80, **changes).reached(status) == reached


@given(
    st.floats(0, 1e6),
    st.integers(0, 50_000),
    st.booleans(),
    st.none() | st.floats(0, 1e6),
    st.lists(st.floats(0, 2e6), min_size=2, max_size=5),
)
def test_a_batch_never_goes_back(length, lines, expires, cancelled, ages):
    schedule = Schedule(length, lines, expires=expires, cancelled=cancelled)
    ages.sort()
    due = [schedule.due(age) for age in ages]
    over = [schedule.status(age) in OVER for age in ages]

    assert due == sorted(due)
    assert over == sorted(over)
    assert all(0 <= each <= lines for each in due)
