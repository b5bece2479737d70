"""Can these fonts draw a text, every character of it and every letter as it has to look?"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from assetforge.errors import ActionFailed
from assetforge.typeset.faces import Face, bundle, glyph_of, shaped
from assetforge.typeset.joining import unjoined

INVISIBLE = frozenset({"Cf", "Zs", "Zl", "Zp"})
"""Unicode categories that need no glyph."""

DOTTED_CIRCLE = 0x25CC

ELSEWHERE = "take it out of the copy, or let another provider draw this step"

EMOJI = "Noto Color Emoji"

NAMED_ALIKE = {
    "CANADIAN": "Noto Sans Canadian Aboriginal",
    "TIBETAN": "Noto Serif Tibetan",
    "OL": "Noto Sans Ol Chiki",
    "NKO": "Noto Sans NKo",
    "YI": "Noto Sans Yi",
    "CJK": "Noto Sans CJK",
    "MATHEMATICAL": "Noto Sans Math",
    "MUSICAL": "Noto Music",
    "OLD": "Noto Sans of its script",
}
"""First word of a character's Unicode name → the font that has it, where the two differ."""


def missing(text: str, faces: Sequence[Face] | None = None) -> list[str]:
    """Return the characters of a text that none of the fonts has, each once, in order.

    Without fonts it is the bundled ones that count.
    """
    known = bundle() if faces is None else faces
    return [c for c in dict.fromkeys(text) if needs_glyph(c) and not _in_any(ord(c), known)]


def _in_any(character: int, faces: Iterable[Face]) -> bool:
    return any(character in face.covered for face in faces)


def needs_glyph(character: str) -> bool:
    """Tell whether a character is drawn with ink, or decides how another looks."""
    selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return not (selector or character == "\n" or unicodedata.category(character) in INVISIBLE)


def check(slot: str, text: str, faces: Sequence[Face] | None = None) -> None:
    """Make sure that a text can be drawn as written.

    Args:
        slot: what the text is called in errors.
        text: the words.
        faces: the fonts that are asked, first come first; without them the bundled ones.

    Raises:
        ActionFailed: `missing-glyph` names every character without a glyph; `broken-text` every
            mark that has no letter to stand on and would draw a dotted circle; `unjoined-text`
            every Arabic letter that a font would draw apart from the next.
    """
    known = bundle() if faces is None else faces
    if lost := missing(text, known):
        where = "the bundled fonts" if faces is None else "the project's and the bundled fonts"
        raise ActionFailed("missing-glyph", f"{slot}: {_glyph_problem(lost, where)}")
    if alone := _stranded_marks(text, known):
        raise ActionFailed(
            "broken-text",
            f"{slot}: a mark without its letter would draw a dotted circle: {_list_of(alone)}; "
            "correct the spelling in the catalog",
        )
    if apart := [c for run, face in runs(text, known) for c in unjoined(run, face)]:
        raise ActionFailed(
            "unjoined-text",
            f"{slot}: the font draws letters apart that have to join: "
            f"{_list_of(dict.fromkeys(apart))}; give another font, such as Noto Sans Arabic",
        )


def _glyph_problem(lost: list[str], where: str) -> str:
    advice = ELSEWHERE
    if where != "the bundled fonts":
        advice = f"add a font that has it to the project's 'fonts', such as {_font_for(lost[0])}"
    if any(map(_is_emoji, lost)):
        advice = f"emoji are not in the bundle; {advice}"
    return f"no glyph for {_list_of(lost)} in {where}; {advice}"


def _font_for(character: str) -> str:
    """Return a free font that is likely to have a character."""
    if _is_emoji(character):
        return EMOJI
    word = unicodedata.name(character, "").partition(" ")[0].partition("-")[0]
    return NAMED_ALIKE.get(word) or f"Noto Sans {word.capitalize()}".strip()


def _list_of(characters: Iterable[str]) -> str:
    return ", ".join(map(_named, characters))


def _named(character: str) -> str:
    name = unicodedata.name(character, "")
    shown = f" '{character}'" if character.isprintable() else ""
    return f"U+{ord(character):04X}" + (f" {name}" if name else "") + shown


def _is_emoji(character: str) -> bool:
    return "\U0001f000" <= character <= "\U0001faff" or "\u2600" <= character <= "\u27bf"


def _stranded_marks(text: str, faces: Sequence[Face]) -> list[str]:
    """Return the marks that HarfBuzz puts on a dotted circle of its own."""
    if chr(DOTTED_CIRCLE) in text or not any(_is_mark(c) for c in text):
        return []
    return [c for run, face in runs(text, faces) for c in _circled(run, face)]


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def runs(text: str, faces: Sequence[Face]) -> Iterable[tuple[str, Face]]:
    """Yield the text in runs of one script and one font: the first that has the character.

    Marks, digits and signs stay with what is before them. Some font has to have each character.
    """
    run, current, script = "", faces[0], ""
    for character in text:
        wanted = _script_of(character) or script
        stays = ord(character) in current.covered or not needs_glyph(character)
        if not stays or (script and wanted != script):
            if run:
                yield run, current
            run = ""
        if not stays:
            current = next(face for face in faces if ord(character) in face.covered)
        run, script = run + character, wanted
    yield run, current


def _script_of(character: str) -> str:
    """Return the first word of a letter's name, which tells its script; nothing for the rest."""
    return unicodedata.name(character, "").partition(" ")[0] if character.isalpha() else ""


def _circled(run: str, face: Face) -> list[str]:
    circle = glyph_of(DOTTED_CIRCLE, face)
    if circle is None:
        return []
    at = {each.at for each in shaped(run, face) if each.glyph == circle}
    return [next(filter(_is_mark, run[index:]), run[index]) for index in sorted(at)]
