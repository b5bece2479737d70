from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.messages.pattern import (
    Choice,
    Placeholder,
    Reference,
    as_pattern,
    choices,
    exact_key,
    map_texts,
    merged,
    names,
    references,
    simplest,
)
from tests.messages.strategies import TEXTS, VALUES

INNER = Choice("who", "select", (("she", ("her ", Placeholder("thing"))), ("other", ())))
OUTER = Choice("count", "plural", (("one", ("one ",)), ("other", ("many ", INNER))), 1)


def test_neighbouring_texts_become_one_and_empty_ones_none():
    place = Placeholder("x")

    assert merged(["a", "", "b", place, "", place, place, "c"]) == ("ab", place, place, place, "c")


def test_what_puts_nothing_in_is_a_bare_text():
    assert simplest([]) == ""
    assert simplest(["a", "b"]) == "ab"
    assert simplest(["a", INNER]) == ("a", INNER)


def test_a_case_is_a_pattern():
    assert as_pattern("") == ()
    assert as_pattern("a") == ("a",)
    assert as_pattern((INNER,)) == (INNER,)


@given(st.lists(TEXTS))
def test_merging_loses_nothing(texts):
    assert simplest(texts) == "".join(texts)


@pytest.mark.parametrize(
    ("number", "key"),
    [("1", "=1"), ("01", "=1"), ("1.0", "=1"), ("-0", "=0"), ("1.50", "=1.5"), ("1e2", "=100")],
)
def test_a_number_has_one_key_however_it_is_written(number, key):
    assert exact_key(Decimal(number)) == key


def test_all_digits_of_a_number_are_in_its_key():
    assert exact_key(Decimal("1" * 30 + ".5")) == f"={'1' * 30}.5"


def test_names_are_those_shown_chosen_by_and_given_on():
    shown = Reference("other", (("count", Placeholder("boys")), ("x", "text")))

    assert names(("a", OUTER, shown)) == {"count", "who", "thing", "boys"}
    assert names("{x}") == frozenset()


def test_references_and_choices_are_found_at_every_depth():
    value = (Choice("n", "plural", (("other", (Reference("a"), OUTER)),)), Reference("b"))

    assert references(value) == {"a", "b"}
    assert [choice.name for choice in choices(value)] == ["n", "count", "who"]


def test_texts_are_changed_at_every_depth_and_nothing_else_is():
    changed = map_texts(("a ", OUTER, Reference("r")), str.upper)

    assert changed == (
        "A ",
        Choice(
            "count",
            "plural",
            (
                ("one", ("ONE ",)),
                (
                    "other",
                    (
                        "MANY ",
                        Choice(
                            "who",
                            "select",
                            (("she", ("HER ", Placeholder("thing"))), ("other", ())),
                        ),
                    ),
                ),
            ),
            1,
        ),
        Reference("r"),
    )
    assert map_texts("a", str.upper) == "A"


@settings(max_examples=40)
@given(VALUES)
def test_a_message_whose_texts_stay_stays(value):
    assert map_texts(value, lambda text: text) == value
