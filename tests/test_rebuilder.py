from __future__ import annotations

from dataclasses import replace

import pytest

from assetforge.action import (
    Action,
    ActionId,
    ActionKey,
    Made,
    Source,
    VariantName,
    action_key,
    manifest,
)
from assetforge.digest import digest_of
from assetforge.rebuilder import Hit, Run, Wait, decide, decide_all, reasons
from assetforge.store.action_cache import ActionResult

LOGO = Source("brand/logo.png", digest_of(b"logo"))


def an_action(name: str, *inputs: str, prompt: str | None = None) -> Action:
    return Action(
        id=ActionId(name),
        asset="banner",
        step=name,
        kind="compose",
        kind_version="1",
        request={"prompt": prompt or name},
        inputs=tuple(Made(ActionId(each)) for each in inputs),
        variants=(VariantName("banner"),),
    )


SCENE = an_action("scene")
EDIT = an_action("edit", "scene")
FILE = an_action("file", "edit")
PLAN = {each.id: each for each in (SCENE, EDIT, FILE)}


class Known:
    """Results by key; counts how often it is asked."""

    def __init__(self) -> None:
        self.results: dict[ActionKey, ActionResult] = {}
        self.asked = 0

    def __call__(self, keys):
        self.asked += 1
        return {key: self.results[key] for key in keys if key in self.results}

    def add(self, action: Action, picture: bytes, made=None) -> ActionResult:
        described = manifest(action, made or {})
        result = ActionResult(action_key(described), digest_of(picture), described)
        self.results[result.key] = result
        return result


@pytest.fixture
def known() -> Known:
    return Known()


def test_an_action_without_a_result_runs_under_its_key(known):
    described = manifest(SCENE, {})

    assert decide([SCENE], {}, known) == [Run(action_key(described), described)]


def test_an_action_with_a_result_is_a_hit(known):
    result = known.add(SCENE, b"scene")

    assert decide([SCENE], {}, known) == [Hit(result.key, result)]


def test_an_action_whose_input_is_still_to_be_made_waits_for_it(known):
    two = an_action("collage", "scene", "edit")

    assert decide([two], {SCENE.id: digest_of(b"scene")}, known) == [Wait((EDIT.id,))]


def test_all_are_decided_with_one_look_up_in_the_order_given(known):
    result = known.add(SCENE, b"scene")
    other = an_action("other")

    first, second, third = decide([EDIT, SCENE, other], {}, known)

    assert (first, second) == (Wait((SCENE.id,)), Hit(result.key, result))
    assert isinstance(third, Run)
    assert known.asked == 1


def test_a_whole_plan_of_hits_is_known_before_anything_runs(known):
    scene = known.add(SCENE, b"scene")
    edit = known.add(EDIT, b"edit", {SCENE.id: scene.artifact})
    file = known.add(FILE, b"file", {EDIT.id: edit.artifact})

    assert decide_all(PLAN, known) == {
        SCENE.id: Hit(scene.key, scene),
        EDIT.id: Hit(edit.key, edit),
        FILE.id: Hit(file.key, file),
    }


def test_behind_a_run_everything_waits(known):
    scene = known.add(SCENE, b"scene")

    decisions = decide_all(PLAN, known)

    assert decisions[SCENE.id] == Hit(scene.key, scene)
    assert isinstance(decisions[EDIT.id], Run)
    assert decisions[FILE.id] == Wait((EDIT.id,))
    assert list(decisions) == list(PLAN)


def test_edit_is_a_hit_when_compose_gives_the_same_bytes_again(known):
    """Early cutoff: a compose that runs again but paints the same image costs no edit."""
    scene = known.add(SCENE, b"scene")
    edit = known.add(EDIT, b"edit", {SCENE.id: scene.artifact})
    repainted = an_action("scene", prompt="the same scene in other words")
    known.add(repainted, b"scene")

    assert decide_all({SCENE.id: repainted, EDIT.id: EDIT}, known)[EDIT.id] == Hit(edit.key, edit)


def test_an_empty_plan_needs_no_decision(known):
    assert decide_all({}, known) == {}


def run_of(action: Action, made=None) -> Run:
    described = manifest(action, made or {})
    return Run(action_key(described), described)


def test_a_hit_needs_no_reason(known):
    result = known.add(SCENE, b"scene")

    assert reasons(Hit(result.key, result), None) == []


def test_a_wait_says_for_what():
    assert reasons(Wait((SCENE.id, EDIT.id)), None) == ["waits for scene, edit"]


def test_a_run_that_was_never_built_says_so():
    assert reasons(run_of(SCENE), None) == ["never built"]


def test_a_run_whose_bytes_are_gone_says_so():
    assert reasons(run_of(SCENE), manifest(SCENE, {})) == ["its bytes are not in the store"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"quality": "low"}, {"quality": "high"}, ["quality changed: low -> high"]),
        ({}, {"quality": "high"}, ["quality changed: none -> high"]),
        ({"take": 1}, {"take": 2}, ["take changed: 1 -> 2"]),
        ({"prompt": "a" * 25}, {"prompt": "b"}, ["prompt changed"]),
        ({"size": [1, 2]}, {"size": [2, 2]}, ["size changed"]),
        (
            {"copy": [["headline", "Sale"], ["action", "Buy"]]},
            {"copy": [["headline", "Sale!"], ["legal", "T&C"]]},
            ["copy changed: action, headline, legal"],
        ),
        ({}, {"copy": [["headline", "Sale"]]}, ["copy changed: headline"]),
        ({"model": "a", "take": 0}, {"model": "b", "take": 1}, ["model changed: a -> b",
                                                               "take changed: 0 -> 1"]),
    ],
)  # fmt: skip
def test_a_change_is_told_field_by_field(old, new, expected):
    before, after = replace(SCENE, request=old), replace(SCENE, request=new)

    assert reasons(run_of(after), manifest(before, {})) == expected


def test_a_changed_input_is_named_be_it_made_or_a_file():
    action = replace(SCENE, inputs=(LOGO, Made(EDIT.id), Made(FILE.id)))
    made = {EDIT.id: digest_of(b"edit"), FILE.id: digest_of(b"file")}
    other_logo = replace(LOGO, digest=digest_of(b"new logo"))
    changed = replace(action, inputs=(other_logo, Made(EDIT.id), Made(FILE.id)))

    found = reasons(
        run_of(changed, {**made, FILE.id: digest_of(b"new file")}),
        manifest(action, made),
        changed.inputs,
    )

    assert found == ["input changed: brand/logo.png, file"]


def test_more_or_fewer_inputs_are_only_said_to_have_changed():
    more = replace(SCENE, inputs=(LOGO,))

    assert reasons(run_of(more), manifest(SCENE, {}), more.inputs) == ["inputs changed"]
