from typing import Any

import pytest

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.review.recipe import steps_behind
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


def made(store: Store, name: str, *inputs: str, **fields: Any) -> Digest:
    """Keep a result; `name` is a hex digit that its key and artifact are made of."""
    manifest = {"kind": "edit", "kind_version": 1, "rule": 1, "inputs": list(inputs), **fields}
    result = ActionResult(
        key=ActionKey(name * 64),
        artifact=Digest(fields.pop("artifact", name * 64)),
        manifest={key: each for key, each in manifest.items() if key != "artifact"},
        made_at="2026-11-21T12:00:00+00:00",
        cost_microdollars=41_200,
    )
    with store.transaction():
        store.actions.record([result])
    return result.artifact


def test_of_unknown_bytes_nothing_is_known(store):
    assert steps_behind(Digest("f" * 64), store) == []


def test_a_recipe_goes_down_to_the_first_step(store):
    first = made(store, "a")
    second = made(store, "b", first)
    third = made(store, "c", second, "e" * 64)

    steps = steps_behind(third, store)

    assert [(each.depth, each.result.artifact) for each in steps] == [
        (0, third),
        (1, second),
        (2, first),
    ]


def test_what_is_used_twice_is_told_once(store):
    scene = made(store, "a")
    one, two = made(store, "b", scene), made(store, "c", scene)
    both = made(store, "d", one, two)

    assert [each.depth for each in steps_behind(both, store)] == [0, 1, 2, 1]


def test_equal_bytes_of_two_actions_have_both_recipes(store):
    made(store, "a", artifact="9" * 64)
    made(store, "b", artifact="9" * 64)

    assert len(steps_behind(Digest("9" * 64), store)) == 2


def test_a_manifest_without_inputs_is_a_first_step(store):
    artifact = made(store, "a", inputs=None)

    assert len(steps_behind(artifact, store)) == 1
