"""Texts drawn wrong on purpose: one letter or digit of one text, as models get it wrong.

What is changed shows however loosely it is read: never only the case, an accent, or a letter that
comparisons take for another.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

JOINERS: Final = "\u200c\u200d"

ALIKE: Final = ("اٱ", "يىیېےۍ", "كکڪ", "هةەہ")
"""Letters that a loose comparison does not tell apart, beside those that differ by a mark."""


FIRSTS: Final = {each: group[0] for group in ALIKE for each in group}


@dataclass(frozen=True, slots=True)
class Slip:
    """What was drawn wrong.

    Attributes:
        slot: the text's name in the prompt.
        expected, drawn: the text as it was asked for, and as it was drawn.
        how: `deleted`, `doubled`, `swapped` or `replaced`.
    """

    slot: str
    expected: str
    drawn: str
    how: str


def slips(texts: Mapping[str, str], seed: bytes, percent: int) -> Iterator[Slip]:
    """Yield ways to draw one of some texts wrong, or none; the seed decides whether and which.

    The first is to be drawn. The others stand in for it where it cannot be: a font may lack the
    letter, a box the room.

    Args:
        texts: slot → text.
        seed: what decides the picture.
        percent: how many of a hundred pictures have a wrong text.
    """
    chance = Random(b"slip" + seed)
    if chance.randrange(100) >= percent:
        return
    ways = [WAYS[name](chance, texts, slot) for slot in texts for name in WAYS]
    found = [each for each in ways if each and not _alike(each.drawn, each.expected)]
    chance.shuffle(found)
    yield from found


def clusters(text: str) -> list[str]:
    """Return a text's letters, each with its marks and joiners."""
    found: list[str] = []
    for each in text:
        joined = each in JOINERS or unicodedata.category(each).startswith("M")
        if found and (joined or found[-1][-1] in JOINERS):
            found[-1] += each
        else:
            found.append(each)
    return found


def _places(letters: list[str]) -> list[int]:
    """Return where a letter or digit stands."""
    return [at for at, each in enumerate(letters) if unicodedata.category(each[0])[0] in "LN"]


def _slip(how: str, slot: str, text: str, letters: list[str]) -> Slip:
    return Slip(slot, text, "".join(letters), how)


def _deleted(chance: Random, texts: Mapping[str, str], slot: str) -> Slip | None:
    letters = clusters(texts[slot])
    places = _places(letters)
    if len(places) < 2:
        return None
    at = chance.choice(places)
    return _slip("deleted", slot, texts[slot], letters[:at] + letters[at + 1 :])


def _doubled(chance: Random, texts: Mapping[str, str], slot: str) -> Slip | None:
    letters = clusters(texts[slot])
    places = _places(letters)
    if not places:
        return None
    at = chance.choice(places)
    return _slip("doubled", slot, texts[slot], [*letters[:at], letters[at], *letters[at:]])


def _swapped(chance: Random, texts: Mapping[str, str], slot: str) -> Slip | None:
    letters = clusters(texts[slot])
    places = set(_places(letters))
    pairs = [at for at in places if at + 1 in places and not _alike(*letters[at : at + 2])]
    if not pairs:
        return None
    at = chance.choice(sorted(pairs))
    swapped = [*letters[:at], letters[at + 1], letters[at], *letters[at + 2 :]]
    return _slip("swapped", slot, texts[slot], swapped)


def _replaced(chance: Random, texts: Mapping[str, str], slot: str) -> Slip | None:
    letters = clusters(texts[slot])
    places = _places(letters)
    if not places:
        return None
    at = chance.choice(places)
    others = _neighbours(letters[at], "".join(texts.values()))
    if not others:
        return None
    replaced = [*letters[:at], chance.choice(others), *letters[at + 1 :]]
    return _slip("replaced", slot, texts[slot], replaced)


WAYS: Final[Mapping[str, Any]] = {
    "deleted": _deleted,
    "doubled": _doubled,
    "swapped": _swapped,
    "replaced": _replaced,
}
"""How a text is drawn wrong."""


def _neighbours(letter: str, words: str) -> list[str]:
    """Return letters like one: of its script and kind, among the words or beside it in Unicode."""
    beside = [chr(ord(letter[0]) + step) for step in (-2, -1, 1, 2)]
    like = (each for each in [*words, *beside] if _kind(each) == _kind(letter[0]))
    return sorted({each for each in like if not _alike(each, letter)})


def _kind(character: str) -> tuple[str, str]:
    """Return a character's category and the first word of its name, which is its script."""
    return unicodedata.category(character), unicodedata.name(character, "").partition(" ")[0]


def _alike(one: str, two: str) -> bool:
    """Tell whether a loose comparison may take one text for another."""
    return _loose(one) == _loose(two)


def _loose(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    bare = (each for each in plain if not unicodedata.category(each).startswith("M"))
    return "".join(FIRSTS.get(each, each) for each in bare)
