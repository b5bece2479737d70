import pytest

from assetforge.locales import (
    PSEUDO,
    candidates,
    date,
    formats_of,
    is_pseudo,
    number,
    parse_locale,
    plural_category,
)


@pytest.mark.parametrize("id", ["en-XA", "en_XA", "EN-xa", "en-Latn-XA", "ar_XB", "en-rXC"])
def test_a_pseudo_locale_is_known_in_every_spelling(id):
    assert is_pseudo(id)
    assert parse_locale(id).tag in PSEUDO


@pytest.mark.parametrize("id", ["en", "ar", "ar-XA", "de-XC", "en-XA-scouse", "kab-KAB", ""])
def test_other_ids_are_no_pseudo_locales(id):
    assert not is_pseudo(id)


@pytest.mark.parametrize(
    ("id", "script", "direction", "name"),
    [
        ("en-XA", "Latn", "ltr", "English (accented, longer)"),
        ("ar-XB", "Arab", "rtl", "Arabic (right to left)"),
        ("en-XC", "Latn", "ltr", "English (longest translation)"),
    ],
)
def test_a_pseudo_locale_has_the_facts_of_its_language(id, script, direction, name):
    locale = parse_locale(id)

    assert (locale.id, locale.tag, locale.script, locale.direction) == (id, id, script, direction)
    assert (locale.name, locale.native_name) == (name, name)


def test_numbers_and_plurals_of_a_pseudo_locale_are_those_of_its_language():
    assert number("1234.5", "en-XA", default="de") == "1,234.5"
    assert date("2026-11-21", "long", "ar-XB") == date("2026-11-21", "long", "ar")
    assert (formats_of("ar-XB"), formats_of("en_xc", "de")) == ("ar", "en")
    assert (plural_category("en-XC", 1), plural_category("ar-XB", 3)) == ("one", "few")


def test_no_text_stands_in_for_a_pseudo_locale():
    assert candidates("en-XA", ["en", "en-US", "en-XC"]) == []
    assert candidates("ar-XB", ["ar", "ar-EG"]) == []


def test_a_pseudo_locale_takes_its_own_text():
    assert candidates("en-XA", ["en", "en_XA"]) == ["en_XA"]


def test_a_pseudo_locale_stands_in_for_nobody():
    assert candidates("en", ["en-XA", "en-XC"]) == []
    assert candidates("ar-EG", ["ar-XB"]) == []
    assert candidates("en-XA-scouse", ["en-XA", "en"]) == []
