import pytest

from assetforge.messages.faults import MessageSyntaxError
from assetforge.messages.pattern import Placeholder
from assetforge.messages.rails import read


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{name}", "{name}"),
        ("Hi %{name}!", ("Hi ", Placeholder("name"), "!")),
        ("%{count} days", (Placeholder("count"), " days")),
        ("%%{name}", "%{name}"),
        ("%%%{name}", ("%", Placeholder("name"))),
        ("50% off, 100%% yours, 5%", "50% off, 100% yours, 5%"),
    ],
)
def test_texts(text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [("a %{", 2, "'%{' names no value"), ("%{a b}", 0, "'%{'"), ("%<n>.2f", 0, "a format of C")],
)
def test_an_error_says_where_and_what(text, offset, words):
    with pytest.raises(MessageSyntaxError) as error:
        read(text)

    assert (error.value.offset, words in error.value.message) == (offset, True)
