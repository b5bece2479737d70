import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.locales import (
    CustomLocale,
    InvalidLocale,
    KnownLocales,
    candidates,
    clashes,
    parse_locale,
)

PIRATE = KnownLocales(
    {
        "pirate": CustomLocale("en-GB", name="Pirate"),
        "kab-KAB": CustomLocale("kab"),
        "xx-custom": CustomLocale("de", direction="rtl"),
        "de-CH": CustomLocale("de-AT"),
    }
)
PLAIN = KnownLocales()


def test_a_declared_locale_has_the_facts_of_the_one_it_is_like():
    locale = PIRATE.parse("pirate")

    assert (locale.id, locale.tag, locale.language) == ("pirate", "en-GB", "en")
    assert (locale.script, locale.region, locale.direction) == ("Latn", "GB", "ltr")


def test_what_is_said_of_a_declared_locale_wins():
    assert (PIRATE.parse("pirate").name, PIRATE.parse("pirate").native_name) == ("Pirate", "Pirate")
    assert (PIRATE.parse("kab-KAB").name, PIRATE.parse("kab-KAB").native_name) == (
        "Kabyle",
        "Taqbaylit",
    )
    assert PIRATE.parse("xx-custom").direction == "rtl"
    assert PIRATE.parse("xx-custom").mirror


def test_any_spelling_of_a_declared_language_tag_is_what_was_declared():
    assert PIRATE.parse("de-CH").tag == "de-AT"
    assert (PIRATE.parse("de_CH").id, PIRATE.parse("de_CH").tag) == ("de_CH", "de-AT")
    assert PIRATE.identity("de_CH") == PIRATE.identity("de-CH") == "de-CH"


def test_ids_that_are_not_declared_are_language_tags():
    assert PIRATE.parse("pt_BR") == parse_locale("pt_BR")
    assert PIRATE.identity("zh_TW") == "zh-Hant-TW"
    assert PIRATE.identity("pirate") == "pirate"
    assert PIRATE.identity("en_xa") == "en-XA"
    for read in (PIRATE.parse, PIRATE.identity, PLAIN.parse):
        with pytest.raises(InvalidLocale, match="'privateer' is no locale"):
            read("privateer")


@pytest.mark.parametrize(
    ("want", "available", "expected"),
    [
        ("pirate", "en en-001 pirate en-GB", "pirate en-GB en-001 en"),
        ("pirate", "de fr", ""),
        ("en-GB", "pirate", ""),
        ("en-GB", "pirate en", "en"),
        ("kab", "kab-KAB", ""),
        ("kab-KAB", "kab", "kab"),
        ("de-CH", "de de-CH", "de-CH de"),
        ("de_CH", "de de-CH de-AT", "de-CH de-AT de"),
        ("de-CH", "de_CH de-CH", "de-CH de_CH"),
        ("de-CH-1996", "de-CH de", "de"),
        ("en-XA", "en pirate", ""),
    ],
)
def test_a_declared_locale_takes_its_own_text_and_then_that_of_its_like(want, available, expected):
    assert PIRATE.candidates(want, available.split()) == expected.split()


def test_a_project_that_declares_nothing_has_the_usual_candidates():
    assert PLAIN.candidates("es-MX", ["es-ES", "es-419"]) == ["es-419", "es-ES"]
    assert PLAIN.fallbacks("yue", ["zh-Hant"]) == []


def test_answers_may_be_changed_by_who_asked():
    PIRATE.candidates("pirate", ["en"]).append("de")

    assert PIRATE.candidates("pirate", ["en"]) == ["en"]


FALLBACK = KnownLocales(
    {"pirate": CustomLocale("en-GB")},
    {
        "yue": ["zh-Hant"],
        "sr_Latn": ["sr", "hr"],
        "gsw": ["de-CH", "de", "pirate"],
        "es-MX": ["pt-BR"],
        "es": ["en"],
        "es-AR": [],
        "pirate": ["fr"],
    },
)


@pytest.mark.parametrize(
    ("want", "available", "expected"),
    [
        ("yue", "zh_TW zh_CN", "zh_TW"),
        ("yue-HK", "zh-HK zh-Hant", "zh-Hant"),
        ("zh-yue-HK", "zh-TW", "zh-TW"),
        ("sr@latin", "hr sr-Cyrl", "sr-Cyrl hr"),
        ("sr-Latn-RS", "hr", "hr"),
        ("sr", "hr", ""),
        ("gsw-CH", "de pirate de-CH gsw", "de-CH de pirate"),
        ("es-MX", "pt en", "pt"),
        ("es_CO", "pt en-US", "en-US"),
        ("es", "en pt", "en"),
        ("es-AR", "en pt", ""),
        ("pirate", "fr-CA fr en", "fr"),
        ("en-XA", "en en-XA", ""),
        ("en-XC", "en", ""),
        ("uk", "ru", ""),
    ],
)
def test_another_language_stands_in_where_the_project_says_so(want, available, expected):
    assert FALLBACK.fallbacks(want, available.split()) == expected.split()


def test_what_a_locale_has_anyway_is_no_fallback():
    known = KnownLocales(fallback={"pt-PT": ["es", "pt-BR"]})

    assert known.candidates("pt-PT", ["pt-BR", "es"]) == ["pt-BR"]
    assert known.fallbacks("pt-PT", ["pt-BR", "es"]) == ["es"]


