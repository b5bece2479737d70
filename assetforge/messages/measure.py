"""How much room a message takes, in columns: a Latin letter has one, a Chinese character two."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import assert_never

from assetforge.messages.pattern import (
    Choice,
    Part,
    Placeholder,
    Reference,
    Value,
    as_pattern,
)

PLACE_COLUMNS = 4
"""Taken for a value or another message: nobody knows yet what stands there."""

# Emoji that are drawn as one picture: joined, or with a tone of skin.
_EMOJI = "[\u2190-\u2bff\U0001f000-\U0001faff]\ufe0f?"
_ONE_PICTURE = re.compile(f"{_EMOJI}(?:[\U0001f3fb-\U0001f3ff]|\u200d{_EMOJI})+")
_PICTURE = "\U0001f600"

_NO_COLUMN = frozenset({"Mn", "Me", "Cf", "Cc"})  # marks, format characters, controls


def width(text: str) -> int:
    """Return the columns of a text.

    A mark that stands on a letter has none, nor has what cannot be seen; emoji that are joined to
    one picture have the two of one.
    """
    if text.isascii() and text.isprintable():
        return len(text)
    return sum(map(_columns, _ONE_PICTURE.sub(_PICTURE, text)))


def longest(candidates: Mapping[str, Value]) -> str:
    """Return the key of the message whose longest form is widest; of several, the first by name.

    Raises:
        ValueError: there is no candidate.
    """
    return max(sorted(candidates), key=lambda key: extent(candidates[key], width, PLACE_COLUMNS))


def extent(value: Value, size: Callable[[str], int], place: int) -> int:
    """Return the size of a message's longest form.

    Args:
        value: what the message says.
        size: of a text, such as its width or its characters.
        place: size taken for what is put in.
    """
    return sum(_part(part, size, place) for part in as_pattern(value))


def _part(part: Part, size: Callable[[str], int], place: int) -> int:
    match part:
        case str():
            return size(part)
        case Placeholder() | Reference():
            return place
        case Choice():
            return max((extent(case, size, place) for _, case in part.cases), default=0)
        case _:
            assert_never(part)


def _columns(character: str) -> int:
    if unicodedata.category(character) in _NO_COLUMN:
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
