import datetime
from decimal import Decimal

import pytest

from assetforge.locales import currency, date, formats_of, number, percent


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (number(1234567.891, "de"), "1.234.567,891"),
        (number(12345, "hi"), "12,345"),
        (number("0.125", "en"), "0.125"),
        (number(1234.5, "fr"), "1 234,5"),
        (number(0, "en"), "0"),
        (number(1234, "mnw", "de"), "1.234"),
        (number(1234, "mnw", "tzm-Tfng-XX"), "1,234"),
        (percent(Decimal("0.25"), "en"), "25%"),
        (percent("0.125", "de"), "12,5 %"),
        (currency("19.9", "EUR", "de"), "19,90 €"),
        (currency(20, "JPY", "ja"), "￥20"),
        (currency(20, "USD", "no-NO"), "20,00 USD"),
        (date("2026-11-21", "long", "nb-NO"), "21. november 2026"),
        (date(datetime.date(2026, 11, 21), "short", "de"), "21.11.26"),
        (date(datetime.datetime(2026, 11, 21, 23, 59), "medium", "en"), "Nov 21, 2026"),
    ],
)
def test_values_are_written_as_the_locale_writes_them(text, expected):
    assert text == expected


def test_special_spaces_and_bidi_marks_stay_when_asked():
    assert number(12345, "fr", normalize_spaces=False) == "12\u202f345"
    assert currency(5, "EUR", "ar", normalize_spaces=False) == "\u200f5.00\xa0€"
    assert currency(5, "EUR", "de", normalize_spaces=False) == "5,00\xa0€"
    assert date("2026-11-21", "long", "de", normalize_spaces=False) == "21. November 2026"


@pytest.mark.parametrize("value", [True, "many", "", float("nan"), "Infinity", None])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="is not a number"):
        number(value, "de")


@pytest.mark.parametrize("value", ["1e999999", "1e-999999", "1" * 5000])
def test_a_number_too_long_for_a_picture_is_refused(value):
    with pytest.raises(ValueError, match="at most 30 digits"):
        number(value, "de")


def test_an_unknown_currency_is_refused_with_advice():
    with pytest.raises(ValueError, match="unknown currency 'eur'; did you mean 'EUR'"):
        currency(1, "eur", "de")


def test_a_text_that_is_no_day_is_refused():
    with pytest.raises(ValueError, match="is not a day; write it as 2026-11-21"):
        date("21.11.2026", "long", "de")


def test_an_unknown_date_style_is_refused():
    with pytest.raises(ValueError, match="one of short, medium, long, full"):
        date("2026-11-21", "iso", "de")


def test_formats_come_from_the_nearest_locale_that_has_them():
    assert formats_of("no-NO") == "no"
    assert formats_of("zh_TW") == "zh-Hant-TW"
    assert formats_of("mnw", "de") == "de"


def test_numbers_with_as_many_digits_as_are_allowed_are_written_exactly():
    digits = "123456789012345678901234567890"

    assert number(digits, "en").replace(",", "") == digits
    assert percent(f"0.{digits}"[:-2], "en").endswith("%")
    assert currency(digits, "EUR", "en").replace(",", "").startswith(f"€{digits}")
