import pytest
from hypothesis import given, settings

from assetforge.messages.icu import read
from assetforge.messages.notation import written
from assetforge.messages.pattern import Placeholder, Reference, simplest
from assetforge.messages.syntaxes import plural
from tests.messages.strategies import ICU_PATTERNS, TEXTS, VALUES


@given(ICU_PATTERNS | TEXTS)
def test_what_icu_can_express_is_read_back(value):
    expected = value if isinstance(value, str) else simplest(value)

    assert read(written(value)) == expected


@settings(max_examples=40)
@given(VALUES)
def test_every_message_can_be_written(value):
    assert isinstance(written(value), str)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("it's {here}", "it''s '{'here'}'"),
        (
            plural({"0": "a day", "1": (Placeholder("n"), " days")}, "n", "gettext", "n != 1"),
            "{n, plural, 0 {a day} 1 {{n} days}}",
        ),
        (
            (Reference("a"), Reference("b", (("n", "3"), ("x", Placeholder("y"))))),
            "{$t(a)}{$t(b, n: 3, x: {y})}",
        ),
        ((Placeholder("n", "percent", "whole"),), "{n, number, ::percent}"),
    ],
)
def test_messages_as_people_see_them(value, text):
    assert written(value) == text
