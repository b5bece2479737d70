from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.ledger import Entry
from assetforge.pipeline import Budget
from assetforge.pricing import Cost
from assetforge.reports.spending import (
    GROUPS,
    Left,
    Spending,
    spending,
    spending_document,
    spending_text,
    sum_of,
)
from assetforge.store.books import State
from tests.cli.schemas import assert_valid
from tests.store.conftest import a_key

CENT = 10_000
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def a_call(
    asset: str = "banner",
    state: State = "settled",
    cost: int = 5 * CENT,
    *,
    at: str = "2026-11-21T10:00:00.000+00:00",
    locale: str = "de",
    low: int = 4 * CENT,
    high: int = 6 * CENT,
    number: int = 1,
    why: str = "",
    run: str = "ab" * 16,
    model: str = "gpt-image-2",
) -> Entry:
    return Entry(
        key=a_key(asset),
        action=f"{asset}/wide/de/edit",
        asset=asset,
        step="edit",
        locale=locale,
        variants=1,
        provider="openai",
        model=model,
        low=low,
        high=high,
        id=f"{asset}{number}",
        run=run,
        process="",
        at=at,
        number=number,
        state=state,
        cost={"settled": cost, "unknown": high}.get(state, 0),
        usage={},
        request_id=None,
        why=why,
    )


def document_of(found: Spending) -> Any:
    document = spending_document(found)
    assert_valid("cost", document)
    return document


def test_calls_are_counted_by_what_became_of_them():
    found = sum_of(
        [
            a_call(cost=5 * CENT),
            a_call(cost=7 * CENT, why="bad-reply"),
            a_call(state="unknown"),
            a_call(state="open"),
            a_call(state="released"),
        ]
    )

    assert (found.calls, found.pictures, found.unknown) == (4, 1, 1)
    assert found.estimate == Cost(8 * CENT, 12 * CENT)
    assert (found.actual, found.unknown_cost, found.reserved) == (12 * CENT, 6 * CENT, 6 * CENT)
    assert found.spent == 18 * CENT


@pytest.mark.parametrize(
    ("cost", "permille"), [(3 * CENT, -250), (4 * CENT, 0), (6 * CENT, 0), (9 * CENT, 500)]
)
def test_only_what_is_outside_of_the_estimate_is_a_difference(cost, permille):
    assert sum_of([a_call(cost=cost)]).permille == permille


def test_nothing_is_no_difference():
    assert sum_of([]).permille == 0
    assert sum_of([a_call(cost=1, low=0, high=0)]).permille == 0


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("asset", ["banner", "hero"]),
        ("locale", ["", "de"]),
        ("model", ["gpt-image-2", "openai"]),
        ("day", ["2026-10-31", "2026-11-21"]),
        ("month", ["2026-10", "2026-11"]),
        ("run", ["", "ab" * 16]),
    ],
)
def test_calls_can_be_grouped(by, names):
    other = a_call("hero", at="2026-10-31T23:59:00.000+00:00", locale="", model="", run="")

    found = spending([other, a_call()], by, now=NOW)

    assert sorted(found.groups) == names
    assert {each.calls for each in found.groups.values()} == {1}


def test_days_and_months_are_those_of_now_in_utc():
    calls = [
        a_call(at="2026-10-31T23:59:00.000+00:00"),
        a_call(at="2026-11-20T23:59:00.000+00:00"),
        a_call(at="2026-11-21T00:00:00.000+00:00", state="unknown"),
    ]

    found = spending(calls, now=datetime.fromisoformat("2026-11-22T01:00:00+02:00"))

    assert found.today.spent == 6 * CENT
    assert found.month.spent == 11 * CENT
    assert found.whole.spent == 16 * CENT


def test_what_was_before_a_day_is_left_out_but_of_the_month():
    calls = [
        a_call("hero", at="2026-11-20T23:59:00.000+00:00", state="unknown"),
        a_call(at="2026-11-21T00:00:00.000+00:00"),
    ]

    found = spending(calls, since=date(2026, 11, 21), now=NOW)

    assert list(found.groups) == ["banner"]
    assert (found.whole.calls, found.unknown) == (1, [])
    assert found.month.calls == 2


def test_an_unknown_call_may_have_been_answered_by_a_later_one():
    calls = [
        a_call("early", "settled", number=1),
        a_call("early", "unknown", number=2),
        a_call("late", "unknown", number=3),
        a_call("late", "settled", number=4),
        a_call("never", "unknown", number=5),
    ]

    found = spending(calls, now=NOW)

    assert [(each.entry.asset, each.answered) for each in found.unknown] == [
        ("early", False),
        ("late", True),
        ("never", False),
    ]


