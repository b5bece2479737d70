from __future__ import annotations

from typing import Any

import pytest

from assetforge.action import ActionKey, Manifest
from assetforge.digest import Digest
from assetforge.review.between import between
from assetforge.review.recipe import Recipe, recipe_of
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path)
    yield store
    store.close()


def made(store: Store, digit: str, *inputs: Recipe, **fields: Any) -> Recipe:
    """Keep a result; its key and artifact are made of a hex digit, and name its recipe."""
    manifest: Manifest = {
        "kind": "edit",
        "kind_version": "1",
        "rule": 2,
        "inputs": [str(each.key) for each in inputs],
        **fields,
    }
    result = ActionResult(ActionKey(digit * 64), Digest(digit * 64), manifest)
    with store.transaction():
        store.actions.record([result])
    return recipe_of(digit, result)


def told(one: Recipe, two: Recipe, store: Store) -> list[tuple[int, str, str, list[str]]]:
    return [
        (each.depth, each.one.name[:1], each.two.name[:1], [change[0] for change in each.changes])
        for each in between(one, two, store)
    ]


def test_inputs_that_differ_are_followed_down_to_the_first(store):
    one = made(store, "b", made(store, "a", prompt="calm"))
    two = made(store, "d", made(store, "c", prompt="wild"))

    assert told(one, two, store) == [(0, "b", "d", ["inputs"]), (1, "a", "c", ["prompt"])]


def test_an_input_that_is_the_same_is_not_told(store):
    scene = made(store, "a")
    one, two = made(store, "b", scene, prompt="x"), made(store, "c", scene, prompt="y")

    assert told(one, two, store) == [(0, "b", "c", ["prompt"])]


def test_a_pair_that_is_used_twice_is_told_once(store):
    calm, wild = made(store, "a", prompt="calm"), made(store, "b", prompt="wild")
    one, two = made(store, "c", calm, calm), made(store, "d", wild, wild)

    assert told(one, two, store) == [(0, "c", "d", ["inputs"]), (1, "a", "b", ["prompt"])]


def test_inputs_in_another_number_cannot_be_compared(store):
    scene, logo = made(store, "a"), made(store, "b")
    one, two = made(store, "c", scene), made(store, "d", scene, logo)

    assert told(one, two, store) == [(0, "c", "d", ["inputs"])]


def test_an_input_that_nobody_made_here_ends_it(store):
    """It is a file of the project, or its result is in another store."""
    logo = Recipe("logo", ActionKey("e" * 64), None)
    one, two = made(store, "c", logo), made(store, "d", made(store, "a"))

    assert told(one, two, store) == [(0, "c", "d", ["inputs"])]
