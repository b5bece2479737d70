"""Figures of a text, such as `50%` or `1,990`, which are read apart from its letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from assetforge.reading.comparison import SIGNS

_FIGURE: Final = re.compile(rf"[0-9{SIGNS}]+")
_BETWEEN: Final = re.compile(rf"(?<=[0-9])[.,'’ \u00a0\u202f](?=[0-9])|(?<=[0-9])\s(?=[{SIGNS}])")
"""What stands within a figure and is not compared: separators, and the space before a sign."""


def figures_of(text: str) -> list[str]:
    """Return the figures of a text, without their separators."""
    return _FIGURE.findall(_BETWEEN.sub("", text))


def without_figures(text: str) -> str:
    """Return a text with a zero for each of its figures: where they stand counts, too."""
    return _FIGURE.sub("0", _BETWEEN.sub("", text))


def can_be_read_apart(text: str) -> bool:
    """Tell whether a text has figures, and all of its digits are those that Latin script has."""
    digits = [each for each in text if each.isdecimal()]
    return bool(digits) and all(each.isascii() for each in digits)


def figures_agree(expected: str, readings: Sequence[str], apart: Sequence[str]) -> bool:
    """Tell whether the figures of a text are as they should be.

    Args:
        expected: the text.
        readings: the text as it was read for its letters, which may show signs as digits.
        apart: the text as it was read for its figures, which may show letters as digits.
    """
    wanted = figures_of(expected)
    # Beside Han or Hangul the model of Latin script reads too much; their own reads digits well.
    if all(figures_of(each) == wanted for each in readings):
        return True
    seen = [figures_of(each) for each in apart]
    if _most(each == wanted for each in seen):
        return True
    as_many = _most(len(figures_of(each)) == len(wanted) for each in readings)
    return as_many and _most(_in_order(wanted, each) for each in seen)


def _most(answers: Iterator[bool]) -> bool:
    every = list(answers)
    return 2 * sum(every) > len(every)


def _in_order(wanted: Sequence[str], seen: Sequence[str]) -> bool:
    left = iter(seen)
    return all(each in left for each in wanted)