def test_a_budget_is_what_is_left_of_it():
    calls = [a_call(cost=5 * CENT), a_call(state="open"), a_call(state="unknown")]

    found = spending(calls, budget=Budget(day=Decimal("0.20"), month=Decimal("0.1")), now=NOW)

    day, month = found.budget["day"], found.budget["month"]
    assert day == Left(cap=20 * CENT, spent=11 * CENT, reserved=6 * CENT)
    assert (day.left, month.left) == (3 * CENT, 0)


def test_the_document_has_every_figure_as_a_decimal():
    calls = [a_call(cost=65_432), a_call("hero", "unknown", why="no answer", number=2)]

    document = document_of(spending(calls, budget=Budget(day=Decimal(1)), now=NOW))

    assert document["groups"][0] == {
        "by": "asset",
        "name": "banner",
        "calls": 1,
        "pictures": 1,
        "estimate_usd": {"low": "0.04", "high": "0.06"},
        "actual_usd": "0.065432",
        "difference_percent": "9.1",
        "unknown_calls": 0,
        "unknown_usd": "0.00",
        "reserved_usd": "0.00",
        "spent_usd": "0.065432",
    }
    assert document["totals"]["today_usd"] == "0.125432"
    assert document["unknown"][0]["up_to_usd"] == "0.06"
    assert document["budget"] == {
        "day": {
            "cap_usd": "1.00",
            "spent_usd": "0.125432",
            "reserved_usd": "0.00",
            "left_usd": "0.874568",
        }
    }


def test_a_cost_below_the_estimate_is_a_negative_difference():
    document = document_of(spending([a_call(cost=39_000)], now=NOW))

    assert document["totals"]["difference_percent"] == "-2.5"
    assert "-2.5 %" in spending_text(spending([a_call(cost=39_000)], now=NOW))


def test_nothing_spent_is_said():
    nothing = spending([], budget=Budget(month=Decimal("12.5")), now=NOW)

    assert document_of(nothing)["groups"] == []
    assert spending_text(nothing).splitlines() == [
        "nothing spent",
        "budget: $12.50 of $12.50 left this month (UTC)",
    ]


def test_what_was_refused_before_any_work_is_nothing_spent():
    since = date(2026, 1, 1)
    found = spending([a_call(state="released")], since=since, now=NOW)

    assert spending_text(found) == "nothing spent since 2026-01-01"


def test_what_is_left_is_never_said_too_high_and_what_is_spent_never_too_low():
    found = spending([a_call(cost=41_001)], budget=Budget(day=Decimal(1)), now=NOW)

    text = spending_text(found)

    assert "spent $0.05 today" in text
    assert "budget: $0.95 of $1.00 left today (UTC)" in text


def test_calls_in_flight_are_told():
    text = spending_text(spending([a_call(state="open")], now=NOW))

    assert "1 call, 0 pictures, $0.06 reserved for calls in flight" in text


def test_the_next_step_is_offered_while_something_is_unanswered():
    lost, again = a_call(state="unknown", number=1), a_call(number=2)

    unanswered = spending_text(spending([lost], now=NOW))
    answered = spending_text(spending([lost, again], now=NOW))

    assert unanswered.splitlines()[-1].startswith("next: assetforge build --resend")
    assert "no answer; answered since" in answered
    assert "next:" not in answered


calls = st.builds(
    a_call,
    asset=st.sampled_from(["banner", "hero"]),
    state=st.sampled_from(["open", "settled", "released", "unknown"]),
    cost=st.integers(0, 10**9),
    locale=st.sampled_from(["", "de", "ja"]),
    low=st.integers(0, 10**6),
    high=st.integers(10**6, 10**9),
    at=st.sampled_from(["2026-11-21T10:00:00.000+00:00", "2026-10-21T10:00:00.000+00:00"]),
    run=st.sampled_from(["", "ab" * 16]),
    number=st.integers(1, 9),
)


@given(st.lists(calls, max_size=12), st.sampled_from(sorted(GROUPS)))
def test_the_groups_come_to_the_whole(entries, by):
    found = spending(entries, by, now=NOW)

    groups = found.groups.values()
    assert sum(each.calls for each in groups) == found.whole.calls
    assert sum(each.spent for each in groups) == found.whole.spent
    assert sum(each.reserved for each in groups) == found.whole.reserved
    assert document_of(found)
    assert spending_text(found)
