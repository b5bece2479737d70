import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import pytest

from assetforge.messages.formatting import (
    MAX_CHARACTERS,
    MAX_REFERENCES,
    EndlessReference,
    MissingValue,
    TooLong,
    WrongValue,
    format_value,
)
from assetforge.messages.pattern import Choice, Placeholder, Reference
from assetforge.messages.syntaxes import plural, read_message


@dataclass(frozen=True)
class Point:
    """A value of an axis: what it shows is its `str`."""

    id: str

    def __str__(self):
        return self.id


def no_other(id, values):
    raise AssertionError(f"{id} was asked for")


def shown(text, locale="en", formats=None, syntax="icu", **values):
    value = read_message(text, syntax) if isinstance(text, str) else text
    return format_value(value, values, locale, formats or locale, no_other)


def catalog(**texts):
    """Return what shows a message of these texts, each with the messages in it."""
    values = {id: read_message(text, "i18next") for id, text in texts.items()}

    def show(id, given):
        return format_value(values[id], given, "en", "en", show)

    return show


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("ä", "ä"),
        (3, "3"),
        (Decimal("1.50"), "1.50"),
        (Decimal("1.0"), "1.0"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-7"), "0.0000001"),
        (Decimal("1E+999999999"), "1E+999999999"),
        (True, "true"),
        (False, "false"),
        (Point("wide"), "wide"),
    ],
)
def test_a_value_without_a_format_is_shown_as_it_is(value, text):
    assert shown("{x}!", x=value) == f"{text}!"


def test_a_text_is_shown_as_it_is():
    assert shown("Sale") == "Sale"


def test_a_value_is_not_looked_into():
    assert shown("{x}", syntax="plain", x="{y} {{y}} %s {x.__class__}") == (
        "{y} {{y}} %s {x.__class__}"
    )
    with pytest.raises(MissingValue):
        shown("{x.__class__}", syntax="plain", x="a")


@pytest.mark.parametrize(
    ("text", "locale", "result"),
    [
        ("{x, number}", "de", "1.234,5"),
        ("{x, number, integer}", "de", "1.234"),
        ("{x, number, percent}", "en", "123,450%"),
        ("{x, number, ::percent}", "en", "1,234.5%"),
        ("{x, number, ::currency/EUR}", "de", "1.234,50 €"),
    ],
)
def test_numbers_are_written_by_the_locale(text, locale, result):
    # Spaces that do not break are plain ones in a picture's text.
    assert shown(text, locale, x="1234.5") == result


def test_the_locale_shown_writes_numbers_and_the_supplier_chooses_forms():
    text = "{n, plural, one {# Tag} other {# Tage}}"

    assert shown(text, "de", "de-CH", n=1234) == "1’234 Tage"
    assert shown("{n, plural, one {#j} other {#js}}", "fr", "en", n=0) == "0j"


@pytest.mark.parametrize("value", ["2026-11-21", datetime.date(2026, 11, 21), Point("2026-11-21")])
def test_days_are_written_by_the_locale(value):
    assert shown("{d, date, long}", "de", d=value) == "21. November 2026"


def test_a_large_number_keeps_all_its_digits():
    digits = "1234567890123456789012345"
    text = "{n, plural, other {{n, number} #}}"

    plain, sign = shown(text, "en", n=digits).replace(",", "").split()

    assert plain == sign == digits


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "nothing"),
        ("0.0", "nothing"),
        (1, "1 dzień"),
        (2, "2 dni"),
        ("22", "22 dni"),
        (5, "5 dnia"),
        (Decimal("1.5"), "1,5 dnia"),
        (Point("1"), "1 dzień"),
        (-1, "-1 dzień"),
    ],
)
def test_an_exact_number_beats_a_category_and_other_stands_in(count, text):
    message = "{n, plural, other {# dnia} one {# dzień} few {# dni} =0 {nothing}}"

    assert shown(message, "pl", n=count) == text


@pytest.mark.parametrize("count", [1, "1.0", Decimal("1.00"), Point("1.0"), "01"])
@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        ("{n, plural, one {# day} other {# days}}", "icu"),
        ("{n, plural, one {{n} day} other {{n} days}}", "icu"),
        ("{n, plural, one {{w, select, other {{n}}} day} other {{n} days}}", "icu"),
        ("{n, selectordinal, one {{n} day} other {{n} days}}", "icu"),
        (plural({"0": (Placeholder("n"), " day"), "1": ("days",)}, "n", "gettext", "n != 1"), ""),
    ],
)
def test_the_form_and_the_number_in_it_are_of_one_number(text, syntax, count):
    assert shown(text, syntax=syntax, n=count, w="x") == "1 day"


def test_a_number_that_chooses_keeps_what_its_zeros_stand_behind():
    message = "{n, plural, one {{n} #} other {{n} #s}}"

    assert shown(message, n="1.50") == "1.5 1.5s"
    assert shown(message, "en", n="1E+3") == "1000 1,000s"
    assert shown("{n, plural, other {{n, number, ::currency/EUR}}}", n="1.0") == "€1.00"


def test_elsewhere_a_number_is_written_as_it_is():
    assert shown("{n} {w, select, other {{n}}} {m, plural, other {{n}}}", n="1.0", m=1, w="") == (
        "1.0 1.0 1.0"
    )


def test_an_offset_is_taken_off_before_the_category_only():
    text = "{n, plural, offset:1 =1 {you} one {you and # more} other {you and # others}}"

    assert [shown(text, n=n) for n in (1, 2, 3)] == ["you", "you and 1 more", "you and 2 others"]


def test_an_ordinal_has_categories_of_its_own():
    text = "{n, selectordinal, one {#st} two {#nd} few {#rd} other {#th}}"

    assert [shown(text, n=n) for n in (1, 2, 3, 4, 11, 21)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "21st"]
    )


