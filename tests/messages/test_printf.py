import pytest

from assetforge.messages.faults import MessageSyntaxError
from assetforge.messages.pattern import Placeholder
from assetforge.messages.printf import read

FIRST, SECOND = Placeholder("1"), Placeholder("2")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Sale", "Sale"),
        ("%(name)s: %(num)d", (Placeholder("name"), ": ", Placeholder("num"))),
        ("%s of %d", (FIRST, " of ", SECOND)),
        ("%2$s of %1$d", (SECOND, " of ", FIRST)),
        ("%@ %lld", (FIRST, " ", SECOND)),
        ("%1$@ %2$lld", (FIRST, " ", SECOND)),
        ("%.2f, %-5s", (FIRST, ", ", SECOND)),
        ("100%% %s", ("100% ", FIRST)),
        ("%%s", "%s"),
        ("50% off, 100 %, 3%", "50% off, 100 %, 3%"),
        ("100% sure", "100% sure"),
    ],
)
def test_texts(text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "offset"),
    [("a %(name", 2), ("%(name) s", 0), ("%()s", 0), ("%1$ s", 0), ("%*d", 0), ("%#@days@", 0)],
)
def test_what_begins_as_a_value_has_to_be_one(text, offset):
    with pytest.raises(MessageSyntaxError, match="begins no conversion") as error:
        read(text)

    assert error.value.offset == offset
