import pytest

from assetforge.locales import parse_locale


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


def test_a_layout_is_mirrored_where_lines_run_right_to_left():
    assert parse_locale("ar").mirror
    assert not parse_locale("de").mirror
