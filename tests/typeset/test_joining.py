import pytest

from assetforge.typeset.faces import faces_in
from assetforge.typeset.joining import forms, unjoined
from tests.typeset.brands import ARABIC, brand

JOINING = brand("Joining", ARABIC, "NotoSansArabic.ttf")
APART = brand("Apart", ARABIC, "NotoSansArabic.ttf", joins=False)


def test_which_letters_join_is_read_from_unicodes_own_forms():
    onward, back = forms()

    assert {"ب", "س", "ی", "ک"} <= onward & back
    assert {"ا", "د", "و"} <= back - onward
    assert "ء" not in onward | back


def test_a_font_that_joins_is_fine():
    assert unjoined(ARABIC, faces_in(JOINING)[0]) == []


def test_every_letter_that_stands_apart_is_named():
    assert unjoined("صيف", faces_in(APART)[0]) == ["ص", "ي"]


@pytest.mark.parametrize("text", ["ا د و", "ص", "ت\u200cت", "Free", ""])
def test_letters_that_need_not_join_are_no_mistake(text):
    assert unjoined(text, faces_in(APART)[0]) == []


def test_a_mark_between_two_letters_does_not_part_them():
    assert unjoined("ص\u064eي", faces_in(APART)[0]) == ["ص"]
