import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.messages.pattern import Choice, Placeholder, Value, simplest
from assetforge.messages.syntaxes import SYNTAXES, MessageSyntaxError, plural, read_message

PIECES = (
    "{ } {{ }} ' # , % %{ %( ) $ $t( a {n, plural, offset: =1 other {x} number ::percent : \" 日 "
    "{s, select, 1 s @ currency(EUR) date - . \u2028 \x1c \x00"
)
SPECIAL = st.lists(st.sampled_from([*PIECES.split(" "), " ", "\n"]), max_size=30).map("".join)


def outcome(text, syntax):
    """Return the value of a text, or what is wrong with it."""
    try:
        return read_message(text, syntax)
    except MessageSyntaxError as error:
        return error


@pytest.mark.parametrize("syntax", SYNTAXES)
@given(text=st.text() | SPECIAL)
def test_every_text_is_read_or_is_a_syntax_error(syntax, text):
    match outcome(text, syntax):
        case MessageSyntaxError() as error:
            assert 0 <= error.offset <= len(text)
            assert len(str(error).splitlines()) == 1
        case value:
            assert value == simplest([value] if isinstance(value, str) else value)


@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize(
    "piece",
    ["{", "}", "'", "'{", "%", "%(", "%0", "{{", "{{a", "$t(", "{a,number,", "{a,plural,=", "{a}"],
)
def test_a_huge_text_is_no_trouble(syntax, piece):
    match outcome(piece * (200_000 // len(piece)), syntax):
        case MessageSyntaxError() as error:
            assert len(str(error)) < 300
        case value:
            assert value


@pytest.mark.parametrize("syntax", SYNTAXES)
@given(text=st.text(st.characters(exclude_characters="{}%$'")))
def test_a_text_with_nothing_special_is_itself(syntax, text):
    assert read_message(text, syntax) is text


def test_a_plural_is_made_from_forms():
    forms: dict[str, Value] = {"one": "a day", "other": (Placeholder("count"), " days")}

    assert plural(forms) == (
        Choice(
            "count", "plural", (("one", ("a day",)), ("other", (Placeholder("count"), " days")))
        ),
    )


def test_forms_of_gettext_carry_their_rule():
    assert plural({"0": "a", "1": ""}, "n", "gettext", "n != 1") == (
        Choice("n", "gettext", (("0", ("a",)), ("1", ())), rule="n != 1"),
    )
