import pytest

from assetforge import fonts
from assetforge.errors import ActionFailed
from assetforge.typeset.faces import bundle, faces_in, glyph_of, shaped, suffix_of
from tests.typeset.brands import brand, collection


def test_a_font_file_is_told_by_its_first_bytes():
    assert suffix_of(brand("Brand")) == ".ttf"
    assert suffix_of(collection()) == ".ttc"
    assert suffix_of(b"OTTO...") == ".otf"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "it is no .ttf, .otf or .ttc"),
        (b"GIF89a", "it is no .ttf, .otf or .ttc"),
        (b"wOF2....", "it is packed for web pages; give its .ttf or .otf"),
        (b"\0\1\0\0" + b"x" * 200, "no letters can be read from it"),
        (b"ttcf" + b"x" * 200, "no letters can be read from it"),
    ],
)
def test_what_is_no_font_is_refused(data, words):
    with pytest.raises(ActionFailed, match=words) as caught:
        faces_in(data)

    assert caught.value.code == "damaged-font"


def test_a_collection_has_several_fonts():
    one, two = faces_in(collection())

    assert ord("F") in one.covered & two.covered


def test_a_shape_says_how_far_its_ink_reaches():
    ((low,), (high,)) = (shaped(letter, bundle()[0]) for letter in ("g", "Ä"))

    assert low.under == pytest.approx(0.24, abs=0.01)
    assert high.over > 0.8
    assert high.under < 0.01


def test_a_heavier_letter_is_shaped_in_its_weight():
    (thin,), (heavy,) = (shaped("o", bundle()[0], weight) for weight in (400, 900))

    assert heavy.over > thin.over


def test_a_letter_without_a_font_has_no_glyph():
    assert glyph_of(0x1F600, bundle()[0]) is None
    assert len(bundle()) == len(fonts.files())
