import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.messages.measure import PLACE_COLUMNS, extent
from assetforge.messages.notation import written
from assetforge.messages.pattern import names, references
from assetforge.messages.pseudo import accented, mirrored
from assetforge.messages.syntaxes import read_message
from tests.messages.strategies import VALUES

KEPT = [
    "<b>",
    '<a href="x y">',
    "</b>",
    "<br/>",
    "&amp;",
    "&#xA0;",
    "{{name}}",
    "%s",
    "%(name)s",
    "%1$d",
    "%.2f",
    "https://example.org/path?a=b",
    "www.example.org",
    "someone.else@example.org",
]


def pseudo(change, text):
    return written(change(read_message(text, "icu")))


def text_of(change, text):
    changed = change(text)
    assert isinstance(changed, str)
    return changed


def test_accents_and_brackets_show_text_that_is_translated():
    assert pseudo(accented, "Hello") == "[Ĥéļļö öñé ţ]"
    assert pseudo(accented, "OK") == "[ÖĶ~]"


def test_brackets_and_padding_stand_outside_of_choices():
    text = "{n, plural, one {# day} other {# days}} left"

    assert pseudo(accented, text) == ("[{n, plural, one {# ðåý} other {# ðåýš}} ļéƒţ öñé ţŵö ţĥŕ]")


def test_words_become_arabic_ones_and_the_rest_stays():
    text = "{n, plural, one {# day} other {# days}} left: 50%!"

    assert re.fullmatch(
        r"\{n, plural, one \{# [ء-ي]+\} other \{# [ء-ي]+\}\} [ء-ي]+: 50%!", pseudo(mirrored, text)
    )


@pytest.mark.parametrize("kept", KEPT)
@pytest.mark.parametrize("change", [accented, mirrored])
def test_what_is_no_word_is_kept(change, kept):
    text = f"Read {kept} now"

    changed = text_of(change, text)

    assert f" {kept} " in changed
    assert "Read" not in changed
    assert "now" not in changed


@pytest.mark.parametrize("text", ["50% off", "100% free", "a < b and c > d", "R&D", "me @ home"])
def test_a_sign_alone_protects_no_word(text):
    assert not re.search("[a-z]{2}", text_of(accented, text).replace("m", "").split("]")[0])


@pytest.mark.parametrize(
    ("length", "least", "most"),
    [
        (5, 2.4, 2.75),
        (10, 2.4, 2.75),
        (15, 1.8, 2.1),
        (30, 1.5, 1.95),
        (60, 1.3, 1.5),
        (200, 1.3, 1.4),
        (1000, 1.3, 1.4),
    ],
)
def test_an_accented_text_is_as_long_as_long_translations(length, least, most):
    text = ("word " * length)[:length]

    assert least <= len(accented(text)) / length <= most


@given(st.text("abc def", min_size=1, max_size=200))
def test_the_padding_ends_in_no_space(text):
    changed = text_of(accented, text)

    assert changed[0] == "["
    assert re.search(r"[^ ]\]$", changed) or text.endswith(" ")


@given(VALUES)
def test_values_and_messages_stay_in_both(value):
    for change in (accented, mirrored):
        assert names(change(value)) == names(value)
        assert references(change(value)) == references(value)


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_accents_are_letters_of_latin_fonts(text):
    assert all(ord(character) < 0x250 for character in text_of(accented, text))


@given(st.text(st.characters(categories=["L", "P", "N", "Zs"])))
def test_no_character_that_turns_text_is_put_in(text):
    assert not any(unicodedata.category(character) == "Cf" for character in text_of(mirrored, text))


def test_one_word_becomes_one_word_in_any_case():
    assert text_of(mirrored, "SALE sale") == " ".join([text_of(mirrored, "Sale")] * 2)


def test_an_arabic_text_is_about_as_long_as_translations_are():
    text = "Discover thousands of applications for your computer, and install them in one click."

    assert 0.75 <= len(mirrored(text)) / len(text) <= 1.05


@pytest.mark.parametrize("piece", ["<", "<a", "%0", "%", "{{", "a@", "a.", "&a", "http://", "a'"])
def test_a_huge_text_is_no_trouble(piece):
    text = piece * (200_000 // len(piece))

    assert len(accented(text)) >= len(text)
    assert mirrored(text)


def test_nothing_gets_brackets_only():
    assert accented("") == "[]"
    assert mirrored("") == ""
    assert extent(accented(read_message("{x}", "icu")), len, PLACE_COLUMNS) == 10
