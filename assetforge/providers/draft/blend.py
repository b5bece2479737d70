"""Laying one picture over another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assetforge.providers.draft.canvas import Plane
from assetforge.providers.draft.colour import Colour
from assetforge.typeset import Box, Layer, laying

Pixels = NDArray[np.uint8]


def lay(pixels: Pixels, box: Box, colour: Colour | Pixels, cover: Plane) -> None:
    """Lay a colour, or other pixels, over a box of a picture, in place.

    Args:
        pixels: shape (height, width, 3 or 4); transparent parts become as opaque as the cover.
        box: where; it must lie inside the picture.
        colour: one colour, or pixels of the box's size.
        cover: 0 to 1 for each pixel of the box.
    """
    x, y, width, height = box
    part = pixels[y : y + height, x : x + width]
    laying.lay(part, colour, cover)


def lay_layer(pixels: Pixels, layer: Layer, clip: Box) -> None:
    """Lay a layer of words over a picture, in place, and only inside the clip."""
    left, top = max(layer.x, clip[0], 0), max(layer.y, clip[1], 0)
    height, width = layer.pixels.shape[:2]
    right = min(layer.x + width, clip[0] + clip[2], pixels.shape[1])
    bottom = min(layer.y + height, clip[1] + clip[3], pixels.shape[0])
    part = layer.pixels[top - layer.y : bottom - layer.y, left - layer.x : right - layer.x]
    cover = part[..., 3].astype(np.float32) / np.float32(255)
    lay(pixels, (left, top, right - left, bottom - top), part, cover)
