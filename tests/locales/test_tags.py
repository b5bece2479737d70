import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.locales import InvalidLocale, candidates, formats_of, parse_locale


@pytest.mark.parametrize(
    ("id", "tag"),
    [
        ("pt_BR", "pt-BR"),
        ("PT-br", "pt-BR"),
        ("pt_BR.UTF-8", "pt-BR"),
        ("de_DE.ISO-8859-15@euro", "de-DE"),
        ("ptBR", "pt-BR"),
        ("zhCN", "zh-CN"),
        ("esUS", "es-US"),
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
        ("sr_RS@latin", "sr-Latn-RS"),
        ("uz@cyrillic", "uz-Cyrl"),
        ("ks@devanagari", "ks-Deva"),
        ("az@arabic", "az-Arab"),
        ("sr-Cyrl@latin", "sr"),
        ("de-1996", "de-1996"),
        ("de-u-co-phonebk", "de"),
        ("en-x-brand", "en"),
        ("kmr", "kmr"),
        ("mnw", "mnw"),
        ("nqo", "nqo"),
        ("tok", "tok"),
        ("trs", "trs"),
        ("pnb", "pnb"),
        ("cnr", "cnr"),
        ("en_xa", "en-XA"),
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
