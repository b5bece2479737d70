import datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.locales import (
    InvalidLocale,
    candidates,
    clashes,
    currency,
    date,
    formats_of,
    number,
    parse_locale,
    percent,
)

# The table of the localisation reference: want, available, candidates in order.
VECTORS = [
    ("pt-BR", "pt en", "pt"),
    ("pt-PT", "pt-BR en", "pt-BR"),
    ("pt-AO", "pt-BR pt-PT", "pt-PT pt-BR"),
    ("zh-HK", "zh-TW zh-CN en", "zh-TW"),
    ("zh-Hant-HK", "zh-TW zh-CN en", "zh-TW"),
    ("zh-Hant-HK", "zh-Hant zh-Hans", "zh-Hant"),
    ("zh-CN", "zh-Hans zh-Hant", "zh-Hans"),
    ("zh", "zh_CN zh_TW", "zh_CN"),
    ("es-MX", "es-ES es-419 en", "es-419 es-ES"),
    ("sr-Latn-RS", "sr en", ""),
    ("sr_RS@latin", "sr en", ""),
    ("sh", "sr en", ""),
    ("sr", "sr_Latn sr_Cyrl", "sr_Cyrl"),
    ("nb", "no", "no"),
    ("no", "nb-NO", "nb-NO"),
    ("nn", "nb-NO", "nb-NO"),
    ("he-IL", "iw", "iw"),
    ("iw", "he", "he"),
    ("id", "in", "in"),
    ("fil", "tl", "tl"),
    ("pa-PK", "pa", ""),
    ("hi-Latn", "hi en-IN en", ""),
    ("uk", "ru", ""),
    ("ca", "es", ""),
    ("gsw", "de", ""),
    ("ht", "fr", ""),
    ("de", "de-CH", ""),
    ("es", "es-419", ""),
    ("en-GB", "en-AU", ""),
    ("zh-Hant-MO", "zh-TW zh-HK", "zh-HK zh-TW"),
    ("es-CO", "es-MX es-ES", "es-ES"),
    ("yue", "zh-Hant", ""),
    # Beyond the table.
    ("pt-BR", "pt-BR pt_BR pt", "pt-BR pt"),
    ("de-DE", "de de-DE", "de-DE de"),
    ("de-DE", "de", "de"),
    ("en-AT", "en-150 en-001 en", "en-150 en-001 en"),
    ("ca", "ca@valencia", ""),
    ("ca@valencia", "ca", "ca"),
    ("sr-Cyrl-ME", "sr sr-Latn", "sr"),
    ("zh-Hans-TW", "zh-TW zh", "zh"),
    ("az-IR", "az", ""),
    ("tok", "tok en", "tok"),
    ("kmr", "ku", ""),
    ("cnr", "sr-ME", ""),
    ("pnb", "lah", ""),
]


@pytest.mark.parametrize(("want", "available", "expected"), VECTORS)
def test_candidates_stay_in_language_and_script(want, available, expected):
    assert candidates(want, available.split()) == expected.split()


@pytest.mark.parametrize("want", sorted({row[0] for row in VECTORS}))
def test_the_exact_id_always_comes_first(want):
    assert candidates(want, ["en", want, "pt"])[0] == want


@pytest.mark.parametrize(
    ("id", "tag"),
    [
        ("pt_BR", "pt-BR"),
        ("PT-br", "pt-BR"),
        ("pt_BR.UTF-8", "pt-BR"),
        ("de_DE.ISO-8859-15@euro", "de-DE"),
        ("ptBR", "pt-BR"),
        ("zhCN", "zh-CN"),
        ("zh-rTW", "zh-Hant-TW"),
        ("b+es+419", "es-419"),
        ("b+sr+Latn", "sr-Latn"),
        ("zh-yue", "yue"),
        ("zh-YUE", "yue"),
        ("zh-cmn-Hans-CN", "zh-CN"),
        ("zh_TW", "zh-Hant-TW"),
        ("zh-Hans-CN", "zh-CN"),
        ("zh-Hans-TW", "zh-Hans-TW"),
        ("sr-ME", "sr-Latn-ME"),
        ("en-Latn", "en"),
        ("pa-PK", "pa-Arab-PK"),
        ("iw", "he"),
        ("in", "id"),
        ("ji", "yi"),
        ("jw", "jv"),
        ("mo", "ro"),
        ("sh", "sr-Latn"),
        ("tl", "fil"),
        ("tgl", "fil"),
        ("cmn", "zh"),
        ("prs", "fa-AF"),
        ("deu", "de"),
        ("nb", "no"),
        ("nob", "no"),
        ("en-UK", "en-GB"),
        ("ca@valencia", "ca-valencia"),
        ("ca-ES-valencia", "ca-ES-valencia"),
        ("be@tarask", "be-tarask"),
        ("sr-Cyrl@latin", "sr"),
        ("de-1996", "de-1996"),
        ("de-u-co-phonebk", "de"),
        ("en-x-brand", "en"),
        ("kmr", "kmr"),
        ("mnw", "mnw"),
        ("nqo", "nqo"),
        ("en-XA", "en-XA"),
    ],
)
def test_every_usual_spelling_has_one_canonical_tag(id, tag):
    locale = parse_locale(id)

    assert locale.id == id
    assert locale.tag == tag


