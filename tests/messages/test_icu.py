import pytest

from assetforge.messages.faults import MessageSyntaxError
from assetforge.messages.icu import read
from assetforge.messages.pattern import MAX_DEPTH, Choice, Placeholder


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Sale", "Sale"),
        ("it's", "it's"),
        ("it''s", "it's"),
        ("'{'name'}'", "{name}"),
        ("'{it''s}'", "{it's}"),
        ("'{never closed", "{never closed"),
        ("at the end'", "at the end'"),
        ("a '} b", "a } b"),
        ("a } b", "a } b"),
        ("'#' is #1", "'#' is #1"),
        ("'{' '#'", "{ '#'"),
    ],
)
def test_apostrophes_quote_braces_only(text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("{name}", Placeholder("name")),
        ("{ name }", Placeholder("name")),
        ("{0}", Placeholder("0")),
        ("{n, number}", Placeholder("n", "number")),
        ("{n,number,integer}", Placeholder("n", "number", "integer")),
        ("{n, number, percent }", Placeholder("n", "percent")),
        ("{n, number, ::percent}", Placeholder("n", "percent", "whole")),
        ("{n, number, ::percent scale/100}", Placeholder("n", "percent")),
        ("{n, number, ::currency/EUR}", Placeholder("n", "currency", "EUR")),
        ("{d, date}", Placeholder("d", "date", "medium")),
        ("{d, date, long}", Placeholder("d", "date", "long")),
    ],
)
def test_a_value_with_or_without_a_format(text, place):
    assert read(f"a {text}.") == ("a ", place, ".")


def test_cases_of_a_plural_keep_their_order():
    number = Placeholder("n", "number", "", 1)

    assert read("{n, plural, offset:1 =01 {none} one{'#' # day} other {}} left") == (
        Choice(
            "n",
            "plural",
            (("=1", ("none",)), ("one", ("# ", number, " day")), ("other", ())),
            1,
        ),
        " left",
    )


def test_the_number_sign_is_a_sign_in_a_select():
    text = "{n, selectordinal, other {{who, select, she {# '#'s} other {a}} #}}"

    assert read(text) == (
        Choice(
            "n",
            "ordinal",
            (
                (
                    "other",
                    (
                        Choice("who", "select", (("she", ("# '#'s",)), ("other", ("a",)))),
                        " ",
                        Placeholder("n", "number"),
                    ),
                ),
            ),
        ),
    )


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("a {", 3, "a name is missing"),
        ("a {}", 3, "a name is missing"),
        ("{name", 0, "never closed"),
        ("{name ", 0, "never closed"),
        ("{a b}", 3, "write ',' or '}' after 'a'"),
        ("{a,", 3, "unknown format ''"),
        ("{a, nummer}", 4, "did you mean 'number'?"),
        ("{a, spellout}", 4, "known: number, date, plural, selectordinal, select"),
        ("{a, number", 0, "never closed"),
        ("{a, number: 1}", 10, "write ',' or '}' after 'number'"),
        ("{a, number, '}", 0, "never closed"),
        ("{a, number, {}}", 12, "unknown number style '{}'"),
        ("{a, number, #,##0}", 12, "integer, percent, ::percent, ::currency/EUR"),
        ("{a, date, longer}", 10, "did you mean 'long'?"),
        ("{n, plural}", 10, "write ',' and the cases after 'plural'"),
        ("{n, plural, }", 0, "no case 'other'"),
        ("{n, plural, one {a}}", 0, "no case 'other'"),
        ("{n, plural, one", 0, "never closed"),
        ("{n, plural, one {a", 16, "never closed"),
        ("{n, plural, one {a} ", 0, "never closed"),
        ("{n, plural, one a}", 16, "after the case 'one'"),
        ("{n, plural, one {} one {} other {}}", 19, "stands twice"),
        ("{n, plural, =1 {} =01 {} other {}}", 18, "the case '=1' stands twice"),
        ("{n, plural, ona {} other {}}", 12, "did you mean 'one'?"),
        ("{n, plural, =x {} other {}}", 12, "a case is missing"),
        ("{n, plural, offset:x other {}}", 19, "takes a whole number"),
        ("{n, plural, offset:1.5 other {}}", 19, "takes a whole number"),
        ("{w, select, {a} other {}}", 12, "a case is missing"),
        ("日本 {x, foo}", 7, "unknown format 'foo'"),
    ],
)
def test_an_error_says_where_and_what(text, offset, words):
    with pytest.raises(MessageSyntaxError) as error:
        read(text)

    assert (error.value.offset, words in error.value.message) == (offset, True), error.value


def nested(depth):
    return "{a, select, other {" * depth + "b" + "}}" * depth


def test_choices_may_stand_in_each_other_to_a_depth():
    assert read(nested(MAX_DEPTH)) != ""
    with pytest.raises(MessageSyntaxError, match="20 deep"):
        read(nested(MAX_DEPTH + 1))
    with pytest.raises(MessageSyntaxError, match="20 deep"):
        read("{a, select, other {" * 50_000)
