from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.lock.entry import MOST_PAST, Verdict, from_json, to_json
from assetforge.lock.merge import (
    Clash,
    better,
    combined,
    first_conflict,
    merged,
    past_of,
    sides,
)
from tests.lock.samples import ADA, BOB, DE, FR, digest, entries, picture, slots

LATER = Verdict("Cleo", "2026-11-22T00:00:00+00:00")

locks = st.dictionaries(slots(), entries(), max_size=4)


@given(entries(), entries())
def test_the_better_entry_is_the_same_from_both_sides(one, other):
    assert better(one, other) == better(other, one)
    assert combined(one, other) == combined(other, one)


@given(entries(), entries(), entries())
def test_the_best_of_three_is_the_same_in_any_order(one, two, three):
    assert better(better(one, two), three) == better(one, better(two, three))


@pytest.mark.parametrize(
    ("worse", "good"),
    [
        (picture("b", accepted=BOB), picture("a", pinned=ADA)),
        (picture("b"), picture("a", accepted=ADA)),
        (picture("b", accepted=ADA), picture("a", accepted=BOB)),
        (picture("b"), picture("a", artifact=None, rejected=(digest("no"),))),
        (picture("b", accepted=ADA, emulated=True), picture("a")),
    ],
    ids=["pinned", "accepted", "later", "rejected", "real"],
)
def test_decided_stands_before_undecided_and_later_before_earlier(worse, good):
    assert better(worse, good) == better(good, worse) == good


def test_all_that_was_said_of_one_picture_holds():
    assert combined(picture(pinned=BOB), picture(accepted=ADA)) == picture(pinned=BOB, accepted=ADA)


def test_what_was_said_of_another_take_does_not_hold_for_this_one():
    assert combined(picture(pinned=BOB), picture(take=2, accepted=ADA)) == picture(pinned=BOB)


def test_an_accepted_picture_of_other_words_is_remembered():
    mine, yours = picture("new", accepted=BOB), picture("newer", accepted=ADA)

    assert combined(yours, mine) == replace(mine, previous=yours)


def test_an_undecided_picture_of_other_words_is_not_remembered_as_accepted():
    assert combined(picture("new", accepted=ADA), picture("newer")).previous is None


def test_what_both_sides_remember_is_kept_once():
    old, older = picture("old", accepted=ADA), picture("older", accepted=ADA)
    mine = picture("new", accepted=BOB, previous=old)
    yours = picture("newer", accepted=ADA, previous=replace(old, previous=older))

    found = combined(mine, yours)

    assert [each.components["prompt"] for each in past_of(found)] == ["newer", "old", "older"]


def test_no_more_is_remembered_than_can_be_read_again():
    chain = None
    for number in range(MOST_PAST):
        chain = picture(f"old {number}", accepted=ADA, previous=chain)
    found = combined(picture("mine", accepted=BOB, previous=chain), picture("yours", accepted=ADA))

    assert len(past_of(found)) == MOST_PAST
    assert past_of(found)[0].components["prompt"] == "yours"
    assert from_json(to_json(found)) == found


def test_rejections_of_the_same_words_are_kept_from_both_sides():
    mine = picture(artifact=None, rejected=(digest("one"),))
    yours = picture(artifact=None, rejected=(digest("two"),))

    assert set(combined(mine, yours).rejected) == {digest("one"), digest("two")}


@pytest.mark.parametrize("turned", [False, True])
def test_what_one_side_rejected_is_not_shown_because_the_other_accepted_it(turned):
    accepted = picture(accepted=ADA)
    rejected = picture(artifact=None, rejected=(accepted.artifact,))
    sides = (rejected, accepted) if turned else (accepted, rejected)

    found = combined(*sides)

    assert (found.artifact, found.rejected) == (None, (accepted.artifact,))
    slot = DE
    _, (clash,) = merged(None, {slot: sides[0]}, {slot: sides[1]})
    assert clash.stands == ("ours" if turned else "theirs")


def test_a_rejection_gives_way_to_who_pinned_the_picture():
    pinned = picture(pinned=ADA)
    rejected = picture(artifact=None, rejected=(pinned.artifact,))

    assert combined(rejected, pinned) == pinned


