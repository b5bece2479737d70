import pytest
from hypothesis import given, settings

from assetforge.messages.differences import Differences, differences
from assetforge.messages.pattern import Placeholder, Reference
from assetforge.messages.syntaxes import read_message
from tests.messages.strategies import VALUES


def compared(source, translation):
    return differences(read_message(source, "icu"), read_message(translation, "icu"))


@settings(max_examples=40)
@given(VALUES)
def test_a_message_does_not_differ_from_itself(value):
    assert not differences(value, value)


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("Sale", "Ausverkauf"),
        ("{n} days", "Tage: {n}"),
        ("{n, plural, one {# day} other {# days}}", "{n, plural, one {ein Tag} other {# Tage}}"),
        ("{n, plural, one {# day} other {# days}}", "{n} Tage"),
        ("{n} days", "{n, plural, other {viele Tage}}"),
    ],
)
def test_a_value_may_be_used_in_any_form(source, translation):
    assert not compared(source, translation)


def test_a_value_used_nowhere_is_missing_and_a_new_one_unknown():
    found = compared("{n, plural, one {a day} other {{n} days in {town}}}", "Tage in {stadt}")

    assert found == Differences(frozenset({"n", "town"}), frozenset({"stadt"}))
    assert found
    assert compared("{n} days", "Tage") == Differences(frozenset({"n"}))
    assert compared("Days", "{n} Tage") == Differences(unknown=frozenset({"n"}))


@pytest.mark.parametrize(
    ("source", "translation"),
    [
        ("{who, select, she {her day} other {their day}}", "günü"),
        ("{n, plural, one {a day} other {days}}", "日"),
        ("{n, selectordinal, one {first} other {later}}", "Platz"),
        ("{who, select, she {her {thing}} other {{thing}}}", "{thing}"),
    ],
)
def test_what_a_source_text_only_chooses_by_may_be_left_out(source, translation):
    assert not compared(source, translation)


def test_what_only_a_translation_chooses_by_is_unknown():
    found = compared("{thing} of them", "{who, select, she {{thing}} other {x}}")

    assert found == Differences(unknown=frozenset({"who"}))


def test_a_value_given_to_another_message_is_needed():
    source = (Reference("a", (("x", Placeholder("n")), ("y", "text"))),)

    assert differences(source, "text") == Differences(frozenset({"n"}))
