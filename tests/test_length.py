"""How the pipeline file says how long a text may be."""

import pytest
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter

from assetforge.length import STORE_LIMITS, Length

RIGHT = {
    "30": Length(30),
    30: Length(30),
    "30 graphemes": Length(30),
    "1 character": Length(1, "characters"),
    "30 characters": Length(30, "characters"),
    "60  columns": Length(60, "columns"),
    " 80 bytes ": Length(80, "bytes"),
    "play.title": Length(30, "characters", "play.title"),
    "app-store.keywords": Length(100, "characters", "app-store.keywords"),
}


@pytest.mark.parametrize(("written", "length"), RIGHT.items())
def test_a_length_is_an_amount_with_a_unit_or_a_limit_of_a_store(written, length):
    assert Length.parse(written) == length
    assert Length.parse(length) is length


@pytest.mark.parametrize("length", [*RIGHT.values(), *map(Length.parse, STORE_LIMITS)])
def test_a_length_is_read_as_it_is_shown(length):
    assert Length.parse(str(length)) == length


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("play.titel", "did you mean 'play.title'?"),
        ("30 coloumns", "did you mean 'columns'?"),
        ("", "units are graphemes, characters, columns, bytes"),
        ("0", "units are"),
        (-1, "units are"),
        (1.5, "units are"),
        (True, "units are"),
        ("1000000", "units are"),
        ("30 ells", "did you mean 'cells'?" if "cells" in STORE_LIMITS else "units are"),
    ],
)
def test_what_is_no_length_is_refused_with_advice(written, advice):
    with pytest.raises(ValueError, match="a length is written as 30") as caught:
        Length.parse(written)
    assert advice in str(caught.value)


def test_the_schema_takes_what_is_read_and_nothing_else():
    checks = Draft202012Validator(TypeAdapter(Length).json_schema())

    assert all(checks.is_valid(each) for each in RIGHT if str(each) == str(each).strip())
    assert not any(map(checks.is_valid, ["play.titel", "30 ells", "0", 0, -1, 1.5, True, None]))


def test_the_amount_is_told_in_words():
    assert [Length(1).words, Length(30, "bytes").words] == ["1 grapheme", "30 bytes"]
