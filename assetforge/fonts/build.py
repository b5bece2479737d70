"""Builds the bundled fonts: subsets of Noto, from a folder of the originals.

    python -m assetforge.fonts.build SOURCES [OUT]

`SOURCES` is searched at any depth for the file names in `RECIPES`; `README.md` names the package
and version each one came in. The same sources and fontTools give the same bytes.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# fontTools has no type stubs.
from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.varLib import instancer  # type: ignore[import-untyped]

WEIGHTS = (400, 900)
"""The part of the weight axis that is kept; 400 becomes the default."""

COMMON = "0020-007E 00A0-00FF 2000-206F 20A0-20C0 2100-214F 2190-21FF 2212 2260-2265 25CC"
"""Wanted of every font that has them: Latin-1, punctuation, currency, arrows, dotted circle."""

LATIN_GREEK_CYRILLIC = (
    COMMON + " 0100-036F 0370-052F 1AB0-1AFF 1D00-1DFF 1E00-1FFF 2070-209F 2150-218F"
    " 2200-22FF 25A0-25FF 2C60-2C7F 2DE0-2DFF A640-A69F A700-A7FF AB30-AB6F FB00-FB06 FFFC-FFFD"
)
SYMBOLS = (
    "203C 2049 2116 2122 2139 2190-21FF 2300-23FF 2460-24FF 2580-27BF 2900-297F 2B00-2BFF"
    " 1F100-1F1AD"
)
OPERATORS = "2200-22FF"
KANA_AND_WIDTH_FORMS = "2010-2027 2030-203B 3000-30FF 31F0-31FF 3200-33FF FE30-FE4F FF01-FFEF"
VARIABLE = "Arabic Hebrew Devanagari Bengali Tamil Telugu Thai Lao Khmer Myanmar"
STATIC = "Armenian Georgian Ethiopic Gujarati Gurmukhi Kannada Malayalam Oriya Sinhala"
"""Scripts that come in two weights only."""

CJK_SHAPING = ["ccmp", "kern", "liga", "mark", "mkmk", "calt", "rlig"]
"""No vertical setting and no `locl`: each CJK font speaks for one script."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one bundled font is made: which file, and which code points of it (None: all).

    A `further` one is not for drafts: see `assetforge.fonts.further`.
    """

    source: str
    wanted: frozenset[int] | None = None
    cjk: bool = False
    further: bool = False

    @property
    def target(self) -> str:
        """Where the bundled file lies: it is called as the source, without its axes."""
        folder = "further/" if self.further else ""
        return folder + re.sub(r"\[.*\]", "", self.source)


def code_points(ranges: str) -> Iterator[int]:
    """Yield the code points of hexadecimal ranges such as `0020-007E 00A0`."""
    for part in ranges.split():
        first, _, last = part.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def charset(codec: str, leads: Iterable[int], trails: Iterable[int]) -> Iterator[int]:
    """Yield the code points of the double-byte characters of a legacy character set."""
    trails = list(trails)
    for lead in leads:
        for trail in trails:
            text = bytes((lead, trail)).decode(codec, "ignore")
            if len(text) == 1:
                yield ord(text)


def _cjk(source: str, *sets: Iterable[int]) -> Recipe:
    wanted = set(code_points(COMMON + " " + KANA_AND_WIDTH_FORMS)).union(*sets)
    return Recipe(source, frozenset(wanted), cjk=True)


def recipes() -> list[Recipe]:
    """Return what is bundled, in the order of the table in `README.md`."""
    high = range(0xA1, 0xFF)
    hangul = code_points("1100-11FF 3131-318E")
    not_hanja = (c for c in charset("euc_kr", high, high) if not 0x4E00 <= c <= 0x9FFF)
    shift_jis = charset("cp932", [*range(0x81, 0xA0), *range(0xE0, 0xFD)], range(0x40, 0xFD))
    # Big5 level 1 ends at C67E; the symbols before it (A140–A3BF) are wanted too.
    big5 = charset("big5", range(0xA1, 0xC7), [*range(0x40, 0x7F), *high])
    return [
        Recipe("NotoSans[wdth,wght].ttf", frozenset(code_points(LATIN_GREEK_CYRILLIC))),
        *(Recipe(f"NotoSans{script}[wdth,wght].ttf") for script in VARIABLE.split()),
        *(Recipe(f"NotoSans{script}-Regular.ttf") for script in STATIC.split()),
        *(Recipe(f"NotoSans{script}-Bold.ttf") for script in STATIC.split()),
        _cjk("NotoSansJP[wght].ttf", shift_jis),
        _cjk("NotoSansSC[wght].ttf", charset("gb2312", high, high)),
        _cjk("NotoSansTC[wght].ttf", big5),
        _cjk("NotoSansKR[wght].ttf", not_hanja, hangul),
        Recipe("NotoSansSymbols2-Regular.ttf", frozenset(code_points(SYMBOLS))),
        Recipe("NotoSansMath-Regular.ttf", frozenset(code_points(OPERATORS)), further=True),
    ]


def build(recipe: Recipe, source: Path) -> TTFont:
    """Return the subset, its width axis dropped and its weight axis cut to `WEIGHTS`."""
    font = TTFont(source, recalcTimestamp=False)
    options = Options(hinting=False, drop_tables=["vhea", "vmtx", "VORG", "VVAR", "BASE", "DSIG"])
    options.drop_tables += Options().drop_tables
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14, 16, 17]
    if recipe.cjk:
        options.layout_features = CJK_SHAPING
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=recipe.wanted or font.getBestCmap())
    subsetter.subset(font)
    if "fvar" in font:
        limits: dict[str, object] = {
            axis.axisTag: WEIGHTS if axis.axisTag == "wght" else None for axis in font["fvar"].axes
        }
        instancer.instantiateVariableFont(font, limits, inplace=True)
    return font


def licence(fonts: Iterable[TTFont], terms: str) -> str:
    """Return the licence: every copyright line once, then the terms of the OFL."""
    lines = sorted({str(font["name"].getDebugName(0)).strip() for font in fonts})
    return "\n".join(lines) + "\n\n" + terms[terms.index("This Font Software is licensed") :]


def main() -> None:
    """Build every recipe and write the licence beside the fonts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("sources", type=Path)
    parser.add_argument("out", type=Path, nargs="?", default=Path(__file__).parent)
    options = parser.parse_args()
    found = {path.name: path for path in sorted(options.sources.rglob("*")) if path.is_file()}
    if lost := [recipe.source for recipe in recipes() if recipe.source not in found]:
        parser.exit(2, f"build: not in {options.sources}: {', '.join(lost)}\n")
    fonts = []
    for recipe in recipes():
        font = build(recipe, found[recipe.source])
        target = options.out / recipe.target
        target.parent.mkdir(exist_ok=True)
        font.save(target)
        fonts.append(font)
        print(recipe.target, target.stat().st_size)
    (options.out / "OFL.txt").write_text(licence(fonts, found["OFL.txt"].read_text("utf-8")))


if __name__ == "__main__":
    main()
