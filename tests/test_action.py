from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.action import (
    FIRST_TAKE,
    MARK,
    Action,
    ActionId,
    Input,
    Keys,
    Made,
    Manifest,
    Source,
    VariantName,
    action_key,
    by_this_rule,
    differences,
    manifest,
    older_keys,
    take_of,
    with_take,
)
from assetforge.decided import Options, plan_and_decide
from assetforge.digest import canonical_json, digest_of
from assetforge.project import open_project
from assetforge.rebuilder import Run
from assetforge.store.local import Store
from tests.space import Space

VECTORS = json.loads((Path(__file__).parent / "data" / "keys.json").read_text(encoding="utf-8"))

SCENE = ActionId("banner/wide/compose")
PICTURE, LOGO = digest_of(b"picture"), digest_of(b"logo")
EDIT = Action(
    id=ActionId("banner/wide/de/edit"),
    asset="banner",
    step="edit",
    kind="edit",
    kind_version="1",
    request={
        "provider": "openai",
        "model": "gpt-image-2-2026-04-21",
        "prompt": 'Set "Jetzt kaufen".',
        "copy": [["headline", "Jetzt kaufen"]],
        "size": [1536, 800],
    },
    inputs=(Made(SCENE), Source("brand/logo.png", LOGO)),
    variants=(VariantName("banner/wide/de"),),
)
MADE = {SCENE: PICTURE}


def key(action: Action, made=MADE) -> str:
    return action_key(manifest(action, made))


@pytest.mark.parametrize("vector", VECTORS, ids=[each["what"] for each in VECTORS])
def test_a_manifest_keeps_its_key_for_ever(vector):
    """A new key is a picture paid for twice. These are never changed, only added to."""
    described = vector["manifest"]

    assert canonical_json(described).decode() == vector["canonical"]
    assert action_key(described) == vector["key"]


OLDER = [each for each in VECTORS if "older" in each]


@pytest.mark.parametrize("vector", OLDER, ids=[each["what"] for each in OLDER])
def test_a_manifest_still_knows_the_keys_that_older_rules_gave_it(vector):
    """An upgrade of the rules must not bill what was bought under the one before."""
    assert list(older_keys(vector["manifest"])) == vector["older"]


@pytest.mark.parametrize("vector", OLDER, ids=[each["what"] for each in OLDER])
def test_a_manifest_of_an_older_rule_differs_in_nothing_from_what_it_is_now(vector):
    older = next(each for each in VECTORS if each["key"] == vector["older"][0])["manifest"]

    assert by_this_rule(older) == vector["manifest"]
    assert differences(older, vector["manifest"]) == []
    assert by_this_rule(vector["manifest"]) == vector["manifest"]


def test_a_manifest_of_another_kind_has_no_older_key():
    assert older_keys({}) == ()


@given(take=st.integers(1, 99))
def test_another_take_changes_nothing_but_the_take(take):
    described = manifest(EDIT, MADE)
    again = with_take(described, take)

    assert take_of(again) == take
    assert with_take(again, FIRST_TAKE) == described
    assert (action_key(again) == action_key(described)) == (take == FIRST_TAKE)


def test_an_action_keeps_its_manifest_and_key_for_ever():
    vector = next(each for each in VECTORS if each["what"] == "rule 2: edit with a reference")

    assert manifest(EDIT, MADE) == vector["manifest"]
    assert key(EDIT) == vector["key"]


def test_the_steps_that_ship_keep_their_keys_for_ever(tmp_path):
    """From the pipeline file to the key: what a user with a full store relies on."""
    expected = {each["what"]: each["key"] for each in VECTORS}
    Space(tmp_path).quick("en", "de")
    project = open_project(tmp_path / "assetforge.yaml")
    store = Store(tmp_path / ".assetforge")

    decided = plan_and_decide(Options(tmp_path / "assetforge.yaml"), store, project)

    store.close()
    found = {id: each.key for id, each in decided.decisions.items() if isinstance(each, Run)}
    assert found == {
        "banner/wide/compose": expected["rule 2: quick project: banner/wide/compose"],
        "banner/tall/compose": expected["rule 2: quick project: banner/tall/compose"],
    }


@pytest.mark.parametrize(
    "renamed",
    [
        {"id": ActionId("poster/broad/de-DE/edit")},
        {"asset": "poster"},
        {"step": "words"},
        {"variants": (VariantName("poster/broad/de"), VariantName("poster/broad/at"))},
        {"inputs": (Made(ActionId("scene")), Source("img/renamed.png", LOGO))},
        {"request": dict(reversed(list(EDIT.request.items())))},
    ],
)
def test_names_paths_and_order_of_keys_are_free(renamed):
    made = {**MADE, ActionId("scene"): PICTURE}

    assert key(replace(EDIT, **renamed), made) == key(EDIT)


