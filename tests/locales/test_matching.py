import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.locales import candidates, clashes, parse_locale, stand_in

# The table of the localisation reference: want, available, candidates in order.
VECTORS = [
    ("pt-BR", "pt en", "pt"),
    ("pt-PT", "pt-BR en", "pt-BR"),
    ("pt-AO", "pt-BR pt-PT", "pt-PT pt-BR"),
    ("zh-HK", "zh-TW zh-CN en", "zh-TW"),
    ("iw", "he-IL", "he-IL"),
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
    ("nn", "no", "no"),
    ("nb", "nb-NO", "nb-NO"),
    ("no", "nn", ""),
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
    ("pt", "pt-BR", "pt-BR"),
    ("de", "de-DE", "de-DE"),
    ("en-GB", "en-001 en", "en-001 en"),
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


def test_two_ids_of_one_locale_clash():
    assert clashes(["zh-CN", "de", "zh_CN"]) == [("zh-CN", "zh_CN")]
    assert clashes(["he", "iw"]) == [("he", "iw")]
    assert clashes(["fil", "tl"]) == [("fil", "tl")]


def test_ids_that_differ_by_case_clash():
    assert clashes(["de-DE", "de-de"]) == [("de-DE", "de-de")]


def test_a_language_and_its_usual_region_do_not_clash():
    assert clashes(["pt", "pt-BR", "de", "de-DE"]) == []


@pytest.mark.parametrize(
    ("want", "supplier", "how"),
    [
        ("es-MX", "es_MX", ""),
        ("es-MX", "es-419", ""),
        ("es-MX", "es", ""),
        ("es-MX", "es-ES", "region"),
        ("pt", "pt-BR", ""),
        ("pt-BR", "pt", ""),
        ("pt-PT", "pt-BR", "region"),
        ("pt-AO", "pt-PT", ""),
        ("zh-HK", "zh-Hant", ""),
        ("zh-HK", "zh-TW", "region"),
        ("zh-MO", "zh-HK", ""),
        ("zh-CN", "zh-Hans", ""),
        ("en-AU", "en-001", ""),
        ("en-AU", "en-US", "region"),
        ("ca@valencia", "ca", ""),
        ("nn", "no", "written-form"),
        ("nn", "nb-NO", "written-form"),
        ("nb", "nn", "written-form"),
        ("nb", "no-NO", ""),
        ("nn-NO", "nn", ""),
        ("yue", "zh-Hant", "language"),
        ("sr", "sr-Latn", "language"),
        ("en-XA", "en", "language"),
        ("en", "en-XA", "language"),
        ("en_xa", "en-XA", ""),
    ],
)
def test_how_a_text_stands_in_for_another_is_told(want, supplier, how):
    assert stand_in(want, supplier) == how


_OF_VECTORS = {id for want, available, _ in VECTORS for id in (want, *available.split())}
_IDS = st.sampled_from(sorted({*_OF_VECTORS, "en-XA", "ar-XB", "en-XC", "ar", "ar-EG", "en-US"}))


@given(_IDS, st.lists(_IDS, unique=True, max_size=8))
@settings(max_examples=300, deadline=None, database=None, derandomize=True)
def test_candidates_are_of_one_language_and_script_and_the_exact_id_is_first(want, available):
    found = candidates(want, available)

    assert len(set(found)) == len(found)
    assert set(found) <= set(available)
    assert {stand_in(want, id) for id in found} <= {"", "region", "written-form"}
    assert {parse_locale(id).script for id in found} <= {parse_locale(want).script}
    languages = {parse_locale(id).language for id in (want, *found)}
    assert len(languages) == 1 or languages == {"nn", "no"}
    assert want not in available or found[0] == want


@given(_IDS, _IDS)
@settings(max_examples=300, deadline=None, database=None, derandomize=True)
def test_two_ids_clash_when_they_are_one_locale(one, other):
    same = one != other and parse_locale(one).tag == parse_locale(other).tag

    assert clashes([one, other]) == ([tuple(sorted((one, other)))] if same else [])
