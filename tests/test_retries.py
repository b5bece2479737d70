from __future__ import annotations

import pytest

from assetforge.action import Action, ActionId, Made, VariantName
from assetforge.attempts import Attempt, Trials
from assetforge.digest import Json
from assetforge.progress import TYPESET
from assetforge.retries import Retry, gates, takes_left, twins

SCENE, EDIT, BOX, LOOK = (ActionId(each) for each in ("scene", "edit", "edit-restore", "verify"))
TEXT, AFTER = ActionId("edit-text"), ActionId("verify-text")


def action(id: ActionId, *inputs: ActionId, kind: str = "verify", **request: Json) -> Action:
    return Action(
        id=id,
        asset="banner",
        step=id,
        kind=kind,
        kind_version="1",
        request=request,
        inputs=tuple(map(Made, inputs)),
        variants=(VariantName("banner/de"),),
        judged=EDIT if kind == "verify" else None,
    )


ACTIONS = {
    each.id: each
    for each in (
        action(SCENE, kind="compose"),
        action(EDIT, SCENE, kind="edit", prompt="x"),
        action(BOX, EDIT, SCENE),
        action(LOOK, BOX),
    )
}
SPARE = (action(TEXT, SCENE, kind="text"), action(AFTER, TEXT))
RETRY = Retry(EDIT, (BOX, LOOK), 3, SPARE)


def test_another_take_has_twins_of_all_up_to_the_look():
    edit, box, look = twins(RETRY, ACTIONS, 2)

    assert edit.request == {"prompt": "x", "take": 2}
    assert edit.made_inputs == (SCENE,)
    assert box.made_inputs == (edit.id, SCENE)
    assert look.made_inputs == (box.id,)
    assert (box.judged, look.judged) == (edit.id, edit.id)
    assert not {edit.id, box.id, look.id} & ACTIONS.keys()


def test_the_first_take_is_said_by_saying_none():
    taken = {**ACTIONS, EDIT: action(EDIT, SCENE, kind="edit", prompt="x", take=4)}

    assert twins(RETRY, taken, 1)[0].request == {"prompt": "x"}


@pytest.mark.parametrize(
    ("tried", "left"), [({1}, [2, 3]), ({2}, [1, 3]), ({7}, [1, 2]), ({1, 2, 3}, [])]
)
def test_takes_that_were_tried_count(tried, left):
    assert list(takes_left(RETRY, tried)) == left


def test_every_action_behind_a_drawing_is_a_gate():
    assert gates([RETRY]) == {BOX: RETRY, LOOK: RETRY}


def test_names_change_in_what_is_tried_too():
    new = {EDIT: ActionId("e2"), SCENE: ActionId("s2"), LOOK: ActionId("v2")}

    renamed = RETRY.renamed(new)

    assert (renamed.drawn, renamed.between) == ("e2", (BOX, "v2"))
    assert renamed.typeset[0].made_inputs == ("s2",)


def test_a_part_of_several_has_typeset_actions_of_its_own():
    text, look = RETRY.set_apart(VariantName("banner/fr")).typeset

    assert {text.id, look.id}.isdisjoint({TEXT, AFTER})
    assert look.made_inputs == (text.id,)


def attempts() -> list[Attempt]:
    """Return all that is tried when every look says no."""
    trials = Trials({LOOK: RETRY})
    (trial,), found = trials.refuse(LOOK, "wrong"), []
    while (attempt := trial.following(ACTIONS)) is not None:
        trials.begin(attempt)
        trials.refuse(attempt.look, f"wrong in {attempt.how}")
        found.append(attempt)
    assert trial.message.startswith("wrong")
    return found


def test_other_takes_come_first_and_typeset_letters_last():
    assert [each.how for each in attempts()] == ["take 2", "take 3", TYPESET]


def test_what_comes_of_a_trial_is_told_in_one_line():
    trials = Trials({LOOK: RETRY})
    (trial,) = trials.refuse(LOOK, "read 'Fre'")
    assert trial.message == "read 'Fre'"

    first = trial.following(ACTIONS)
    assert first is not None
    trials.begin(first)
    trials.refuse(first.look, "read 'Feer'")
    assert trial.message == "read 'Fre'; nor was it after 1 more: read 'Feer'"


def test_the_take_that_a_picture_stands_on_is_not_tried_again():
    trials = Trials({LOOK: RETRY})
    (trial,) = trials.refuse(LOOK, "wrong", take=2)

    first = trial.following(ACTIONS)

    assert first is not None
    assert first.how == "take 1"


def test_an_action_that_nobody_looks_at_has_no_trial():
    assert Trials({LOOK: RETRY}).refuse(SCENE, "wrong") == []


def test_two_looks_at_one_drawing_have_trials_of_their_own_and_one_take():
    other = ActionId("verify-2")
    actions = {**ACTIONS, other: action(other, BOX)}
    trials = Trials({LOOK: RETRY, other: Retry(EDIT, (BOX, other), 2)})
    for look in (LOOK, other):
        (trial,) = trials.refuse(look, "wrong")
        attempt = trial.following(actions)
        assert attempt is not None
        trials.begin(attempt)
    shared = ActionId("edit (take 2)")

    assert {each.of for each in trials.attempts_of(shared)} == {LOOK, other}
    assert len(trials.refuse(shared, "refused")) == 2


def test_what_lies_before_two_looks_is_for_the_first():
    later = Retry(EDIT, (BOX, LOOK, ActionId("verify-2")), 2)

    found = gates([RETRY, later])

    assert found[BOX] is RETRY
    assert found[LOOK] is RETRY
    assert found[ActionId("verify-2")] is later
