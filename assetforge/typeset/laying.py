"""Laying a colour, or pixels, over a part of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]


def lay(part: Pixels, colour: Sequence[float] | Pixels, cover: NDArray[np.floating[Any]]) -> None:
    """Lay a colour, or other pixels of the same shape, over a part of a picture, in place.

    Args:
        part: shape (height, width, 3 or 4); what is transparent becomes as opaque as the cover.
        colour: red, green and blue, 0 to 255; or pixels.
        cover: 0 to 1 for each pixel.
    """
    above = cover
    if part.shape[2] == 4:
        old = part[..., 3].astype(np.float32) / np.float32(255)
        alpha = cover + old * (np.float32(1) - cover)
        above = np.where(alpha > 0, cover / np.maximum(alpha, np.float32(1e-6)), np.float32(0))
        part[..., 3] = alpha * np.float32(255) + np.float32(0.5)
    for at in range(3):
        paint = (
            colour[..., at].astype(np.float32)
            if isinstance(colour, np.ndarray)
            else np.float32(colour[at])
        )
        before = part[..., at].astype(np.float32)
        part[..., at] = before + (paint - before) * above + np.float32(0.5)