@pytest.mark.parametrize(
    ("id", "what"),
    [
        ("kab-KAB", "is no locale"),
        ("percentages", "is no locale"),
        ("de.old", "is no locale"),
        ("de-", "is no locale"),
        ("de\n", "is no locale"),
        ("", "is no locale"),
        ("../de", "is no locale"),
        ("x" * 5000, "is no locale"),
        ("und", "names no language"),
        ("mul-Latn", "names no language"),
        ("my-logo", "has the unknown script 'Logo'"),
        ("sr@foo", "has the unknown modifier '@foo'"),
    ],
)
def test_an_id_that_is_no_tag_is_refused_in_one_line_with_advice(id, what):
    with pytest.raises(InvalidLocale) as refused:
        parse_locale(id)

    message = str(refused.value)
    assert what in message
    assert "write a language tag such as" in message
    assert "\n" not in message
    assert len(message) < 300


@pytest.mark.parametrize(
    ("id", "script", "region", "direction"),
    [
        ("de", "Latn", "", "ltr"),
        ("iw-IL", "Hebr", "IL", "rtl"),
        ("fa-IR", "Arab", "IR", "rtl"),
        ("zh-TW", "Hant", "TW", "ltr"),
        ("nqo", "Nkoo", "", "rtl"),
        ("dv", "Thaa", "", "rtl"),
        ("pnb", "Arab", "", "rtl"),
        ("azb", "Arab", "", "rtl"),
        ("ku-Arab", "Arab", "", "rtl"),
        ("th", "Thai", "", "ltr"),
        ("es-419", "Latn", "419", "ltr"),
        ("qqq", "Zzzz", "", "ltr"),
    ],
)
def test_script_and_direction_are_known_when_the_id_leaves_them_out(id, script, region, direction):
    locale = parse_locale(id)

    assert (locale.script, locale.region, locale.direction) == (script, region, direction)


@pytest.mark.parametrize(
    ("id", "name", "native"),
    [
        ("de-CH", "German (Switzerland)", "Deutsch (Schweiz)"),
        ("no-NO", "Norwegian Bokmål (Norway)", "norsk bokmål (Norge)"),
        ("zh", "Chinese (Simplified)", "中文 (简体)"),
        ("sr-Latn", "Serbian (Latin)", "srpski (latinica)"),
        ("ca@valencia", "Catalan (Valencian)", "català (valencià)"),
        ("mnw", "mnw", "mnw"),
        ("be-Latn", "Belarusian (Latin)", "Belarusian (Latin)"),
    ],
)
def test_a_locale_has_an_english_and_a_native_name(id, name, native):
    locale = parse_locale(id)

    assert (locale.name, locale.english_name, locale.native_name) == (name, name, native)


@given(st.text(max_size=30) | st.from_regex(r"[a-zA-Z]{2,4}([-_@.+][a-zA-Z0-9]{1,8}){0,4}"))
@settings(max_examples=150, deadline=None, database=None, derandomize=True)
def test_any_text_is_a_locale_or_refused(id):
    try:
        locale = parse_locale(id)
    except InvalidLocale:
        return

    assert parse_locale(locale.tag).tag == locale.tag
    assert candidates(id, [locale.tag]) == [locale.tag]
    assert locale.name
    assert formats_of(id)


def test_two_ids_of_one_locale_clash():
    assert clashes(["zh-CN", "de", "zh_CN"]) == [("zh-CN", "zh_CN")]
    assert clashes(["he", "iw"]) == [("he", "iw")]
    assert clashes(["fil", "tl"]) == [("fil", "tl")]


def test_ids_that_differ_by_case_clash():
    assert clashes(["de-DE", "de-de"]) == [("de-DE", "de-de")]


def test_a_language_and_its_usual_region_do_not_clash():
    assert clashes(["pt", "pt-BR", "de", "de-DE"]) == []


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
