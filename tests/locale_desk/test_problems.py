import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.budgets import count, excesses
from assetforge.locale_desk.problems import misread, spans_of, too_long
from assetforge.pipeline import Slot


def tails(text, **bounds):
    slot = Slot(message="x", **bounds)
    return [
        text[slice(*too_long(text, each, "", "error").spans[0])]
        for each in excesses(text, slot, "Latn", None)
    ]


@pytest.mark.parametrize(
    ("text", "bounds", "marked"),
    [
        ("Sommerschluss", {"max_length": 6}, "schluss"),
        ("Sommer  ", {"max_length": 4}, "er"),
        ("ab👨‍👩‍👧cd", {"max_length": 3}, "cd"),
        ("夏の始まり", {"max_length": "4 columns"}, "始まり"),
        ("äöü", {"max_length": "4 bytes"}, "ü"),
        ("one two three", {"max_words": 2}, "three"),
        ("one\ntwo\nthree", {"max_lines": 2}, "three"),
        ("\n one\ntwo", {"max_lines": 1}, "two"),
    ],
)
def test_what_is_marked_is_what_has_to_go(text, bounds, marked):
    assert tails(text, **bounds) == [marked]


@given(st.text(min_size=1).filter(str.strip), st.integers(1, 9))
def test_what_is_left_is_short_enough(text, most):
    slot = Slot(message="x", max_length=most)
    for each in excesses(text, slot, "Latn", None):
        start, end = too_long(text, each, "", "error").spans[0]
        assert count(text[:start], "graphemes") <= most
        assert 0 <= start <= end <= len(text)


def test_the_words_name_the_slot():
    (excess,) = excesses("abc", Slot(message="x", max_length=2), "Latn", None)

    assert too_long("abc", excess, "headline", "warning").words == (
        "has 3 graphemes, 1 more than the 2 of slot 'headline'"
    )


def test_what_its_reader_refuses_is_marked_where_it_is():
    assert misread("a\x00b", "", "holds it").spans == ((1, 2),)
    assert misread("{a", "icu", "?").spans == ((0, 1),)
    assert misread("fine", "plain", "said").words == "said"


def test_neighbours_are_marked_as_one():
    assert spans_of("a😀😀b😀", {"😀"}) == ((1, 3), (4, 5))
