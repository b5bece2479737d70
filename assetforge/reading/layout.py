"""Where there is text in a picture: lines with their boxes, however they were painted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from assetforge.findings import Box
from assetforge.images import Image
from assetforge.reading.detector import detected
from assetforge.reading.engine import BLOCK, Line, read_lines
from assetforge.reading.preparing import (
    MARGIN,
    Grey,
    cleared,
    cut,
    dark_on_light,
    padded,
    stretched,
    strokes,
)

LONGEST: Final = 1600
"""Longest edge, in pixels, at which lines are looked for; larger pictures are scaled down."""

REACHES: Final = (30, 70)
"""Widest strokes that are looked for: one in so many parts of the shorter edge."""

LINE: Final = 40
"""Height, in pixels, at which a line that was detected is read."""


def lines_in(
    grey: Image, region: Box, model: str, *, detector: bool = False
) -> Iterator[list[Line]]:
    """Yield the lines of text in a region, as each view of it shows them.

    Dark text and light text are looked for apart, first large and then small; the picture as it
    is comes last. Boxes are in pixels of the picture.

    Raises:
        ActionFailed: an engine or a model is not installed.
    """
    factor = min(1.0, LONGEST / max(region[2:]))
    part = cut(grey, region, factor)
    if detector:
        yield _detected(grey, part, region, factor, model)
    for view in _views(part):
        yield _placed(read_lines(padded(view), model), region, factor)


def _views(part: Grey) -> Iterator[Grey]:
    for reach in REACHES:
        width = max(4, min(part.shape) // reach)
        for seen in (part, 255 - part):
            yield cleared(strokes(seen, width))
    yield part


def _detected(grey: Image, part: Grey, region: Box, factor: float, model: str) -> list[Line]:
    lines: list[Line] = []
    for x, y, width, height in detected(part):
        box = (
            region[0] + int(x / factor),
            region[1] + int(y / factor),
            max(1, int(width / factor)),
            max(1, int(height / factor)),
        )
        larger = LINE / box[3]
        view = stretched(strokes(dark_on_light(cut(grey, box, larger)), LINE // 4))
        lines += _placed(read_lines(padded(view), model, BLOCK), box, larger)
    return lines


def _placed(lines: list[Line], region: Box, factor: float) -> list[Line]:
    """Return lines of letters or digits with their boxes in pixels of the picture."""
    lettered = [each for each in lines if any(map(str.isalnum, each.text))]
    return [replace(each, box=_on_picture(each.box, region, factor)) for each in lettered]


def _on_picture(box: Box, region: Box, factor: float) -> Box:
    x, y, width, height = box
    left, top = max(0.0, (x - MARGIN) / factor), max(0.0, (y - MARGIN) / factor)
    size = int(width / factor) + 1, int(height / factor) + 1
    return region[0] + int(left), region[1] + int(top), *size
