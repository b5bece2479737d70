"""Font files: what they cover, and how they shape a text. The one door to uharfbuzz."""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path
from typing import NamedTuple

import uharfbuzz as hb

from assetforge import fonts
from assetforge.errors import ActionFailed

SUFFIXES = {b"OTTO": ".otf", b"ttcf": ".ttc", b"\0\1\0\0": ".ttf", b"true": ".ttf"}
"""First bytes of a font file → what it has to be called. Source: OpenType 1.9, table directory."""

WEB = (b"wOFF", b"wOF2")


class Face(NamedTuple):
    """One font as HarfBuzz sees it, and the code points it has."""

    font: hb.Font
    covered: frozenset[int]


class Shape(NamedTuple):
    """One glyph of a shaped text, and the index of the character it stands for.

    `over` and `under` are how far its ink rises above the baseline and falls below it, in em.
    """

    glyph: int
    at: int
    over: float
    under: float


def suffix_of(data: bytes) -> str:
    """Return what a font file has to be called, by its first bytes.

    Raises:
        ActionFailed: `damaged-font`: the bytes are of no font, or of one for web pages.
    """
    if (suffix := SUFFIXES.get(data[:4])) is not None:
        return suffix
    if data[:4] in WEB:
        raise _damaged("it is packed for web pages; give its .ttf or .otf")
    raise _damaged("it is no .ttf, .otf or .ttc")


def faces_in(data: bytes) -> list[Face]:
    """Return the fonts of a file, in its order; a collection has several.

    Raises:
        ActionFailed: `damaged-font`: one of them has no letters that can be read.
    """
    suffix_of(data)
    blob = hb.Blob(data)
    found = [_face(hb.Face(blob, index)) for index in range(max(1, hb.Face(blob).count))]
    if not all(each.covered for each in found):
        raise _damaged("no letters can be read from it; get the file again")
    if not all(_is_whole(data, start) for start in _starts(data)):
        raise _damaged("it is cut short; get the file again")
    return found


def _starts(data: bytes) -> tuple[int, ...]:
    """Return where the fonts of a file begin. Source: OpenType 1.9, font collections."""
    if data[:4] != b"ttcf":
        return (0,)
    (count,) = struct.unpack_from(">I", data, 8)
    return struct.unpack_from(f">{count}I", data, 12)


def _is_whole(data: bytes, start: int) -> bool:
    """Tell whether the file holds all that its table directory names."""
    (count,) = struct.unpack_from(">H", data, start + 4)
    records = struct.iter_unpack(">4sIII", data[start + 12 : start + 12 + 16 * count])
    return all(offset + length <= len(data) for _, _, offset, length in records)


def _damaged(why: str) -> ActionFailed:
    return ActionFailed("damaged-font", why)


def _face(face: hb.Face) -> Face:
    return Face(hb.Font(face), frozenset(face.unicodes))


@cache
def bundled(path: Path) -> Face:
    """Return a font of the bundle, read once a process."""
    return _face(hb.Face(path.read_bytes()))


@cache
def bundle() -> tuple[Face, ...]:
    """Return every font of the bundle, in its order."""
    return tuple(bundled(path) for path in fonts.files())


def shaped(text: str, face: Face, weight: int | None = None) -> list[Shape]:
    """Return the glyphs of a text of one script and one font, from left to right.

    `weight` is for fonts that have more than one.
    """
    font = face.font
    if weight is not None and font.face.has_var_data:
        font = hb.Font(font.face)  # its own: another thread may be shaping in another weight
        font.set_variations({"wght": weight})
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(font, buffer)
    drawn = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    return [
        Shape(info.codepoint, info.cluster, *_reach(font, info.codepoint, position.y_offset))
        for info, position in drawn
    ]


def _reach(font: hb.Font, glyph: int, raised: int) -> tuple[float, float]:
    extents = font.get_glyph_extents(glyph)
    if extents is None:
        return 0.0, 0.0
    top, upem = extents.y_bearing + raised, font.face.upem
    return top / upem, -(top + extents.height) / upem


def glyph_of(character: int, face: Face) -> int | None:
    """Return the glyph of a code point that stands alone."""
    glyph: int | None = face.font.get_nominal_glyph(character)
    return glyph
