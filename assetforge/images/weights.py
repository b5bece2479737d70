"""How much of a changed picture is kept where: all inside a box, nothing outside, soft between."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

from assetforge.images.bands import Band

Weights: TypeAlias = Callable[[Band], NDArray[np.uint8]]
"""Returns the weights of a band's pixels, by row and column: 0 keeps nothing, 255 all."""


def box_weights(size: tuple[int, int], box: tuple[int, int, int, int], feather: int) -> Weights:
    """Return the weights that keep a box: x, y, width and height in pixels.

    They rise over `feather` pixels inside the box, and are 0 for the pixels outside alone. Where
    the box ends with the picture there is nothing to blend with, and no edge to soften.
    """
    across = _rising(size[0], box[0], box[2], feather)
    down = _rising(size[1], box[1], box[3], feather)

    def weights(band: Band) -> NDArray[np.uint8]:
        left, top, right, bottom = band
        product = np.multiply.outer(down[top:bottom], across[left:right])
        return ((product + 254) // 255).astype(np.uint8)

    return weights


def _rising(edge: int, start: int, length: int, feather: int) -> NDArray[np.uint16]:
    """Return the weights along one edge of the picture."""
    ramp = _smooth(min(feather, length))
    line = np.zeros(edge, dtype=np.uint16)
    inside = line[start : start + length]
    inside[:] = 255
    if start > 0:
        inside[: ramp.size] = ramp
    if start + length < edge:
        # Both ramps, where the box is too narrow for them to stand side by side.
        end = inside[inside.size - ramp.size :]
        np.minimum(end, ramp[::-1], out=end)
    return line


def _smooth(length: int) -> NDArray[np.uint16]:
    """Return so many weights from 1 to 255 that start and end gently."""
    part = (np.arange(length) + 0.5) / max(1, length)
    return np.maximum(1, np.rint(255 * part * part * (3 - 2 * part))).astype(np.uint16)


def mask_weights(opacity: Image) -> Weights:
    """Return the weights that keep what a mask lets through: 255 where it is not opaque at all."""

    def weights(band: Band) -> NDArray[np.uint8]:
        return 255 - np.asarray(opacity.crop(band), dtype=np.uint8)

    return weights


def nothing_kept(band: Band) -> NDArray[np.uint8]:
    """Return the weights of a picture of which nothing may change."""
    left, top, right, bottom = band
    return np.zeros((bottom - top, right - left), dtype=np.uint8)
