from __future__ import annotations

from typing import Any

import pytest

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.lock.entry import Entry, Slot, Verdict, to_json
from assetforge.reports.past import (
    Past,
    Said,
    StepPast,
    VariantPast,
    is_for,
    past_document,
    past_text,
    said_of,
    turns_of,
)
from assetforge.store.action_cache import ActionResult
from assetforge.store.journal import Change, Decision
from tests.cli.schemas import assert_valid

SLOT = Slot("banner/wide/de", "final", "edit")
MONDAY, TUESDAY = "2026-11-16T12:00:00+00:00", "2026-11-17T12:00:00+00:00"


def an_entry(digit: str, **changes: Any) -> Entry:
    """An entry of one hex digit: its key and artifact are made of it."""
    return Entry(
        key=ActionKey(digit * 64), base=ActionKey("0" * 64), artifact=Digest(digit * 64), **changes
    )


def a_decision(
    what: str,
    before: Entry | None,
    after: Entry | None,
    at: str = MONDAY,
    slot: tuple[str, str, str] = SLOT,
) -> Decision:
    said = [None if each is None else to_json(each) for each in (before, after)]
    return Decision(f"{what} {at}", at, "Ann", what, (Change(*slot, said[0], said[1]),))


def said_about(digit: str, decisions: list[Decision], *entries: Entry) -> list[Said]:
    return said_of(turns_of(SLOT, decisions), entries).get(Digest(digit * 64), [])


@pytest.mark.parametrize(
    ("what", "about", "word"),
    [
        ("accept", "b", "accepted"),
        ("choose", "b", "chosen"),
        ("import", "b", "imported"),
        ("pin", "b", "pinned"),
        ("reject", "a", "rejected"),
        ("unpin", "a", "unpinned"),
        ("tilt", "b", "tilt"),
        ("undo choose", "a", "no longer chosen"),
        ("undo pin", "a", "no longer pinned"),
        ("undo reject", "b", "no longer rejected"),
    ],
)
def test_a_decision_is_about_the_picture_that_stood_or_that_stands_then(what, about, word):
    decision = a_decision(what, an_entry("a"), an_entry("b"))

    assert said_about(about, [decision]) == [Said(word, "Ann", MONDAY)]
    assert said_about("b" if about == "a" else "a", [decision]) == []


def test_decisions_are_told_in_their_order():
    one, two = an_entry("a"), an_entry("b")
    decisions = [a_decision("pin", one, two, TUESDAY), a_decision("choose", one, two, MONDAY)]

    assert [each.what for each in said_about("b", decisions)] == ["chosen", "pinned"]


def test_a_decision_about_another_slot_is_none():
    for other in (("banner/wide/fr", "final", "edit"), ("banner/wide/de", "draft", "edit")):
        assert said_about("b", [a_decision("pin", None, an_entry("b"), slot=other)]) == []


def test_an_entry_that_cannot_be_read_says_nothing():
    change = Change(*SLOT, {"action_key": "no key"}, None)
    decision = Decision("1", MONDAY, "Ann", "reject", (change,))

    assert next(turns_of(SLOT, [decision])).before is None
    assert said_about("a", [decision]) == []


def test_a_wish_for_another_take_is_about_no_picture():
    wish = Entry(key=ActionKey("c" * 64), base=ActionKey("0" * 64), artifact=None)

    assert said_of(turns_of(SLOT, [a_decision("choose", None, wish)]), [wish]) == {}


def test_the_lock_tells_what_was_decided_elsewhere():
    entry = an_entry(
        "b",
        accepted=Verdict("Bob", MONDAY),
        pinned=Verdict("Eve", TUESDAY),
        rejected=(Digest("a" * 64),),
    )

    assert said_about("b", [], entry) == [
        Said("accepted", "Bob", MONDAY),
        Said("pinned", "Eve", TUESDAY),
    ]
    assert said_about("a", [], entry) == [Said("rejected")]


def test_what_the_journal_tells_the_lock_does_not_tell_again():
    entry = an_entry("b", accepted=Verdict("Ann", TUESDAY), rejected=(Digest("a" * 64),))
    decisions = [
        a_decision("reject", an_entry("a"), None, MONDAY),
        a_decision("choose", None, entry, TUESDAY),
    ]

    assert said_about("b", decisions, entry, entry) == [Said("chosen", "Ann", TUESDAY)]
    assert said_about("a", decisions, entry) == [Said("rejected", "Ann", MONDAY)]


@pytest.mark.parametrize(
    ("action", "is_it"),
    [
        ("banner/edit", True),
        ("banner/wide/edit", True),
        ("banner/de/edit", True),
        ("banner/wide/de/edit", True),
        ("banner/wide/de/edit/1200x640.png", True),
        ("banner/wide/de/edit@2", True),
        ("banner/fr/edit", False),
        ("banner/de/wide/edit", False),
        ("banner/wide/de/de/edit", False),
        ("poster/wide/de/edit", False),
    ],
)
def test_an_action_is_for_a_variant_that_has_all_values_of_its_name(action, is_it):
    assert is_for(action, "edit", "banner/wide/de") is is_it


def test_a_value_may_be_called_as_the_step():
    assert is_for("banner/edit/edit", "edit", "banner/edit")


def result(**changes: Any) -> ActionResult:
    plain: dict[str, Any] = {
        "key": "b" * 64,
        "artifact": "a" * 64,
        "manifest": {"model": "gpt-image-2", "prompt": "Set 'Neu'.\nOn a hill."},
        "made_at": MONDAY,
        "cost_microdollars": 41_200,
        "request_id": "req_1",
        "model": "gpt-image-2-2026-04-21",
    }
    return ActionResult(**{**plain, **changes})


def lines_of(past: Past) -> list[str]:
    told = VariantPast("banner/de", "final", [StepPast("edit", [past])])
    return past_text([told]).splitlines()[2:]


def test_a_bought_picture_has_its_price_models_and_request():
    past = Past(Digest("a" * 64), 2, result(), present=True, stands=True)

    assert lines_of(past) == [
        "    take 2  aaaaaaaaaaaa  stands",
        f"      made {MONDAY}, cost $0.0412, "
        "gpt-image-2 (answered by gpt-image-2-2026-04-21), request req_1",
        "      Set 'Neu'. …",
    ]


def test_of_what_the_store_does_not_know_the_lock_tells_what_it_can():
    entry = an_entry("a", asked="gpt-image-2", cost_microdollars=5_000, imported="hills.psd")
    past = Past(Digest("a" * 64), 1, entry=entry, held=False, said=[Said("rejected")])

    assert lines_of(past) == [
        "    take 1  aaaaaaaaaaaa  of other words, in no store",
        "      imported from 'hills.psd', cost $0.005, gpt-image-2",
        "      rejected",
    ]


def test_a_document_has_all_that_is_known():
    pasts = [
        Past(Digest("a" * 64), 1, result(), present=True),
        Past(Digest("c" * 64), 3, entry=an_entry("c", resolved="gpt-image-2"), present=None),
    ]

    document: Any = past_document([VariantPast("banner/de", "final", [StepPast("edit", pasts)])])

    assert_valid("history", document)
    one, two = document["variants"][0]["steps"][0]["pictures"]
    assert one["prompt"] == "Set 'Neu'.\nOn a hill."
    assert (one["model_asked"], one["model_resolved"]) == ("gpt-image-2", "gpt-image-2-2026-04-21")
    assert (one["key"], two["key"]) == ("b" * 64, "c" * 64)
    assert (two["present"], two["prompt"], two["model_asked"]) == (None, None, None)
    assert two["model_resolved"] == "gpt-image-2"