@pytest.mark.parametrize(
    ("want", "supplier", "how"),
    [
        ("pirate", "pirate", ""),
        ("pirate", "en-GB", ""),
        ("pirate", "en-001", ""),
        ("pirate", "en-US", "region"),
        ("pirate", "fr", "language"),
        ("en-GB", "pirate", "language"),
        ("de_CH", "de-CH", ""),
        ("pt-PT", "pt-BR", "region"),
    ],
)
def test_how_a_text_stands_in_for_a_declared_locale_is_told(want, supplier, how):
    assert PIRATE.stand_in(want, supplier) == how


def test_declared_ids_clash_like_others():
    assert PIRATE.clashes(["pirate", "Pirate".lower(), "en-GB"]) == []
    assert PIRATE.clashes(["de-CH", "de_CH", "de-AT"]) == [("de-CH", "de_CH")]
    assert PIRATE.clashes(["he", "iw", "pirate"]) == [("he", "iw")]
    assert PIRATE.clashes(["kab", "kab-KAB"]) == []


@pytest.mark.parametrize(
    ("custom", "fallback", "what"),
    [
        ({"pirate": CustomLocale("arrr!")}, {}, "'arrr!' is no locale"),
        ({"../de": CustomLocale("de")}, {}, "'../de' names no locale; write letters"),
        ({"de.": CustomLocale("de")}, {}, "'de.' names no locale"),
        ({"": CustomLocale("de")}, {}, "'' names no locale"),
        ({"x" * 101: CustomLocale("de")}, {}, "names no locale"),
        ({"en_xa": CustomLocale("en")}, {}, "'en_xa' is a pseudo-locale; choose another id"),
        (
            {"pirate": CustomLocale("en"), "Pirate": CustomLocale("en")},
            {},
            "'Pirate' and 'pirate' are one locale; keep one of them",
        ),
        (
            {"de-CH": CustomLocale("de"), "de_CH": CustomLocale("de")},
            {},
            "'de-CH' and 'de_CH' are one locale",
        ),
        ({}, {"privateer": ["en"]}, "'privateer' is no locale"),
        ({}, {"en": ["privateer"]}, "'privateer' is no locale"),
        ({}, {"en-XA": ["en"]}, "'en-XA' is a pseudo-locale and stands in for nobody"),
        ({}, {"en": ["de", "ar_XB"]}, "'ar_XB' is a pseudo-locale and stands in for nobody"),
        (
            {"de-x-kids": CustomLocale("de"), "de_X_Kids": CustomLocale("de")},
            {},
            "'de-x-kids' and 'de_X_Kids' are one locale",
        ),
        ({}, {"nb": ["da"], "no": ["sv"]}, "'nb' and 'no' are one locale"),
    ],
)
def test_wrong_declarations_are_refused_in_one_line(custom, fallback, what):
    with pytest.raises(InvalidLocale) as refused:
        KnownLocales(custom, fallback)

    assert what in str(refused.value)
    assert "\n" not in str(refused.value)


_PLAIN_IDS = st.sampled_from(["de", "de-DE", "de_AT", "pt", "pt_BR", "iw", "he", "nb", "no", "ar"])
_IDS = _PLAIN_IDS | st.sampled_from(["pirate", "kab-KAB", "xx-custom", "de-CH", "de_CH", "en-GB"])


@given(_IDS, _IDS)
@settings(max_examples=200, deadline=None, database=None, derandomize=True)
def test_two_ids_clash_when_their_identity_is_one(one, other):
    same = one != other and PIRATE.identity(one) == PIRATE.identity(other)

    assert bool(PIRATE.clashes([one, other])) == same


@given(_PLAIN_IDS, st.lists(_PLAIN_IDS, unique=True))
@settings(max_examples=200, deadline=None, database=None, derandomize=True)
def test_declarations_change_nothing_for_other_locales(want, available):
    assert PIRATE.candidates(want, [*available, "pirate"]) == candidates(want, available)
    assert PIRATE.clashes(available) == clashes(available)


@given(st.text(max_size=20))
@settings(max_examples=150, deadline=None, database=None, derandomize=True)
def test_any_id_can_be_declared_or_is_refused(id):
    try:
        known = KnownLocales({id: CustomLocale("fa")}, {id: ["ar"]})
    except InvalidLocale:
        return

    assert known.parse(id).id == id
    assert known.parse(id).direction == "rtl"
    assert known.candidates(id, ["fa", id]) == [id, "fa"]
    assert known.fallbacks(id, ["ar"]) == ["ar"]


@pytest.mark.parametrize("id", ["de-x-kids", "de-u-co-phonebk", "de-DE-u-nu-latn-x-kids"])
def test_a_declared_locale_with_a_private_part_is_not_the_locale_without_it(id):
    known = KnownLocales({id: CustomLocale("de", name="Kids")})

    assert known.identity(id) == id
    assert (known.identity("de"), known.parse("de").name) == ("de", "German")
    assert known.clashes(["de", id]) == []
    assert known.candidates("de", ["de", id]) == ["de"]
    assert known.candidates("de", [id]) == []
    assert known.candidates(id, ["de", id]) == [id, "de"]
    assert known.stand_in(id, "de") == ""
    assert known.parse(id.upper().replace("-", "_")).name == "Kids"


def test_a_private_part_that_nobody_declared_means_nothing():
    known = KnownLocales({"de-x-kids": CustomLocale("de"), "iw-x-kids": CustomLocale("he")})

    assert known.identity("de-x-teens") == "de"
    assert known.clashes(["de", "de-x-teens"]) == [("de", "de-x-teens")]
    assert known.identity("he-x-kids") == known.identity("iw-x-kids") == "he-x-kids"
