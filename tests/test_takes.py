from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.action import MOST_TAKES, ActionKey, Manifest, action_key, older_keys, with_take
from assetforge.digest import digest_of
from assetforge.store.action_cache import ActionResult
from assetforge.takes import known_takes, next_takes

BASE: Manifest = {
    "rule": 2,
    "kind": "compose",
    "kind_version": "1",
    "provider": "draft",
    "prompt": "A calm scene.",
    "inputs": [],
}


class Known:
    """Results by key; counts how often it is asked."""

    def __init__(self) -> None:
        self.results: dict[ActionKey, ActionResult] = {}
        self.asked = 0

    def __call__(self, keys):
        self.asked += 1
        return {key: self.results[key] for key in keys if key in self.results}

    def add(self, described: Manifest, picture: bytes) -> ActionResult:
        result = ActionResult(action_key(described), digest_of(picture), described)
        self.results[result.key] = result
        return result


@pytest.fixture
def known() -> Known:
    return Known()


def test_of_words_that_were_never_built_no_take_is_known(known):
    assert known_takes(BASE, known) == {}


def test_takes_are_found_by_number_with_one_look_up(known):
    third = known.add(with_take(BASE, 3), b"third")
    first = known.add(BASE, b"first")
    last = known.add(with_take(BASE, MOST_TAKES), b"last")

    found = known_takes(BASE, known)

    assert list(found.items()) == [(1, first), (3, third), (MOST_TAKES, last)]
    assert known.asked == 1


def test_any_take_leads_to_all_others(known):
    first = known.add(BASE, b"first")
    second = known.add(with_take(BASE, 2), b"second")

    assert known_takes(with_take(BASE, 7), known) == {1: first, 2: second}


def test_a_take_of_other_words_is_none(known):
    known.add({**BASE, "prompt": "A wild scene."}, b"other")

    assert known_takes(BASE, known) == {}


def test_a_result_of_the_older_rule_is_the_first_take(known):
    older: Manifest = {**BASE, "rule": 1, "take": 0}
    bought = known.add(older, b"bought before")
    second = known.add(with_take(BASE, 2), b"second")

    assert (bought.key,) == older_keys(BASE)
    assert known_takes(BASE, known) == {1: bought, 2: second}
    assert known_takes(older, known) == {1: bought, 2: second}


def test_a_result_of_this_rule_comes_before_one_of_the_older(known):
    known.add({**BASE, "rule": 1, "take": 0}, b"bought before")
    first = known.add(BASE, b"bought again")

    assert known_takes(BASE, known) == {1: first}


def test_the_next_takes_come_after_the_greatest():
    assert next_takes([], 1) == [1]
    assert next_takes([1], 3) == [2, 3, 4]
    assert next_takes([1, 5], 2) == [6, 7]
    assert next_takes([], 0) == []


@given(taken=st.sets(st.integers(1, MOST_TAKES)), count=st.integers(0, 2 * MOST_TAKES))
def test_next_takes_are_unused_and_never_too_many(taken, count):
    found = next_takes(taken, count)

    assert taken.isdisjoint(found)
    assert found == sorted(set(found))
    assert len(found) <= count
    assert all(1 <= each <= MOST_TAKES for each in found)
