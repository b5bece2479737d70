"""Blocks of a text within a limit: where it would be too long, the last rows are left out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from assetforge.forges.base import Limit
from assetforge.reports.markup import Html

GAP: Final = "\n\n"
"""A blank line ends a block of HTML in Markdown."""

END: Final = "\n"


@dataclass(frozen=True, slots=True)
class Section:
    """Rows that may be left out, the last first.

    `shown` returns the block of some rows, and says how many others there are.
    """

    rows: Sequence[Html]
    shown: Callable[[Sequence[Html], int], Html]

    def first(self, count: int) -> Html:
        """Return the block with so many of its rows."""
        return self.shown(self.rows[:count], len(self.rows) - count)


def fitted(
    head: Sequence[Html], sections: Sequence[Section], tail: Sequence[Html], limit: Limit
) -> str:
    """Return head, sections and tail as lines within a limit; earlier sections keep rows first.

    Head, tail, and the sections without their rows have to fit as they are.
    """
    bare = [each.first(0) for each in sections]
    left = limit.most - limit.size(GAP.join([*head, *bare, *tail]) + END)
    blocks = []
    for section, without in zip(sections, bare, strict=True):
        room = left + limit.size(without)
        block = section.first(_most(section, room, limit))
        left = room - limit.size(block)
        blocks.append(block)
    return GAP.join([*head, *blocks, *tail]) + END


def _most(section: Section, room: int, limit: Limit) -> int:
    """Return how many rows fit."""
    if limit.size(section.first(len(section.rows))) <= room:
        return len(section.rows)
    low, high = 0, len(section.rows) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if limit.size(section.first(middle)) <= room:
            low = middle
        else:
            high = middle - 1
    return low
