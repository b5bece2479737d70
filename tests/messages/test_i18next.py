"""The texts are from i18next's documentation, or in its manner."""

import pytest

from assetforge.messages.faults import MessageSyntaxError
from assetforge.messages.i18next import read
from assetforge.messages.pattern import Placeholder, Reference


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{name} is $5", "{name} is $5"),
        (
            "{{what}} is {{ how }}",
            (Placeholder("what"), " is ", Placeholder("how")),
        ),
        ("I am {{author.name}}", ("I am ", Placeholder("author.name"))),
        ("no danger {{- myVar}}", ("no danger ", Placeholder("myVar"))),
        ("Some format {{val, number}}", ("Some format ", Placeholder("val", "number"))),
        ("{{val, number(style: percent)}}", (Placeholder("val", "percent"),)),
        ("{{val, percent}}", (Placeholder("val", "percent"),)),
        (
            "{{val, number(style: currency; currency: USD)}}",
            (Placeholder("val", "currency", "USD"),),
        ),
        ("{{value, currency(USD)}}", (Placeholder("value", "currency", "USD"),)),
        ("{{value, currency(currency: 'EUR')}}", (Placeholder("value", "currency", "EUR"),)),
        ("{{val, datetime}}", (Placeholder("val", "date", "short"),)),
        ("{{val, datetime(dateStyle: full)}}", (Placeholder("val", "date", "full"),)),
    ],
)
def test_values(text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("It's $t(app.name)!", ("It's ", Reference("app.name"), "!")),
        ("$t( ns:some key )", (Reference("ns:some key"),)),
        (
            '$t(girls, {"count": {{girls}} }) and {{count}} boy',
            (
                Reference("girls", (("count", Placeholder("girls")),)),
                " and ",
                Placeholder("count"),
                " boy",
            ),
        ),
        (
            "$t(a, {'count': 3, \"who\": 'a (b)', on: true})",
            (Reference("a", (("count", "3"), ("who", "a (b)"), ("on", "true"))),),
        ),
        ('$t(a, {"count": "{{n}}"})', (Reference("a", (("count", Placeholder("n")),)),)),
        ("$t(a, {})", (Reference("a"),)),
    ],
)
def test_other_messages(text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("a {{name", 2, "'{{' is never closed"),
        ("{{}}", 2, "a name is missing"),
        ("{{a b}}", 2, "a name is missing"),
        ("{{a, uppercase}}", 2, "unknown format 'uppercase'; known: number, percent"),
        ("{{a, number(minimumFractionDigits: 2)}}", 2, "unknown format"),
        ("{{a, currency}}", 2, "unknown format"),
        ("{{a, currency(euro)}}", 2, "unknown format"),
        ("{{a, currency(EUR; x: 1)}}", 2, "unknown format"),
        ("{{a, datetime(dateStyle: huge)}}", 2, "unknown format"),
        ("{{a, number(}}", 2, "unknown format"),
        ("b $t(a", 2, "'$t(' is never closed"),
        ("$t({{key}})", 3, "a message id is missing"),
        ("$t()", 3, "a message id is missing"),
        ("$t(a{b})", 4, "'{' stands here"),
        ("$t(a, 3)", 6, "write values as in"),
        ("$t(a, {x})", 7, "write values as in"),
        ('$t(a, {"x": 1', 13, "write values as in"),
        ('$t(a, {"x": 1}', 0, "never closed"),
    ],
)
def test_an_error_says_where_and_what(text, offset, words):
    with pytest.raises(MessageSyntaxError) as error:
        read(text)

    assert (error.value.offset, words in error.value.message) == (offset, True), error.value
