import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.reading.comparison import (
    folded,
    marked,
    normal,
    overlooked,
    similarity,
    visible,
)


@pytest.mark.parametrize(
    ("one", "other", "kinds"),
    [
        ("Free Shipping", "FREE shipping", ["case"]),
        ("L’été, déjà!", "L'été déjà", ["punctuation"]),
        ("50 Tage", "٥٠ Tage", ["digits"]),
        ("أهلا", "اهلا", ["letters"]),
        ("کتاب‌ها", "كتابها", ["letters"]),
        ("مُحَمَّد", "محمد", ["marks"]),
        ("ＡＢＣ", "ABC", ["width"]),
        ("Wochen ende", "Wochenende", ["spaces"]),
        ("Ja, JETZT", "ja jetzt", ["case", "punctuation"]),
    ],
)
def test_what_readers_confuse_is_folded_and_named(one, other, kinds):
    assert folded(one) == folded(other)
    assert overlooked(one, other) == kinds


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Größe", "Grösze"),
        ("été", "ete"),
        ("ไม่", "ไม"),
        ("50%", "50"),
        ("19 €", "19 $"),
        ("30", "80"),
        ("ば", "は"),
        ("й", "и"),
        ("آ", "ا"),
    ],
)
def test_letters_marks_on_them_and_figures_are_never_folded(one, other):
    assert folded(one) != folded(other)


def test_what_nobody_sees_counts_in_no_comparison():
    assert visible("e\u0301te\u0301 \n d\u2068e\u2069\u200b") == "été de"
    assert visible("最大 50% オフ\nセール") == "最大50%オフセール"
    assert normal("Ja,  JETZT", "strict") == "Ja, JETZT"
    assert normal("Ja,  JETZT", "folded") == "jajetzt"


def test_likeness_is_in_permille():
    assert similarity("Buy now", "BUY NOW!") == 1000
    assert similarity("Free shipping", "Fre shipping") == 957
    assert similarity("abc", "xyz") == 0


@pytest.mark.parametrize(
    ("expected", "found", "said"),
    [
        ("Free shipping", "Fre shipping", "Fr[e]e shipping"),
        ("Fre", "Free", "Fre{+e}"),
        ("30%", "80%", "{3>8}0%"),
        ("ไม่มี", "ไมมี", "ไ{ม่>ม}มี"),
        ("same", "same", "same"),
    ],
)
def test_a_departure_is_marked_letter_by_letter(expected, found, said):
    assert marked(expected, found) == said


@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(text):
    assert folded(folded(text)) == folded(text)


@given(st.text(max_size=20), st.text(max_size=20))
def test_texts_that_are_strictly_equal_are_equal_when_folded(one, other):
    if visible(one) == visible(other):
        assert folded(one) == folded(other)
