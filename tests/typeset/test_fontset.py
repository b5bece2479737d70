from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it has no stubs

from assetforge.errors import ActionFailed
from assetforge.typeset import fontset
from assetforge.typeset.fontset import bundle, fontset_of
from assetforge.typeset.press import Listed, system_fonts
from tests.typeset.brands import ARABIC, LATIN, brand, collection, saved

SANS, SERIF = brand("Brand Sans"), brand("Brand Serif")
PICTURES = brand("Brand Pictures", "0123\u2713", "NotoSansSymbols2-Regular.ttf")


def test_without_fonts_of_the_project_there_is_the_bundle():
    assert fontset_of(()) is bundle()
    assert bundle().own_families == []
    assert bundle().in_order("Noto Sans Thai")[:2] == ["Noto Sans Thai", "Noto Sans"]
    assert bundle().in_order("Noto Sans")[-2:] == ["Noto Sans Symbols 2", "Noto Sans Math"]


def test_the_projects_fonts_come_first_in_the_order_of_their_files():
    order = fontset_of((SERIF, SANS)).in_order("Noto Sans Thai")

    assert order[:3] == ["Brand Serif", "Brand Sans", "Noto Sans Thai"]
    assert len(order) == len({*order})


def test_a_family_that_is_asked_for_comes_before_the_others():
    fonts = fontset_of((SERIF, SANS))

    assert fonts.in_order("Noto Sans", fonts.named(["brand sans"]))[:2] == [
        "Brand Sans",
        "Brand Serif",
    ]
    assert fonts.in_order("Noto Sans", fonts.named(["Noto Sans Thai"]))[:2] == [
        "Noto Sans Thai",
        "Brand Serif",
    ]


def test_a_font_of_emoji_is_asked_last_for_it_has_digits_too(monkeypatch):
    monkeypatch.setattr(fontset, "GRINNING_FACE", 0x2713)

    order = fontset_of((PICTURES, SANS)).in_order("Noto Sans")

    assert (order[0], order[-1]) == ("Brand Sans", "Brand Pictures")


def test_a_family_that_is_nowhere_is_refused_with_those_there_are():
    fonts = fontset_of((SERIF, SANS))

    with pytest.raises(ActionFailed) as caught:
        fonts.named(["Brand Sanz"])

    assert caught.value.code == "unknown-font"
    assert str(caught.value) == (
        "there is no font 'Brand Sanz'; did you mean 'Brand Sans'?; the project has Brand Sans, "
        "Brand Serif, the bundle Noto Sans for many scripts"
    )
    with pytest.raises(ActionFailed, match="'Papyrus'; add its file to the project's 'fonts'; the"):
        bundle().named(["Papyrus"])


def test_the_same_files_are_opened_once_whoever_asks():
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(fontset_of, [(SERIF, SANS)] * 8))

    assert len({id(each) for each in found}) == 1


def test_only_so_many_sets_are_kept(monkeypatch):
    monkeypatch.setattr(fontset, "MOST_SETS", 1)
    first = fontset_of((SANS,))
    fontset_of((SERIF,))

    assert fontset_of((SANS,)) is not first


def test_a_project_may_bring_its_own_cut_of_a_bundled_family():
    fonts = fontset_of((brand("Noto Sans", LATIN),))

    (cut,) = fonts.families["Noto Sans"]
    assert cut in fonts.own


def test_every_font_of_a_collection_is_there():
    fonts = fontset_of((collection(),))

    assert fonts.own_families == ["Brand One", "Brand Two"]
    assert all(ord("F") in each.covered for each in fonts.faces(["Brand One", "Brand Two"], 400))


def test_the_nearest_weight_of_a_family_is_taken():
    """As Typst does: else a letter that only the bold font lacks would not be missed."""
    regular, bold = (
        next(each for each in bundle().families["Noto Sans Armenian"] if each.weight == weight)
        for weight in (400, 700)
    )

    assert bundle().faces(["Noto Sans Armenian"], 450) != bundle().faces(
        ["Noto Sans Armenian"], 800
    )
    assert regular.path.stem.endswith("Regular")
    assert bold.path.stem.endswith("Bold")


@pytest.mark.parametrize(
    "damaged", [SANS[:3000], b"\0\1\0\0" + bytes(300), SANS[: len(SANS) * 2 // 3], b"no font"]
)
def test_a_damaged_file_is_named_by_its_place(damaged):
    with pytest.raises(ActionFailed, match=r"^font file 2 of the project cannot be used: ") as e:
        fontset_of((SERIF, damaged))

    assert e.value.code == "damaged-font"


def test_a_font_without_the_names_that_typst_needs_is_refused():
    """Typst passes over such a font without a word, and would draw with another."""
    font = TTFont(BytesIO(SANS))
    font["name"].names = [each for each in font["name"].names if each.nameID != 6]

    with pytest.raises(ActionFailed, match=r"font file 1 of .* names cannot be read"):
        fontset_of((saved(font),))


def test_fonts_of_the_machine_are_used_only_where_they_are_named(tmp_path, monkeypatch):
    file = tmp_path / "machine.ttf"
    file.write_bytes(brand("Machine Sans", ARABIC, "NotoSansArabic.ttf"))
    listed = Listed("Machine Sans", 400, 100, True, Path(file), 0)
    monkeypatch.setattr(fontset, "system_fonts", lambda: (listed,))

    assert fontset_of((), ["machine sans"]).own_families == ["Machine Sans"]
    assert fontset_of((), ["Another"]).own_families == []


def test_the_fonts_of_the_machine_can_be_listed():
    """What they are depends on the machine; a slim one has none."""
    assert all(each.path.is_absolute() for each in system_fonts())
