from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.locales import InvalidLocale, plural_categories, plural_category


@pytest.mark.parametrize(
    ("locale", "number", "category"),
    [
        ("en", 1, "one"),
        ("en", "1.0", "other"),
        ("en", Decimal("1.0"), "other"),
        ("en", 0, "other"),
        ("en", -1, "one"),
        ("de_AT", "1", "one"),
        ("pl", 1, "one"),
        ("pl", 22, "few"),
        ("pl", 12, "many"),
        ("pl", "1.5", "other"),
        ("ru-RU", 21, "one"),
        ("ru-RU", 5, "many"),
        ("ar", 0, "zero"),
        ("ar", 2, "two"),
        ("ar", 11, "many"),
        ("fr", "1.9", "one"),
        ("fr", 1_000_000, "many"),
        ("pt-BR", 0, "one"),
        ("pt-PT", 0, "other"),
        ("cs", "1.0", "many"),
        ("lv", "0.0", "zero"),
        ("sl", "1.0", "few"),
        ("ja", 1, "other"),
        ("iw", 2, "two"),
        ("nb", 1, "one"),
        ("zh_TW", 1, "other"),
        ("tok", 1, "other"),
        ("mnw", 1, "other"),
    ],
)
def test_a_number_has_the_category_that_cldr_gives_it(locale, number, category):
    assert plural_category(locale, number) == category


@pytest.mark.parametrize(
    ("locale", "number", "category"),
    [
        ("en", 1, "one"),
        ("en", 22, "two"),
        ("en", 13, "other"),
        ("it", 8, "many"),
        ("cy", 0, "zero"),
        ("ru", 3, "other"),
        ("tok", 1, "other"),
    ],
)
def test_a_place_in_an_order_has_a_category_of_its_own(locale, number, category):
    assert plural_category(locale, number, ordinal=True) == category


@pytest.mark.parametrize("number", [True, "many", "", "1,5"])
def test_what_is_no_number_has_no_category(number):
    with pytest.raises(ValueError, match="is not a number"):
        plural_category("de", number)


def test_what_is_no_locale_has_no_categories():
    with pytest.raises(InvalidLocale, match="is no locale"):
        plural_categories("kab-KAB")


@pytest.mark.parametrize(
    ("locale", "samples"),
    [
        ("en", {"one": "1", "other": "2"}),
        ("de-CH", {"one": "1", "other": "2"}),
        ("ja", {"other": "1"}),
        ("ru", {"one": "1", "few": "2", "many": "5", "other": "0.1"}),
        ("pl", {"one": "1", "few": "2", "many": "5", "other": "0.1"}),
        ("cs", {"one": "1", "few": "2", "many": "0.1", "other": "5"}),
        (
            "ar",
            {"zero": "0", "one": "1", "two": "2", "few": "3", "many": "11", "other": "100"},
        ),
        ("lv", {"zero": "10", "one": "1", "other": "2"}),
        ("fr", {"one": "1", "other": "2"}),
        ("mnw", {"other": "1"}),
    ],
)
def test_each_category_of_a_locale_has_a_sample(locale, samples):
    assert plural_categories(locale) == samples
    assert list(plural_categories(locale)) == list(samples)


def test_the_categories_of_an_order_have_samples_too():
    assert plural_categories("en", ordinal=True) == {
        "one": "1",
        "two": "2",
        "few": "3",
        "other": "4",
    }
    assert plural_categories("ru", ordinal=True) == {"other": "1"}


@given(
    st.sampled_from(["en", "ru", "ar", "lv", "cy", "br", "kw", "sl", "ga", "mt", "he", "gv"]),
    st.integers(0, 999_999) | st.decimals(0, 1000, places=1) | st.decimals(0, 1000, places=2),
)
@settings(max_examples=300, deadline=None, database=None, derandomize=True)
def test_no_number_below_a_million_has_a_category_without_a_sample(locale, number):
    assert plural_category(locale, number) in plural_categories(locale)
