import pytest

from assetforge.reading.languages import LANGUAGES, SCRIPTS, Models, models_for


@pytest.mark.parametrize(
    ("language", "script", "models"),
    [
        ("de", "Latn", Models("deu", None)),
        ("de-CH", "Latn", Models("deu", None)),
        ("pt_BR", "Latn", Models("por", None)),
        ("ar", "Arab", Models("ara", "Arabic")),
        ("zh-Hans-CN", "Hans", Models("chi_sim", "HanS")),
        ("zh-TW", "Hant", Models("chi_tra", "HanT")),
        ("ko", "Kore", Models("kor", "Hangul")),
        ("sr-Latn", "Latn", Models("srp_latn", None)),
        ("sr", "Cyrl", Models("srp", "Cyrillic")),
        (None, None, Models("eng", None)),
    ],
)
def test_a_locale_is_read_by_the_model_of_its_language_and_script(language, script, models):
    assert models_for(language, script) == models


def test_a_language_without_a_model_is_read_by_that_of_its_script():
    assert models_for("ckb", "Arab") == Models("Arabic", None)
    assert models_for("hsb", "Latn") == Models("Latin", None)


def test_a_script_that_nobody_taught_falls_to_the_latin_model():
    assert models_for("ff", "Adlm") == Models("eng", None)


def test_every_language_stands_below_a_script_that_has_a_model():
    assert set(LANGUAGES) == set(SCRIPTS)


@pytest.mark.parametrize(
    ("texts", "own"),
    [
        (["K-9 Mail"], "eng"),
        (["Повний клієнт"], "ukr"),
        (["Thunderbird: вхідні"], "ukr+eng"),
        (["K-9 Mail", "Повний клієнт"], "ukr+eng"),
        (["100 %"], "ukr"),
        ([], "ukr"),
    ],
)
def test_a_brand_in_latin_letters_is_read_by_their_model(texts, own):
    assert Models("ukr", None).reading(texts).own == own


def test_a_model_of_latin_script_reads_all_its_texts():
    assert Models("deu", None).reading(["K-9 Mail"]) == Models("deu", None)
