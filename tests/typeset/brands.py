"""Small fonts of a project's own, cut from the bundled ones and renamed."""

from functools import cache
from io import BytesIO

from fontTools.fontBuilder import FontBuilder  # type: ignore[import-untyped]  # it has no stubs
from fontTools.pens.ttGlyphPen import TTGlyphPen  # type: ignore[import-untyped]
from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]
from fontTools.ttLib.tables.TupleVariation import (  # type: ignore[import-untyped]
    TupleVariation,
)

from assetforge import fonts

LATIN = "Free your inbox, breathe! Mail without adverts 0123456789"
ARABIC = "تخفيضات الصيف"


@cache
def brand(
    family: str, letters: str = LATIN, source: str = "NotoSans.ttf", *, joins: bool = True
) -> bytes:
    """Return a font of some letters; one that does not join has none of its shaping tables."""
    font = TTFont(BytesIO(cut(letters, source, joins)), recalcTimestamp=False)
    for record in font["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = family
    return saved(font)


@cache
def cut(letters: str, source: str, joins: bool) -> bytes:
    """Return some letters of a bundled font, which take half a second to find."""
    font = TTFont(fonts.FOLDER / source, recalcTimestamp=False)
    subsetter = Subsetter(Options(drop_tables=[] if joins else ["GSUB", "GPOS"]))
    subsetter.populate(text=letters)
    subsetter.subset(font)
    return saved(font)


def saved(font: TTFont | TTCollection) -> bytes:
    """Return a font's file."""
    file = BytesIO()
    font.save(file)
    return file.getvalue()


@cache
def collection() -> bytes:
    """Return two families in one file."""
    both = TTCollection()
    both.fonts = [TTFont(BytesIO(brand(name))) for name in ("Brand One", "Brand Two")]
    return saved(both)


@cache
def elastic() -> bytes:
    """Return a font of blocks that has a width of 50 to 100 percent."""
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "space", "A"])
    builder.setupCharacterMap({32: "space", 65: "A"})
    pen = TTGlyphPen(None)
    for at in ((0, 0), (0, 700), (900, 700), (900, 0)):
        (pen.lineTo if at != (0, 0) else pen.moveTo)(at)
    pen.closePath()
    empty = TTGlyphPen(None).glyph()
    builder.setupGlyf({".notdef": empty, "space": empty, "A": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "space": (500, 0), "A": (1000, 0)})
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    names = {"familyName": "Elastic", "styleName": "Regular", "psName": "Elastic-Regular"}
    builder.setupNameTable(names)
    builder.setupOS2()
    builder.setupPost()
    builder.setupFvar([("wdth", 50, 100, 100, "Width")], [])
    narrower = [(0, 0), (0, 0), (-450, 0), (-450, 0), (0, 0), (-500, 0), (0, 0), (0, 0)]
    builder.setupGvar({"A": [TupleVariation({"wdth": (-1, -1, 0)}, narrower)]})
    return saved(builder.font)
