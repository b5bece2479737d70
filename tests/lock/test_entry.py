import json
from typing import Any

import pytest
from hypothesis import given

from assetforge.lock.entry import Slot, Verdict, components_of, from_json, to_json, without_past
from tests.lock.samples import ADA, digest, entries, picture


@given(entries())
def test_an_entry_comes_back_from_the_lock_as_it_was(entry):
    assert from_json(json.loads(json.dumps(to_json(entry)))) == entry


def test_what_is_empty_is_not_written():
    assert set(to_json(picture())) == {
        "action_key",
        "artifact",
        "pixels",
        "take",
        "model_asked",
        "model_resolved",
        "cost_usd",
        "components",
    }


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"colour": 1}, "there is no field 'colour'"),
        ({"action_key": "ab"}, "'action_key' is no digest"),
        ({"base_key": 7}, "'base_key' is no digest"),
        ({"artifact": "A" * 64}, "'artifact' is no digest"),
        ({"pixels": None}, "'pixels' is no digest"),
        ({"take": True}, "'take' is no int"),
        ({"cost_usd": "NaN"}, "'cost_usd' is no amount"),
        ({"cost_usd": "1e999999999"}, "'cost_usd' is no amount"),
        ({"cost_usd": "-1"}, "'cost_usd' is no amount"),
        ({"components": []}, "'components' is no dict"),
        ({"accepted": "Ada"}, "'accepted' is no mapping"),
        ({"accepted": {"by": 1}}, "'by' is no str"),
        ({"rejected": ["x"]}, "'rejected' holds something that is no digest"),
        ({"previous": []}, "'previous' is no dict"),
        ({"previous": {"action_key": "x"}}, "'action_key' is no digest"),
    ],
)
def test_a_wrong_field_is_named(change, words):
    with pytest.raises(ValueError, match=words):
        from_json({**to_json(picture()), **change})


def test_long_components_are_the_start_of_their_digest():
    described: dict[str, Any] = {
        "rule": 2,
        "kind": "edit",
        "prompt": "a hill in the morning, " * 9,
        "inputs": [digest("scene")],
        "copy": [["headline", "a text that is much too long for one line of a lock"]],
        "size": [1200, 628],
        "take": 2,
    }

    found = components_of(described)

    assert "rule" not in found
    assert found["kind"] == "edit"
    assert str(found["prompt"]).startswith("sha256:")
    assert found["inputs"] == [digest("scene")[:12]]
    assert str(found["copy"]).startswith("sha256:")
    assert (found["size"], found["take"]) == ([1200, 628], 2)


def test_the_last_decision_is_the_later_of_accepted_and_pinned():
    later = Verdict("Bob", "2026-12-01T00:00:00+00:00")

    assert picture().decided_at == ""
    assert picture(accepted=ADA, pinned=later).decided_at == later.at


def test_a_slot_knows_its_asset():
    assert Slot("banner/wide/de", "final", "edit").asset == "banner"


def test_without_past_forgets_what_was_before():
    assert without_past(picture(previous=picture("old"))) == picture()
