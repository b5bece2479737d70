import pytest

from assetforge.errors import ActionFailed
from assetforge.typeset import check, missing
from assetforge.typeset.coverage import runs
from assetforge.typeset.faces import bundle, faces_in
from tests.typeset.brands import ARABIC, brand


def test_a_missing_glyph_is_named_with_its_slot_and_what_to_do():
    with pytest.raises(ActionFailed) as caught:
        check("headline", "a ᚠ b ᛒ ᚠ")

    assert caught.value.code == "missing-glyph"
    assert str(caught.value) == (
        "headline: no glyph for U+16A0 RUNIC LETTER FEHU FEOH FE F 'ᚠ', "
        "U+16D2 RUNIC LETTER BERKANAN BEORC BJARKAN B 'ᛒ' in the bundled fonts; "
        "take it out of the copy, or let another provider draw this step"
    )


def test_emoji_are_said_not_to_be_in_the_bundle():
    with pytest.raises(ActionFailed, match="emoji are not in the bundle"):
        check("action", "Buy 👩‍💻 now")


def test_a_control_character_is_named_by_its_number():
    with pytest.raises(ActionFailed, match=r"no glyph for U\+0007 in"):
        check("body", "ding\x07")


@pytest.mark.parametrize(
    "text",
    [
        "\u2067שלום\u2069",
        "\u200eabc\u200f",
        "می\u200cخواهم",
        "क\u094d\u200dष",
        "50\u00a0%",
        "a\nb",
        "❤\ufe0f",
    ],
)
def test_characters_without_ink_need_no_glyph(text):
    check("headline", text)

    assert missing(text) == []


def test_a_mark_without_its_letter_is_refused():
    """HarfBuzz would draw it on a dotted circle, which nobody wrote."""
    with pytest.raises(ActionFailed) as caught:
        check("headline", "नमस्ते \u093f")

    assert caught.value.code == "broken-text"
    assert "U+093F DEVANAGARI VOWEL SIGN I" in str(caught.value)


def test_a_mark_on_its_letter_is_fine_in_a_mixed_text():
    check("headline", "Thunderbird – नमस्ते ✓ สวัสดีที่นี่ é e\u0301 〜")


def test_a_dotted_circle_that_was_written_is_drawn():
    check("headline", "◌\u093f")


def test_letters_that_a_font_does_not_join_are_named():
    faces = faces_in(brand("Apart", ARABIC, "NotoSansArabic.ttf", joins=False))

    with pytest.raises(ActionFailed) as caught:
        check("headline (ar)", "صيف صيف", faces)

    assert caught.value.code == "unjoined-text"
    assert str(caught.value) == (
        "headline (ar): the font draws letters apart that have to join: "
        "U+0635 ARABIC LETTER SAD 'ص', U+064A ARABIC LETTER YEH 'ي'; "
        "give another font, such as Noto Sans Arabic"
    )


@pytest.mark.parametrize(
    ("character", "font"),
    [
        ("ᚠ", "Noto Sans Runic"),
        ("ᐊ", "Noto Sans Canadian Aboriginal"),
        ("🤫", "Noto Color Emoji"),
        ("\x07", "Noto Sans"),
    ],
)
def test_a_project_with_fonts_is_told_which_one_to_add(character, font):
    with pytest.raises(ActionFailed) as caught:
        check("headline", character, bundle())

    assert str(caught.value).endswith(
        f"in the project's and the bundled fonts; "
        f"{'emoji are not in the bundle; ' if character == '🤫' else ''}"
        f"add a font that has it to the project's 'fonts', such as {font}"
    )


def test_a_text_is_cut_into_runs_of_one_script_and_one_font():
    latin = bundle()[0]

    found = [(run, face is latin) for run, face in runs("Free शब्द 5 слово", bundle())]

    assert found == [("Free ", True), ("शब्द 5 ", False), ("слово", True)]
