"""Boxes of a picture as they are written, `[0, 60%, 100%, 40%]`, and in pixels."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field

from assetforge.pipeline import Size
from assetforge.steps.base import Box, Problem


def _length(value: object) -> str:
    text = str(value)
    if not re.fullmatch(r"\d{1,5}%?", text):
        raise ValueError("a length is pixels, such as 40, or percent of the picture, such as 60%")
    return text


Length = Annotated[str, BeforeValidator(_length)]
"""Pixels of the canvas, or percent of it."""

Region = Annotated[list[Length], Field(min_length=4, max_length=4)]
"""A box as [x, y, width, height]."""


def pixels(length: str, edge: int) -> int:
    """Return a length in pixels; percents are of `edge`."""
    return (int(length[:-1]) * edge + 50) // 100 if length.endswith("%") else int(length)


def box_on(region: list[str], canvas: Size) -> Box:
    """Return a box in pixels of the canvas, cut to it.

    Raises:
        Problem: nothing of the box lies on the canvas.
    """
    x, y, width, height = (
        pixels(each, edge) for each, edge in zip(region, canvas * 2, strict=True)
    )
    width, height = min(width, canvas.width - x), min(height, canvas.height - y)
    if width <= 0 or height <= 0:
        raise Problem("empty-region", f"the region lies outside the {canvas} canvas", "region")
    return x, y, width, height
