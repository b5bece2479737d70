"""Whether texts are as short as their slots ask."""

import pytest

from assetforge.budgets import count, excesses
from assetforge.pipeline import Slot

FAMILY = "\U0001f469‍\U0001f469‍\U0001f467"


@pytest.mark.parametrize(
    ("text", "graphemes", "characters", "columns", "octets"),
    [
        ("Hello", 5, 5, 5, 5),
        ("  Hello \n", 5, 5, 5, 5),
        ("Möwe", 4, 4, 4, 5),
        ("Mo\u0308we", 4, 4, 4, 5),
        ("नमस्ते", 3, 6, None, 18),
        ("สวัสดี", 4, 6, 4, 18),
        (FAMILY, 1, 5, 2, 18),
        ("\u200b\ufeff \u200ea\u00ad\u2060b\u200f \u202c", 2, 11, 2, 24),
        ("\u200dका\u200c", 1, 4, None, 12),
        ("\u06dd", 1, 1, None, 2),
        ("大売り出し", 5, 5, 10, 15),
        ("", 0, 0, 0, 0),
    ],
)
def test_texts_are_counted_in_every_unit(text, graphemes, characters, columns, octets):
    assert count(text, "graphemes") == graphemes
    assert count(text, "characters") == characters
    assert columns is None or count(text, "columns") == columns
    assert count(text, "bytes") == octets


def over(text: str, script: str = "Latn", own: int | None = None, **bounds: object) -> list[str]:
    slot = Slot.model_validate({"message": "x", **bounds})
    return [str(each) for each in excesses(text, slot, script, own)]


def test_a_text_at_its_bounds_is_short_enough():
    assert over("one two", max_length=7, max_words=2, max_lines=1, own=7) == []
    assert over("any length at all") == []


def test_every_bound_that_a_text_is_over_is_told():
    assert over("one two\nthree", max_length=10, max_words=2, max_lines=1, own=12) == [
        "has 13 graphemes, 3 more than the 10",
        "has 13 characters, 1 more than the 12",
        "has 3 words, 1 more than the 2",
        "has 2 lines, 1 more than the 1",
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x85", "\u2028", "\u2029"])
def test_a_line_ends_wherever_a_picture_breaks_it(end):
    assert over(f"one{end}two", max_lines=2) == []
    assert over(f"one{end}two", max_lines=1) == ["has 2 lines, 1 more than the 1"]


def test_a_limit_of_a_store_is_named():
    assert over("x" * 31, max_length="play.title") == [
        "has 31 characters, 1 more than the 30 of play.title"
    ]


def test_words_are_not_counted_where_no_space_parts_them():
    assert over("大 売り出し 中", script="Jpan", max_words=1) == []
    assert over("大 売り出し 中", script="Kore", max_words=1) != []
