"""What is made once for all that show the same under the names that were read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge import sharing
from assetforge.sharing import Shared

NAMES = "abc"
VALUES = st.integers(0, 2)

making = st.recursive(
    st.integers(),
    lambda further: st.tuples(st.sampled_from(NAMES), st.tuples(further, further, further)),
    max_leaves=12,
)
"""What is made: a number, or a name to read and what is made next for each of its values."""


def make(program, shown, reads):
    while isinstance(program, tuple):
        name, ways = program
        program = ways[reads.setdefault(name, shown[name])]
    return program


def made_by(shared, program, shown, makings):
    found = shared.find(shown.get)
    if found is None:
        reads: dict[str, int] = {}
        found = [make(program, shown, reads)]
        shared.keep(reads, found)
        makings.append(tuple(reads.items()))
    return found[0]


@given(making, st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, VALUES)), max_size=30))
def test_the_outcome_is_what_making_it_again_would_come_to(program, all_shown):
    shared: Shared[list[int]] = Shared()
    makings: list[tuple[tuple[str, int], ...]] = []

    for shown in all_shown:
        assert made_by(shared, program, shown, makings) == make(program, shown, {})

    assert len(makings) == len(set(makings)), "something was made twice of the same"


def test_what_reads_nothing_is_made_once():
    shared: Shared[str] = Shared()
    shared.keep({}, "made")

    assert shared.find(lambda name: None) == "made"
    with pytest.raises(AssertionError, match="BUG"):
        shared.keep({}, "again")


@pytest.mark.parametrize("reads", [{"b": 1}, {"a": 1}, {"a": 1, "b": 2}, {}])
def test_a_making_that_does_not_follow_from_what_it_read_is_a_bug(reads):
    shared: Shared[str] = Shared()
    shared.keep({"a": 1}, "made")

    with pytest.raises(AssertionError, match="BUG"):
        shared.keep(reads, "other")


def test_fewer_reads_of_equal_values_are_a_bug():
    shared: Shared[str] = Shared()
    shared.keep({"a": 1, "b": 1}, "made")

    with pytest.raises(AssertionError, match="BUG"):
        shared.keep({"a": 1}, "other")


def test_so_many_outcomes_are_kept_and_no_more(monkeypatch):
    monkeypatch.setattr(sharing, "MOST_KEPT", 3)
    shared: Shared[int] = Shared()
    for value in range(4):
        shared.keep({"a": value}, value)

    assert [shared.find({"a": value}.get) for value in range(4)] == [None, None, None, 3]
