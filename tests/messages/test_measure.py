import pytest

from assetforge.messages.measure import extent, longest, width
from assetforge.messages.syntaxes import read_message


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("", 0),
        ("Sale", 4),
        ("Ängste", 6),
        ("A\u0308ngste", 6),
        ("日本", 4),
        ("ｆ", 2),
        ("ﾊ", 1),
        ("한국", 4),
        ("नि", 2),
        ("a\u200bb\n", 2),
        ("\U0001f469\u200d\u2764\ufe0f\u200d\U0001f469", 2),
        ("\U0001f3f3\ufe0f\u200d\U0001f308!", 3),
        ("\U0001f469\U0001f3fd\u200d\U0001f680\U0001f44d\U0001f3fd", 4),
        ("\U0001f44d\U0001f44d", 4),
        ("日\u200d本", 4),
    ],
)
def test_columns(text, columns):
    assert width(text) == columns


def test_the_widest_text_is_the_longest():
    assert longest({"en": "Sale now", "ja": "今すぐセール", "de": "Jetzt!"}) == "ja"


def test_of_two_the_first_by_name_is_the_longest():
    assert longest({"de": "abc", "bg": "xyz", "cs": "x"}) == "bg"


def test_a_message_is_as_long_as_its_longest_form():
    value = read_message("{n, plural, one {a} other {{w, select, x {few} other {many}} #}}!", "icu")

    assert extent(value, len, 2) == len("many 00!")
    assert longest({"en": value, "de": "Tage"}) == "en"


def test_the_longest_of_none_is_an_error():
    with pytest.raises(ValueError, match="empty"):
        longest({})
