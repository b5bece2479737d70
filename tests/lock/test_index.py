from __future__ import annotations

from dataclasses import replace

from assetforge.action import Action, ActionId, ActionKey, VariantName
from assetforge.digest import digest_of
from assetforge.lock.entry import Entry, Slot, Verdict
from assetforge.lock.index import Index

ADA, BEN = Verdict("Ada", "2026-11-01T10:00:00"), Verdict("Ben", "2026-11-02T10:00:00")


def key(word: str) -> ActionKey:
    return ActionKey(digest_of(word.encode()))


def an_entry(base: str, picture: str, **more) -> Entry:
    return Entry(key(base), key(base), digest_of(picture.encode()), **more)


def slot(variant: str, step: str = "compose", profile: str = "final") -> Slot:
    return Slot(variant, profile, step)


SCENE = Action(
    id=ActionId("banner/compose"),
    asset="banner",
    step="compose",
    kind="compose",
    kind_version="1",
    request={},
    inputs=(),
    variants=(VariantName("banner/de"), VariantName("banner/ja")),
)


def test_an_empty_lock_knows_nothing():
    index = Index({}, "final")

    assert index.of([key("calm")], SCENE) is None
    assert index.pinned(SCENE) is None
    assert index.any_of(SCENE) is None
    assert index.accepted_before(SCENE, key("calm")) is None


def test_an_action_is_found_by_what_it_is_whoever_has_it():
    """A new locale that shares a scene gets the take of it that was chosen."""
    chosen = an_entry("calm", "two", take=2, accepted=ADA)

    index = Index({slot("banner/de", profile="other"): chosen}, "final")

    assert index.of([key("calm")], SCENE) == chosen
    assert index.of([key("wild"), key("calm")], SCENE) == chosen
    assert index.of([key("wild")], SCENE) is None


def test_what_was_decided_here_holds_above_what_was_decided_elsewhere():
    """A reject has no date, and an acceptance in another place no say about it."""
    here = an_entry("calm", "two", take=2, rejected=(digest_of(b"one"),))
    elsewhere = an_entry("calm", "one", accepted=BEN)
    entries = {slot("banner/de"): here, slot("poster/de"): elsewhere}

    assert Index(entries, "final").of([key("calm")], SCENE) == here


def test_what_somebody_rejected_returns_from_no_other_place():
    rejects = an_entry("calm", "two", take=2, rejected=(digest_of(b"one"),))
    accepts = an_entry("calm", "one", accepted=BEN)
    entries = {slot("poster/de"): rejects, slot("card/de"): accepts}

    assert Index(entries, "final").of([key("calm")], SCENE) == rejects


def test_of_two_choices_the_later_holds():
    first = an_entry("calm", "one", accepted=ADA)
    later = an_entry("calm", "two", take=2, accepted=BEN)
    entries = {slot("banner/de"): later, slot("banner/ja"): first}

    assert Index(entries, "final").of([key("calm")], SCENE) == later
    assert Index(dict(reversed(entries.items())), "final").of([key("calm")], SCENE) == later


def test_a_choice_stands_above_what_nobody_decided_about():
    recorded, chosen = an_entry("calm", "one"), an_entry("calm", "two", take=2, accepted=ADA)

    index = Index({slot("banner/ja"): recorded, slot("banner/de"): chosen}, "final")

    assert index.of([key("calm")], SCENE) == chosen


def test_what_was_accepted_before_is_found_when_its_words_come_back():
    before = an_entry("calm", "one", accepted=ADA)
    now = an_entry("wild", "two", previous=replace(before, previous=an_entry("old", "zero")))

    index = Index({slot("banner/de"): now}, "final")

    assert index.of([key("calm")], SCENE) == now.previous
    assert index.of([key("old")], SCENE) == an_entry("old", "zero")


def test_what_an_emulator_made_counts_only_where_one_may_be_asked():
    past = an_entry("old", "zero", emulated=True, accepted=ADA)
    entries = {
        slot("banner/de"): an_entry("calm", "one", emulated=True),
        slot("banner/ja"): an_entry("wild", "two", previous=past),
    }

    assert Index(entries, "final").of([key("calm")], SCENE) is None
    assert Index(entries, "final").of([key("old")], SCENE) is None
    assert Index(entries, "final", emulation=True).of([key("calm")], SCENE) is not None
    assert Index(entries, "final", emulation=True).of([key("old")], SCENE) == past


def test_a_pin_is_of_a_profile_and_holds_for_all_who_share_the_action():
    pinned = an_entry("calm", "one", pinned=ADA)
    entries = {slot("banner/ja"): pinned, slot("banner/de"): an_entry("calm", "two")}

    assert Index(entries, "final").pinned(SCENE) == pinned
    assert Index(entries, "draft").pinned(SCENE) is None


def test_of_two_pins_the_later_holds():
    one, two = an_entry("a", "one", pinned=BEN), an_entry("b", "two", pinned=ADA)

    index = Index({slot("banner/de"): one, slot("banner/ja"): two}, "final")

    assert index.pinned(SCENE) == one


def test_what_was_accepted_before_has_other_words_than_those_of_today():
    accepted = an_entry("calm", "one", accepted=ADA)
    index = Index({slot("banner/de"): accepted}, "final")

    assert index.accepted_before(SCENE, key("wild")) == accepted
    assert index.accepted_before(SCENE, key("calm")) is None


def test_what_was_accepted_before_may_be_one_step_back():
    accepted = an_entry("calm", "one", accepted=ADA)
    index = Index({slot("banner/de"): an_entry("wild", "two", previous=accepted)}, "final")

    assert index.accepted_before(SCENE, key("wild")) == accepted


def test_where_variants_had_different_pictures_none_can_stay_for_all():
    entries = {
        slot("banner/de"): an_entry("calm", "one", accepted=ADA),
        slot("banner/ja"): an_entry("bold", "two", accepted=ADA),
    }

    assert Index(entries, "final").accepted_before(SCENE, key("wild")) is None


def test_any_entry_of_an_action_is_the_first_of_its_variants():
    entries = {slot("banner/ja"): an_entry("a", "one"), slot("banner/de"): an_entry("b", "two")}

    assert Index(entries, "final").any_of(SCENE) == an_entry("b", "two")
