"""Which lines of a picture are which slot of the copy: the best fit, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from assetforge.findings import Box
from assetforge.reading.boxes import around, common, share_in
from assetforge.reading.comparison import folded
from assetforge.reading.engine import Line

LEAST: Final = 350
"""Likeness in permille from which on lines are taken for a slot's."""

MOST_LINES: Final = 8
APART: Final = 1.6
"""Lines of one text are at most this far apart, in heights of a line."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Lines that may be a slot's text, in reading order; `likeness` in permille."""

    slot: str
    lines: tuple[Line, ...]
    likeness: int

    @property
    def box(self) -> Box:
        """The box around the lines."""
        return around(each.box for each in self.lines)

    @property
    def line_height(self) -> int:
        """The height of a middling line, in pixels."""
        heights = sorted(each.box[3] for each in self.lines)
        return heights[len(heights) // 2]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A text to find, and where to look for it."""

    slot: str
    text: str
    region: Box


def assigned(
    layouts: Sequence[Sequence[Line]], wanted: Sequence[Wanted], *, rtl: bool = False
) -> Mapping[str, Fit]:
    """Return the lines of each slot that was found, best fits first chosen.

    No two slots share a line. `layouts` are several looks at the same picture.
    """
    fits = [
        fit
        for lines in layouts
        for each in wanted
        for fit in _fits(each, [line for line in lines if _inside(line, each.region)], rtl)
    ]
    chosen: dict[str, Fit] = {}
    for fit in sorted(fits, key=lambda fit: (-fit.likeness, fit.box)):
        if fit.slot not in chosen and not _taken(fit, chosen):
            chosen[fit.slot] = fit
    return chosen


def _inside(line: Line, region: Box) -> bool:
    x, y, width, height = line.box
    return common((x + width // 2, y + height // 2, 1, 1), region) is not None


def _taken(fit: Fit, chosen: Mapping[str, Fit]) -> bool:
    return any(
        share_in(mine.box, other.box) > 0.3
        for each in chosen.values()
        for other in each.lines
        for mine in fit.lines
    )


def _fits(wanted: Wanted, lines: Sequence[Line], rtl: bool) -> Iterator[Fit]:
    """Yield what may be a text: each line, and each line with those that go on from it."""
    expected = folded(wanted.text)
    texts = {id(each): folded(each.text) for each in lines}
    open_ends: list[tuple[Line, ...]] = [(each,) for each in lines]
    while open_ends:
        grouped = open_ends.pop()
        found = "".join(texts[id(each)] for each in grouped)
        if (likeness := _likeness(expected, found)) >= LEAST:
            yield Fit(wanted.slot, grouped, likeness)
        # What does not begin like the text does not go on like it: else each way is tried.
        begun = len(found) < len(expected) and _likeness(expected[: len(found)], found) >= LEAST
        if begun and len(grouped) < MOST_LINES:
            open_ends += [(*grouped, each) for each in _next(grouped, lines, rtl)]


def _likeness(one: str, other: str) -> int:
    """Return how alike two texts are in permille; 0 below what counts."""
    pair = SequenceMatcher(None, one, other, autojunk=False)
    return round(pair.ratio() * 1000) if pair.quick_ratio() * 1000 >= LEAST else 0


def _next(grouped: Sequence[Line], lines: Sequence[Line], rtl: bool) -> Iterator[Line]:
    """Yield the lines that a text may go on with: beside its last line, or below."""
    last, taken = grouped[-1].box, {id(each) for each in grouped}
    left = min(each.box[0] for each in grouped)
    right = max(each.box[0] + each.box[2] for each in grouped)
    for line in lines:
        if id(line) not in taken and _of_a_size(line.box, last):
            x, y, width, height = line.box
            gap = last[0] - (x + width) if rtl else x - (last[0] + last[2])
            level = abs((y + height / 2) - (last[1] + last[3] / 2)) < min(height, last[3]) / 2
            beside = level and -height / 2 < gap < APART * height
            below = -height / 2 < y - (last[1] + last[3]) < APART * max(height, last[3])
            if beside or (below and not level and x < right and x + width > left):
                yield line


def _of_a_size(one: Box, other: Box) -> bool:
    return one[3] < 2.5 * other[3] and other[3] < 2.5 * one[3]