@pytest.mark.parametrize(
    ("value", "text"), [("she", "her"), ("he", "their"), (True, "yes"), (Point("she"), "her")]
)
def test_a_select_takes_the_word_or_other(value, text):
    assert shown("{w, select, she {her} true {yes} other {their}}", w=value) == text


def test_a_header_of_a_po_file_chooses_by_its_expression():
    forms = plural({"0": "one", "1": (Placeholder("n"), " many")}, "n", "gettext", "(n > 1)")

    assert [shown(forms, "xx", "en", n=n) for n in (0, "1", 2, -3)] == (
        ["one", "one", "2 many", "-3 many"]
    )


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("{n, plural, other {}}", "many", "'many' is not a number"),
        ("{n, plural, other {}}", True, "'True' is not a number"),
        ("{n, plural, other {}}", None, "'None' is not a number"),
        ("{n, plural, other {}}", "nan", "is not a number"),
        ("{n, number}", "1e99999", "at most 30 digits"),
        ("{n, number, ::currency/XQX}", 3, "unknown currency 'XQX'"),
        ("{n, date}", "tomorrow", "write it as 2026-11-21"),
        (plural({"0": "a"}, "n", "gettext", "0"), "1.5", "'1.5' is not a whole number"),
        (plural({"0": "a"}, "n", "gettext", "n"), 1, "no form is for it"),
        (plural({"one": "a"}, "n"), 5, "nor 'other'"),
        ((Placeholder("n", "roman"),), 5, "unknown format 'roman'"),
    ],
)
def test_a_value_that_does_not_fit_is_named(text, value, words):
    with pytest.raises(WrongValue) as error:
        shown(text, n=value)

    assert error.value.name == "n"
    assert "'{n}'" in str(error.value)
    assert words in str(error.value)


def test_a_missing_value_is_named_with_the_nearest():
    with pytest.raises(MissingValue, match="did you mean 'count'") as error:
        shown("{cuont}", count=1)
    assert (error.value.name, error.value.known) == ("cuont", ("count",))
    with pytest.raises(MissingValue, match="known: none"):
        shown("{n, plural, other {}}")


def test_another_message_is_shown_with_its_own_values_before_ours():
    show = catalog(girls="{{count}} girls of {{town}}")
    value = read_message('$t(girls, {"count": {{girls}}}), {{count}} boys', "i18next")

    text = format_value(value, {"girls": 3, "count": 2, "town": "Ulm"}, "en", "en", show)

    assert text == "3 girls of Ulm, 2 boys"


def test_a_value_given_on_stays_a_number():
    given = {}

    def show(id, values):
        given.update(values)
        return ""

    format_value((Reference("a", (("n", Placeholder("x")),)),), {"x": 3}, "en", "en", show)
    assert given == {"x": 3, "n": 3}


def test_values_given_on_are_not_counted_over():
    """A template notes which values were asked for: looking at all would note them all."""

    class Noting(Mapping[str, int]):
        def __getitem__(self, name):
            return {"x": 3, "y": 4}[name]

        def __iter__(self):
            raise AssertionError("all values were asked for")

        def __len__(self):
            return 2

    show = catalog(a="{{n}} {{y}}")

    value = (Reference("a", (("n", Placeholder("x")),)),)
    assert format_value(value, Noting(), "en", "en", show) == "3 4"


def test_messages_that_show_each_other_end():
    show = catalog(a="$t(b)", b="$t(a)", c="$t(c)")

    with pytest.raises(EndlessReference, match="b -> a -> b") as error:
        show("a", {})
    assert error.value.id == "b"
    with pytest.raises(EndlessReference, match="c -> c"):
        show("c", {})


def test_messages_may_stand_in_each_other_to_a_depth():
    chain = {f"m{n}": f"$t(m{n + 1})" for n in range(30)}

    assert catalog(**chain, m30="end")("m10", {}) == "end"
    with pytest.raises(EndlessReference, match="over 20 messages stand in each other"):
        catalog(**chain, m30="end")("m9", {})


def test_messages_cannot_multiply_each_other():
    doubled = {f"m{n}": f"$t(m{n + 1})$t(m{n + 1})" for n in range(18)}

    with pytest.raises(EndlessReference, match="over 1,000 messages"):
        catalog(**doubled, m18="")("m0", {})
    assert catalog(a="$t(b)" * MAX_REFERENCES, b="")("a", {}) == ""


def test_an_error_inside_another_message_leaves_nothing_behind():
    show = catalog(a="$t(b)", b="{{x}}")

    with pytest.raises(MissingValue):
        show("a", {})
    assert show("a", {"x": 1}) == "1"


def test_what_catches_an_error_may_show_the_message_again():
    inner = catalog(a="$t(b)", b="{{x}}")

    def show(id, values):
        try:
            return inner("a", values)
        except MissingValue:
            return inner("a", {"x": 1})

    assert format_value((Reference("start"),), {}, "en", "en", show) == "1"


def test_a_text_is_bounded():
    value = (Placeholder("x"),) * 10

    assert len(shown(value, x="a" * (MAX_CHARACTERS // 10))) == MAX_CHARACTERS
    with pytest.raises(TooLong, match="over 100,000 characters"):
        shown(value, x="a" * (MAX_CHARACTERS // 10 + 1))


def test_a_choice_inside_a_choice_is_made():
    inner = Choice("w", "select", (("she", ("her",)), ("other", ("their",))))
    outer = Choice("n", "plural", (("one", (inner, " cat")), ("other", (inner, " cats"))))

    assert shown((outer,), n=2, w="she") == "her cats"
