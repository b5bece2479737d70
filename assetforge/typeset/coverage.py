"""Can the bundled fonts draw a text? The one door to uharfbuzz."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

import uharfbuzz as hb

from assetforge import fonts
from assetforge.errors import ActionFailed

INVISIBLE = frozenset({"Cf", "Zs", "Zl", "Zp"})
"""Unicode categories that need no glyph."""

DOTTED_CIRCLE = 0x25CC


class Face(NamedTuple):
    """One bundled font as HarfBuzz sees it, and the code points it has."""

    font: hb.Font
    covered: frozenset[int]


@cache
def faces() -> tuple[Face, ...]:
    """Return every bundled font, read once a process."""
    return tuple(_face(path.read_bytes()) for path in fonts.files())


def _face(data: bytes) -> Face:
    face = hb.Face(data)
    return Face(hb.Font(face), frozenset(face.unicodes))


@cache
def covered() -> frozenset[int]:
    """Return the code points that some bundled font has a glyph for."""
    return frozenset().union(*(face.covered for face in faces()))


def missing(text: str) -> list[str]:
    """Return the characters of a text that no bundled font has, each once, in order."""
    return [c for c in dict.fromkeys(text) if ord(c) not in covered() and _needs_glyph(c)]


def _needs_glyph(character: str) -> bool:
    selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return not (selector or character == "\n" or unicodedata.category(character) in INVISIBLE)


def check(slot: str, text: str) -> None:
    """Make sure that a text can be drawn as written.

    Raises:
        ActionFailed: `missing-glyph` names every character without a glyph; `broken-text` every
            mark that has no letter to stand on and would draw a dotted circle.
    """
    if lost := missing(text):
        raise ActionFailed("missing-glyph", f"{slot}: {_glyph_problem(lost)}")
    if alone := _stranded_marks(text):
        named = ", ".join(map(_named, alone))
        raise ActionFailed(
            "broken-text",
            f"{slot}: a mark without its letter would draw a dotted circle: {named}; "
            "correct the spelling in the catalog",
        )


def _glyph_problem(lost: list[str]) -> str:
    named = ", ".join(map(_named, lost))
    advice = "take it out of the copy, or let another provider draw this step"
    if any(map(_is_emoji, lost)):
        advice = f"emoji are not in the bundle; {advice}"
    return f"no glyph for {named} in the bundled fonts; {advice}"


def _named(character: str) -> str:
    name = unicodedata.name(character, "")
    shown = f" '{character}'" if character.isprintable() else ""
    return f"U+{ord(character):04X}" + (f" {name}" if name else "") + shown


def _is_emoji(character: str) -> bool:
    return "\U0001f000" <= character <= "\U0001faff" or "\u2600" <= character <= "\u27bf"


def _stranded_marks(text: str) -> list[str]:
    """Return the marks that HarfBuzz puts on a dotted circle of its own."""
    if chr(DOTTED_CIRCLE) in text or not any(_is_mark(c) for c in text):
        return []
    return [c for run, face in _runs(text) for c in _circled(run, face)]


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _runs(text: str) -> Iterable[tuple[str, Face]]:
    """Yield the text in runs of one font: the first that has the character; marks follow."""
    run, current = "", faces()[0]
    for character in text:
        stays = ord(character) in current.covered or not _needs_glyph(character)
        if not stays:
            if run:
                yield run, current
            run = ""
            current = next(face for face in faces() if ord(character) in face.covered)
        run += character
    yield run, current


def _circled(run: str, face: Face) -> list[str]:
    circle = face.font.get_nominal_glyph(DOTTED_CIRCLE)
    if circle is None:
        return []
    buffer = hb.Buffer()
    buffer.add_str(run)
    buffer.guess_segment_properties()
    hb.shape(face.font, buffer)
    at = {info.cluster for info in buffer.glyph_infos if info.codepoint == circle}
    return [next(filter(_is_mark, run[index:]), run[index]) for index in sorted(at)]
