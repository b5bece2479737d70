"""What is set where, and how it came out: blocks of copy in columns, and the layer they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

Box = tuple[int, int, int, int]
"""x, y, width, height in pixels."""

Pixels = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]

Side: TypeAlias = Literal["start", "center", "end", "left", "right"]
"""`start` is left, or right in a right-to-left script."""


@dataclass(frozen=True, slots=True)
class Block:
    r"""One slot of the copy and how it is to look. Sizes in pixels, other lengths in em.

    Attributes:
        slot: the name used in errors.
        text: the words, exactly; `\n` breaks a line. Blocks without words are left out.
        size: smallest and largest font size.
        weight: 400 to 900.
        colour: of the words, `#rrggbb` or `#rrggbbaa`.
        lines: how many lines are allowed.
        gap: space above, in em of its own size; not for the first of a column.
        ratio: at most this much of the size of the column's largest block.
        single: prefer one line to the largest size.
        fill: colour of a box behind the words, or None.
        pad: space between words and the edge of that box, across and down.
        round: corners of that box; 1 makes a pill.
        tracking: extra space between letters.
        fonts: families that are asked first, by the names they have in the set of fonts.
        stretch: width of the letters in percent, where the font has more than one.
    """

    slot: str
    text: str
    size: tuple[float, float]
    weight: int = 400
    colour: str = "#000000"
    lines: int = 6
    gap: float = 0.9
    ratio: float = 100.0
    single: bool = False
    fill: str | None = None
    pad: tuple[float, float] = (0.0, 0.0)
    round: float = 1.0
    tracking: float = 0.0
    fonts: tuple[str, ...] = ()
    stretch: int = 100


@dataclass(frozen=True, slots=True)
class Column:
    """Blocks under each other in a box.

    Attributes:
        align: the side on which the lines of all blocks begin.
        valign: where all of them stand, up and down.
        anchor: where all of them stand, across; by default on the side of `align`.
    """

    box: Box
    blocks: Sequence[Block]
    align: Side = "start"
    valign: Literal["top", "middle", "bottom"] = "top"
    anchor: Side | None = None


@dataclass(frozen=True, slots=True)
class Fitted:
    """How one block came out.

    Attributes:
        slot: the block's name.
        size: font size in pixels.
        lines: number of lines.
        box: its words from cap height to last baseline, with the box behind them if any.
        ink: the smallest box around all its ink.
    """

    slot: str
    size: float
    lines: int
    box: Box
    ink: Box


@dataclass(frozen=True, slots=True)
class Layer:
    """The drawn copy: straight RGBA, shape (height, width, 4), to be laid at `x`, `y`."""

    x: int
    y: int
    pixels: Pixels
    blocks: tuple[Fitted, ...]


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all of them."""
    left, top, right, bottom = zip(*((x, y, x + w, y + h) for x, y, w, h in boxes), strict=True)
    return min(left), min(top), max(right) - min(left), max(bottom) - min(top)
