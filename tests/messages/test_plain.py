import pytest

from assetforge.messages.pattern import Placeholder
from assetforge.messages.plain import read


def test_a_name_in_braces_is_a_value():
    assert read("Hi {first-name}, {a.b}!") == (
        "Hi ",
        Placeholder("first-name"),
        ", ",
        Placeholder("a.b"),
        "!",
    )
    assert read("{größe}") == (Placeholder("größe"),)


@pytest.mark.parametrize(
    "text",
    ["", "Sale", "{{name}}", "{ name }", "{}", "{1}", "a { b", "}", "{a b}", "it's '{'", "{{a}"],
)
def test_every_other_brace_is_a_brace(text):
    assert read(text) == text
