from __future__ import annotations

from assetforge.digest import digest_of
from assetforge.store.event_log import Event
from assetforge.store.salvage import renewed
from tests.store.conftest import a_result

AT = "2026-11-21T12:00:00+00:00"

RESERVED = Event("reserved", AT, "run", "me", call="1", key="k", action="banner/de/edit", high=9)
SETTLED = Event("settled", AT, "run", "me", call="1", cost=7, usage='{"total": 3}')

PAID = a_result(
    "paid", digest_of(b"x"), call="1", cost_microdollars=7, made_at=AT, request_id="req_1"
)


def test_what_is_whole_is_kept_as_it_is():
    assert renewed([RESERVED, SETTLED], [PAID]) == [RESERVED, SETTLED]


def test_a_call_whose_picture_is_here_and_whose_bill_is_lost_is_settled():
    kept, bill = renewed([RESERVED], [PAID])

    assert kept == RESERVED
    assert (bill.event, bill.call, bill.cost, bill.request_id) == ("settled", "1", 7, "req_1")


def test_a_call_that_only_its_picture_tells_of_is_billed():
    reserved, settled = renewed([], [PAID, PAID])

    assert (reserved.event, reserved.key, reserved.high, reserved.at) == (
        "reserved",
        PAID.key,
        7,
        AT,
    )
    assert (settled.event, settled.call, settled.cost) == ("settled", "1", 7)


def test_a_picture_that_cost_nothing_has_no_bill():
    assert renewed([], [a_result("free")]) == []


def test_what_makes_no_sense_is_left_out():
    broken = [
        SETTLED,
        RESERVED._replace(cost="much"),  # type: ignore[arg-type]
        RESERVED._replace(call="2", usage="{"),
        RESERVED._replace(call="3", usage="[]"),
        RESERVED._replace(call="4", request_id=7),  # type: ignore[arg-type]
    ]

    assert renewed(broken, []) == []


def test_a_run_that_begins_and_ends_needs_no_call():
    begun, ended = Event("begun", AT, "run", "me"), Event("ended", AT, "run", "me")

    assert renewed([begun, ended], []) == [begun, ended]
