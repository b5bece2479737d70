from __future__ import annotations

from typing import Any

import pytest

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.lock.entry import Entry, Slot, Verdict, to_json
from assetforge.review.said import Said, said_of, turns_of
from assetforge.store.journal import Change, Decision

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
