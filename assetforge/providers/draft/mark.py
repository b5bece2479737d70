"""The DRAFT mark, so that nobody ships a draft by mistake."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from assetforge.providers.draft.blend import lay
from assetforge.providers.draft.canvas import Plane
from assetforge.providers.draft.colour import WHITE, Colour, written
from assetforge.providers.draft.note import Mark, Picture
from assetforge.providers.draft.stage import stage_for
from assetforge.typeset import Block, Box, Column, Layer, typeset

SMALLEST = 48
"""Canvases with a shorter edge, in pixels, have no room for a mark."""


@lru_cache(maxsize=64)
def _chip(size: int, ground: str, ink: str) -> Layer:
    """Return the mark by itself; `size` is that of its letters, in pixels."""
    block = Block(
        "mark", "DRAFT", (size, size), 700, ink, 1, fill=ground, pad=(0.85, 0.58), tracking=0.16
    )
    layer = typeset([Column((0, 0, 9 * size, 3 * size), [block], valign="middle")], "Latn")
    x, y, width, height = layer.blocks[0].ink
    return replace(layer, pixels=layer.pixels[y : y + height, x : x + width])


def letter_size(size: tuple[int, int]) -> int:
    """Return the size of the mark's letters on a canvas, in pixels."""
    return max(8, round(0.0165 * (size[0] + size[1]) / 2 + 0.006 * min(size)))


def height_on(size: tuple[int, int]) -> int:
    """Return the mark's height on a canvas of this size."""
    return round(2.0 * letter_size(size))


def place_for(size: tuple[int, int], chip: tuple[int, int], rtl: bool, region: Box | None) -> Box:
    """Return where the mark goes: a corner away from the words."""
    stage = stage_for(size)
    x, y, width, height = region or (0, 0, *size)
    edge = round(0.45 * stage.margin) if region is None else round(0.4 * chip[1])
    left = x + edge if rtl else x + width - edge - chip[0]
    low = stage.kind == "wide" or region is not None
    top = y + height - edge - chip[1] if low else y + edge
    return left, top, *chip


def stamped(picture: Picture, rtl: bool = False, region: Box | None = None) -> Picture:
    """Return the picture with the mark on it, and what the mark hides."""
    ground, ink = _colours(picture)
    chip = _chip(letter_size(picture.size), written(ground), written(ink)).pixels
    height, width = chip.shape[:2]
    box = place_for(picture.size, (width, height), rtl, region)
    x, y, bound_width, bound_height = region or (0, 0, *picture.size)
    if min(picture.size) < SMALLEST or not holds((x, y, bound_width, bound_height), box):
        return picture
    pixels = picture.pixels.copy()
    under = pixels[box[1] : box[1] + height, box[0] : box[0] + width].copy()
    cover: Plane = chip[..., 3].astype(np.float32) / np.float32(255)
    lay(pixels, box, chip, cover)
    return replace(picture, pixels=pixels, mark=Mark(box, under))


def unstamped(picture: Picture) -> Picture:
    """Return the picture as it was before its mark."""
    if picture.mark is None:
        return picture
    x, y, width, height = picture.mark.box
    pixels = picture.pixels.copy()
    pixels[y : y + height, x : x + width] = picture.mark.under
    return replace(picture, pixels=pixels, mark=None)


def holds(outer: Box, inner: Box) -> bool:
    """Return whether a box lies in another."""
    return (
        inner[0] >= outer[0]
        and inner[1] >= outer[1]
        and inner[0] + inner[2] <= outer[0] + outer[2]
        and inner[1] + inner[3] <= outer[1] + outer[3]
    )


def _colours(picture: Picture) -> tuple[Colour, Colour]:
    """Return the mark's ground and letters: the palette's ends, so that it always reads."""
    if picture.palette is None:
        return (18.0, 18.0, 24.0), WHITE
    palette = picture.palette
    return palette.ink, palette.ground
