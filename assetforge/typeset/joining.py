"""Do the letters of a cursive script join? Arabic whose letters stand apart is wrong Arabic."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

from assetforge.typeset.faces import Face, glyph_of, shaped

PRESENTATION_FORMS = (*range(0xFB50, 0xFE00), *range(0xFE70, 0xFEFD))
"""Unicode's own list of how Arabic letters look at the start, middle and end of a word."""

ZERO_WIDTH_JOINER = "\u200d"
TATWEEL = "\u0640"


@cache
def forms() -> tuple[frozenset[str], frozenset[str]]:
    """Return the letters that join the next one, and those that join the one before."""
    onward, back = {TATWEEL, ZERO_WIDTH_JOINER}, {TATWEEL, ZERO_WIDTH_JOINER}
    for code in PRESENTATION_FORMS:
        kind, *letters = unicodedata.decomposition(chr(code)).split() or [""]
        if len(letters) == 1:
            letter = chr(int(letters[0], 16))
            onward |= {letter} if kind == "<initial>" else set()
            back |= {letter} if kind == "<final>" else set()
    return frozenset(onward), frozenset(back)


def unjoined(run: str, face: Face) -> list[str]:
    """Return the letters of a text of one font that join the next but are drawn as if alone."""
    joining = list(_joining(run))
    if not joining:
        return []
    drawn = {each.at: each.glyph for each in shaped(run, face)}
    alone = {at: glyph_of(ord(run[at]), face) for at in joining}
    return [run[at] for at in joining if at in drawn and drawn[at] == alone[at]]


def _joining(run: str) -> Iterator[int]:
    """Yield where the letters stand that join the next one."""
    onward, back = forms()
    for at, letter in enumerate(run):
        if letter in onward and letter not in (TATWEEL, ZERO_WIDTH_JOINER):
            after = next((c for c in run[at + 1 :] if unicodedata.category(c) != "Mn"), "")
            if after in back:
                yield at
