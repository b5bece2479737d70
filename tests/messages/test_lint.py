import pytest

from assetforge.messages.lint import missing_categories
from assetforge.messages.syntaxes import plural, read_message


def lacking(text, locale):
    return dict(missing_categories(read_message(text, "icu"), locale))


def test_categories_of_the_language_are_named_with_a_number():
    assert lacking("{n, plural, one {a} other {b}}", "pl") == {"few": "2", "many": "5"}
    assert lacking("{n, plural, one {a} many {a} other {b}}", "ru") == {"few": "2"}
    assert lacking("{n, plural, other {b}}", "ar") == {
        "zero": "0",
        "one": "1",
        "two": "2",
        "few": "3",
        "many": "11",
    }


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("days", "pl"),
        ("{n} {w, select, other {}}", "pl"),
        ("{n, plural, one {a} other {b}}", "de"),
        ("{n, plural, other {b}}", "ja"),
        ("{n, plural, few {} one {} many {} other {}}", "pl"),
        ("{n, plural, =1 {a} other {b}}", "en"),
        ("{n, selectordinal, one {} two {} few {} other {}}", "en"),
    ],
)
def test_a_message_with_a_form_for_every_number_lacks_none(text, locale):
    assert lacking(text, locale) == {}


def test_an_exact_form_is_enough_where_it_is_for_all_numbers_of_a_category():
    text = "{n, plural, =1 {a} other {b}}"

    assert lacking(text, "en") == {}
    assert lacking(text, "fr") == {"one": "0"}
    assert lacking("{n, plural, =0 {} =1 {} other {}}", "fr") == {}
    assert lacking(text, "ru") == {"one": "21", "few": "2", "many": "5"}


def test_an_exact_form_is_of_the_number_before_the_offset():
    assert lacking("{n, plural, offset:1 =1 {a} other {b}}", "en") == {"one": "2"}
    assert lacking("{n, plural, offset:1 =2 {a} other {b}}", "en") == {"one": "0"}
    assert lacking("{n, plural, offset:1 other {b}}", "en") == {"one": "2"}


def test_ordinals_have_categories_of_their_own():
    assert lacking("{n, selectordinal, one {} other {}}", "en") == {"two": "2", "few": "3"}


def test_choices_in_choices_are_looked_at():
    text = "{w, select, she {{n, plural, other {}}} other {{n, plural, one {} other {}}}}"

    assert lacking(text, "en") == {"one": "1"}


def test_other_may_be_lacking_where_a_reader_allows_it():
    assert dict(missing_categories(plural({"one": "a"}), "en")) == {"other": "2"}


def test_forms_of_gettext_are_the_readers_business():
    assert missing_categories(plural({"0": "a"}, kind="gettext", rule="0"), "pl") == ()
