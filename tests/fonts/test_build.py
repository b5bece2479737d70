import sys

import pytest
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # it has no stubs

from assetforge import fonts
from assetforge.fonts import build


def test_code_points_are_read_from_ranges():
    assert list(build.code_points("0041-0043 20AC")) == [0x41, 0x42, 0x43, 0x20AC]


def test_a_charset_yields_the_characters_of_its_two_byte_codes():
    assert chr(next(iter(build.charset("gb2312", [0xB0], [0xA1])))) == "啊"


def test_every_bundled_font_has_a_recipe_and_every_recipe_a_font():
    assert {recipe.target for recipe in build.recipes()} == {
        path.relative_to(fonts.FOLDER).as_posix() for path in (*fonts.files(), *fonts.further())
    }


def test_a_subset_has_what_was_wanted_and_only_the_weight_axis():
    recipe = build.Recipe("NotoSansThai.ttf", frozenset({0x0E01, 0x0E02}))

    font = build.build(recipe, fonts.FOLDER / recipe.source)

    assert set(font.getBestCmap()) == {0x0E01, 0x0E02}
    assert [axis.axisTag for axis in font["fvar"].axes] == ["wght"]


def test_the_script_writes_the_fonts_and_their_licence(tmp_path, monkeypatch, capsys):
    """Twice the same bytes, so that a rebuild of the bundle is no change."""
    recipe = build.Recipe("NotoSansJP.ttf", frozenset({0x4E00}), cjk=True)
    static = build.Recipe("NotoSansSymbols2-Regular.ttf", frozenset({0x2713}))
    monkeypatch.setattr(build, "recipes", lambda: [recipe, static])
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(sys, "argv", ["build", str(fonts.FOLDER), str(tmp_path / name)])
        build.main()
        made.append((tmp_path / name / "NotoSansJP.ttf").read_bytes())

    assert made[0] == made[1]
    assert set(TTFont(tmp_path / "one" / "NotoSansJP.ttf").getBestCmap()) == {0x4E00}
    assert "Adobe" in (tmp_path / "one" / "OFL.txt").read_text("utf-8")
    assert "NotoSansJP.ttf" in capsys.readouterr().out


def test_a_missing_source_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["build", str(tmp_path), str(tmp_path)])

    with pytest.raises(SystemExit, match="2"):
        build.main()

    assert "NotoSans[wdth,wght].ttf" in capsys.readouterr().err