def test_rejections_of_other_words_do_not_count_here():
    accepted = picture(accepted=ADA)

    assert combined(accepted, picture("other", rejected=(digest("one"),))).rejected == ()


@given(locks, locks)
def test_one_side_unchanged_is_the_other_side(base, theirs):
    assert merged(base, base, theirs) == (dict(sorted(theirs.items())), [])
    assert merged(base, theirs, base) == (dict(sorted(theirs.items())), [])


@given(st.one_of(st.none(), locks), locks, locks)
def test_a_merge_loses_no_slot_that_both_sides_have(base, ours, theirs):
    found, clashes = merged(base, ours, theirs)
    other_way, _ = merged(base, theirs, ours)

    assert found == other_way
    assert ours.keys() & theirs.keys() <= found.keys()
    assert {each.slot for each in clashes} <= found.keys()
    if base is None:
        assert found.keys() == ours.keys() | theirs.keys()


@given(locks, locks)
def test_a_merge_loses_no_picture_that_one_side_accepted(ours, theirs):
    ours = {slot: replace(each, emulated=False) for slot, each in ours.items()}
    theirs = {slot: replace(each, emulated=False) for slot, each in theirs.items()}

    found, _ = merged(None, ours, theirs)

    for slot, entry in [*ours.items(), *theirs.items()]:
        if entry.accepted:
            held = [found[slot], *past_of(found[slot])]
            assert entry.base in {each.base for each in held if each.accepted or each.pinned}


def test_a_clash_says_both_and_which_stands():
    mine, yours = picture("mine"), picture("yours", accepted=ADA)

    found, clashes = merged({DE: picture()}, {DE: mine}, {DE: yours})

    assert found == {DE: yours}
    assert clashes == [Clash(DE, mine, yours, "theirs")]


def test_what_one_side_changed_and_the_other_removed_stays():
    changed = picture("new")

    for ours, theirs, side in [({DE: changed}, {}, "ours"), ({}, {DE: changed}, "theirs")]:
        found, clashes = merged({DE: picture(), FR: picture()}, ours, theirs)

        assert found == {DE: changed}
        assert [each.stands for each in clashes] == [side]


def test_what_both_changed_alike_is_no_clash():
    new = picture("new")

    assert merged({DE: picture()}, {DE: new}, {DE: new}) == ({DE: new}, [])


PLAIN = "<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> branch\n"
DIFF3 = "<<<<<<< HEAD\nours\n||||||| 1a2b\nbase\n=======\ntheirs\n>>>>>>> branch\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_both_sides_of_a_conflict_are_read(end):
    text = f"top\n{PLAIN}middle\n{PLAIN}bottom\n".replace("\n", end)

    assert sides(text) == (
        "top\nours\nmiddle\nours\nbottom\n",
        "top\ntheirs\nmiddle\ntheirs\nbottom\n",
        None,
    )


def test_the_base_is_read_where_the_markers_show_it():
    assert sides(f"top\n{DIFF3}") == ("top\nours\n", "top\ntheirs\n", "top\nbase\n")


def test_the_markers_of_an_older_conflict_in_the_base_are_no_sides():
    inner = "<<<<<<<<< a\nx\n=========\ny\n>>>>>>>>> b\n"

    found = sides(DIFF3.replace("base\n", inner))

    assert (found.ours, found.theirs) == ("ours\n", "theirs\n")
    assert found.base == inner


def test_commas_are_put_right_where_blocks_were_cut():
    text = '{\n<<<<<<< a\n  "x": 1,\n=======\n>>>>>>> b\n}\n'
    cut = '{\n  "x": [\n    "u",\n  ]\n<<<<<<< a\n  "y": 2\n=======\n>>>>>>> b\n}\n'

    assert sides(text).ours == '{\n  "x": 1\n}\n'
    assert sides(cut).ours == '{\n  "x": [\n    "u"\n  ],\n  "y": 2\n}\n'


def test_only_markers_make_a_conflict():
    assert first_conflict(PLAIN)
    assert first_conflict("<<<<<<<\r\n")
    assert not first_conflict('  "<<<<<<< HEAD": 1\n=======\n<<<<<<<< longer\n')