@pytest.mark.parametrize(
    "changed",
    [
        {"kind": "compose"},
        {"kind_version": "2"},
        {"inputs": (Source("brand/logo.png", LOGO), Made(SCENE))},
        {"inputs": (Made(SCENE),)},
        {"inputs": (Made(SCENE), Source("brand/logo.png", digest_of(b"new logo")))},
        *({"request": {**EDIT.request, field: "other"}} for field in EDIT.request),
        {"request": {**EDIT.request, "take": 2}},
        {"request": {**EDIT.request, "quality": "high"}},
        {"request": {**EDIT.request, "copy": [["headline", "Jetzt kaufen "]]}},
    ],
)
def test_all_that_changes_the_picture_changes_the_key(changed):
    assert key(replace(EDIT, **changed)) != key(EDIT)


def test_an_input_counts_by_its_bytes_and_not_by_who_made_them():
    """Early cutoff stands on this."""
    by_hand = replace(EDIT, inputs=(Source("scene.png", PICTURE), Source("logo.png", LOGO)))

    assert key(by_hand) == key(EDIT)
    assert key(EDIT, {SCENE: digest_of(b"another picture")}) != key(EDIT)


def test_a_key_is_no_plain_digest_of_its_manifest():
    """Nobody can pass a blob off as a manifest."""
    assert key(EDIT) != digest_of(canonical_json(manifest(EDIT, MADE)))


def test_made_inputs_are_the_actions_among_the_inputs():
    assert EDIT.made_inputs == (SCENE,)


@pytest.mark.parametrize("field", ["rule", "kind", "kind_version", "inputs"])
def test_a_request_cannot_hide_what_every_manifest_says(field):
    """It would be overwritten, and two requests would share one key."""
    with pytest.raises(AssertionError, match="BUG: edit asks for"):
        manifest(replace(EDIT, request={field: "mine"}), MADE)


def test_differences_are_sorted_fields_with_both_values():
    old: Manifest = {"prompt": "a", "size": [1, 2], "take": 0, "quality": "low"}
    new: Manifest = {"take": 1, "prompt": "a", "size": [1, 3], "model": "m"}

    assert differences(old, new) == [
        ("model", None, "m"),
        ("quality", "low", None),
        ("size", [1, 2], [1, 3]),
        ("take", 0, 1),
    ]


MANIFESTS = st.dictionaries(st.sampled_from("abc"), st.sampled_from([0, 1, "", "0", None]))


@settings(deadline=None)
@given(MANIFESTS, MANIFESTS)
def test_keys_differ_wherever_there_are_differences(old, new):
    """The other way round does not hold: a field that is null is no field that is missing."""
    assert not differences(old, new) or action_key(old) != action_key(new)


WORDS = st.text(max_size=8) | st.sampled_from([MARK, "inputs", f'"{MARK}"'])
REQUESTS = st.dictionaries(
    WORDS.filter(lambda name: name not in {"rule", "kind", "kind_version", "inputs"}),
    WORDS | st.integers() | st.lists(WORDS, max_size=2) | st.dictionaries(WORDS, WORDS, max_size=2),
    max_size=5,
)


@settings(deadline=None)
@given(REQUESTS, st.lists(st.binary(max_size=4), max_size=3))
def test_keys_of_many_actions_are_the_keys_of_their_manifests(request, pictures):
    """Also where a request says what else stands for the inputs, or is asked of several things."""
    keys = Keys()
    made = {ActionId(str(number)): digest_of(each) for number, each in enumerate(pictures)}
    all_made: tuple[Input, ...] = tuple(Made(each) for each in made)
    actions = [
        replace(EDIT, request=request, kind=kind, inputs=inputs)
        for kind in ("edit", "compose")
        for inputs in (all_made[:0], all_made, (Source("logo.png", LOGO), *all_made))
    ]

    for each in actions:
        assert keys.key_of(each, made) == action_key(manifest(each, made))


def test_a_request_is_written_down_once_for_all_that_ask_for_it(monkeypatch):
    written = []
    encode = json.JSONEncoder.encode

    def noted(self, value):
        written.append(value)
        return encode(self, value)

    monkeypatch.setattr(json.JSONEncoder, "encode", noted)
    keys = Keys()
    several = [digest_of(bytes([number])) for number in range(50)]

    found = {keys.key_of(EDIT, {SCENE: each}) for each in several}

    assert len(found) == 50
    assert len(written) == 1


def test_a_request_that_says_what_is_a_manifests_own_is_a_bug():
    with pytest.raises(AssertionError, match="BUG: edit asks for"):
        Keys().key_of(replace(EDIT, request={"rule": 1}), MADE)
