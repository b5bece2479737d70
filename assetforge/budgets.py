"""Whether a text is as short as its slot asks, before anything is spent on it.

Counted is what a reader sees: after values are put in, in Unicode's composed form, without space
around it. Characters and bytes are those that are there, seen or not: stores count them so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from importlib import import_module
from typing import NamedTuple

from assetforge.length import Length, Unit
from assetforge.messages.measure import width
from assetforge.pipeline import Slot

WITHOUT_SPACES = frozenset({"Hans", "Hant", "Jpan", "Khmr", "Laoo", "Mymr", "Thai", "Tibt"})
"""Scripts that put no space between words: their words are not counted."""

UNBOUNDED = 10**9

# Format characters that join others, and those that are drawn (Prepended_Concatenation_Mark).
_KEPT = frozenset("\u200c\u200d\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")
# Source: Unicode UAX 14, mandatory breaks.
_LINE_END = re.compile(r"\r\n|[\n\v\f\r\x85\u2028\u2029]")


class Excess(NamedTuple):
    """A bound that a text is over: it has `has` of a unit, and may have `most`."""

    has: int
    most: int
    unit: str
    preset: str = ""

    def __str__(self) -> str:
        whose = f" of {self.preset}" if self.preset else ""
        return (
            f"has {self.has} {self.unit}, {self.has - self.most} more than the {self.most}{whose}"
        )


def count(text: str, unit: Unit) -> int:
    """Return how much of a unit a text has; see `assetforge.length.Unit`."""
    shown = unicodedata.normalize("NFC", text).strip()
    match unit:
        case "graphemes":
            return len(shown) if shown.isascii() else _graphemes(_seen(shown))
        case "characters":
            return len(shown)
        case "columns":
            return width(_seen(shown))
        case "bytes":
            return len(shown.encode())


def _seen(text: str) -> str:
    """Return a text without format characters, such as U+200B and marks of direction."""
    if text.isascii():
        return text
    kept = (each for each in text if unicodedata.category(each) != "Cf" or each in _KEPT)
    return "".join(kept).strip()


def _graphemes(text: str) -> int:
    # Loaded here: most plans count none.
    found: int = import_module("assetforge.graphemes").count_graphemes(text)
    return found


def excesses(text: str, slot: Slot, script: str, max_characters: int | None) -> Iterator[Excess]:
    """Yield every bound that a text is over.

    Args:
        text: with its values put in.
        slot: says the bounds.
        script: ISO 15924 code of the text.
        max_characters: the bound that the message's catalog states, if it does.
    """
    for length in (slot.max_length, Length(max_characters or UNBOUNDED, "characters")):
        if length and (has := count(text, length.unit)) > length.most:
            yield Excess(has, length.most, length.unit, length.preset)
    words = 0 if script in WITHOUT_SPACES else len(text.split())
    if slot.max_words and words > slot.max_words:
        yield Excess(words, slot.max_words, "words")
    if slot.max_lines and (has := len(_LINE_END.split(text.strip()))) > slot.max_lines:
        yield Excess(has, slot.max_lines, "lines")
