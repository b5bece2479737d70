"""Where things go on a canvas: room for words, and room for one strong shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from assetforge.typeset import Box

WIDE, TALL = 1.2, 0.8
"""From this width ÷ height on a canvas is wide, up to this one tall; between them square."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The plan of one canvas, for a left-to-right script.

    Attributes:
        width, height: of the canvas in pixels.
        kind: its format.
        margin: the free edge in pixels.
        calm: the box that stays quiet, for words.
        hero: centre and radius of the strong shape.
    """

    width: int
    height: int
    kind: Literal["wide", "square", "tall"]
    margin: float
    calm: Box
    hero: tuple[float, float, float]

    @property
    def room(self) -> float:
        """How far the strong shape may reach from its centre before it comes under the words."""
        if self.kind == "wide":
            return self.hero[0] - self.calm[0] - self.calm[2]
        return self.calm[1] - self.hero[1]

    @property
    def horizon(self) -> float:
        """Where, on square and tall canvases, the shapes end and the words begin."""
        return self.calm[1] - 0.75 * self.margin


def stage_for(size: tuple[int, int]) -> Stage:
    """Return the plan of a canvas of any size."""
    width, height = size
    ratio = width / height
    if ratio >= WIDE:
        return _wide(width, height)
    return _square(width, height) if ratio > TALL else _tall(width, height)


def _wide(width: int, height: int) -> Stage:
    margin = 0.085 * height
    share = 0.54 if width < 2.2 * height else 0.58
    calm = _box(margin, margin, share * width - margin, height - 2 * margin)
    free = width - share * width
    radius = min(0.345 * height, 0.44 * free)
    return Stage(width, height, "wide", margin, calm, (width - 0.46 * free, 0.47 * height, radius))


def _square(width: int, height: int) -> Stage:
    margin = 0.07 * width
    top = 0.53 * height
    calm = _box(margin, top, width - 2 * margin, height - top - margin)
    return Stage(width, height, "square", margin, calm, (0.5 * width, 0.27 * height, 0.2 * height))


def _tall(width: int, height: int) -> Stage:
    """Leave the lowest tenth of a story free: its own buttons are shown there."""
    margin = 0.08 * width
    top, bottom = 0.57 * height, (0.9 if height > 1.6 * width else 0.95) * height
    calm = _box(margin, top, width - 2 * margin, bottom - top)
    radius = min(0.31 * width, 0.2 * height)
    return Stage(width, height, "tall", margin, calm, (0.5 * width, 0.3 * height, radius))


def _box(x: float, y: float, width: float, height: float) -> Box:
    return round(x), round(y), max(1, round(width)), max(1, round(height))
