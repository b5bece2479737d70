from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assetforge.action import Manifest, with_take
from assetforge.lock.changes import component_changes
from assetforge.lock.entry import components_of

LONG = "A calm summer landscape at dusk: layered hills and one low sun."
SCENE: Manifest = {
    "rule": 2,
    "kind": "edit",
    "kind_version": "1",
    "provider": "openai",
    "quality": "low",
    "prompt": LONG,
    "inputs": ["ab" * 32],
}


def test_nothing_changed_where_the_manifest_is_the_same():
    assert component_changes(components_of(SCENE), SCENE) == []


def test_a_short_value_is_told_as_it_is_and_a_long_one_as_the_start_of_its_digest():
    now: Manifest = {**SCENE, "quality": "high", "prompt": f"{LONG} No text."}

    (prompt, old, new), quality = component_changes(components_of(SCENE), now)

    assert quality == ("quality", "low", "high")
    assert (prompt, old) == ("prompt", components_of(SCENE)["prompt"])
    assert str(new).startswith("sha256:")
    assert old != new


def test_a_changed_input_is_told_by_the_start_of_its_digest():
    now: Manifest = {**SCENE, "inputs": ["cd" * 32]}

    assert component_changes(components_of(SCENE), now) == [
        ("inputs", ["ab" * 6], ["cd" * 6]),
    ]


def test_a_field_that_one_side_lacks_stands_against_none():
    gained: Manifest = {**SCENE, "script": "Latn"}

    assert component_changes(components_of(SCENE), gained) == [("script", None, "Latn")]
    assert component_changes(components_of(gained), SCENE) == [("script", "Latn", None)]


def test_another_rule_or_take_is_no_change():
    older: Manifest = {**SCENE, "rule": 1, "take": 0}

    assert component_changes(components_of(older), SCENE) == []
    assert component_changes(components_of(SCENE), older) == []
    assert component_changes(components_of(with_take(SCENE, 3)), SCENE) == []


def test_where_the_lock_holds_no_components_nothing_is_known_to_have_changed():
    assert component_changes({}, SCENE) == []


@given(field=st.sampled_from(["kind", "quality", "prompt", "size"]), value=st.text(max_size=80))
def test_whatever_differs_is_told(field, value):
    now: Manifest = {**SCENE, field: value}

    changed = [each[0] for each in component_changes(components_of(SCENE), now)]

    assert changed == ([field] if SCENE.get(field) != value else [])
