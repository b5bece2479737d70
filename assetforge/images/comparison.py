"""Two pictures: whether they show the same, and where they differ to the eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL.Image import Image, Resampling

from assetforge.images.bands import Band, bands
from assetforge.images.colour import flatten
from assetforge.images.reading import decode

YIQ: Final = np.array(
    [
        [0.29889531, 0.58662247, 0.11448223],
        [0.59597799, -0.27417610, -0.32180189],
        [0.21147017, -0.52261711, 0.31114694],
    ],
    dtype=np.float32,
)
"""Red, green and blue to Y, I and Q."""

WEIGHTS: Final = np.array([0.5053, 0.299, 0.1957], dtype=np.float32)
"""How much the squares of differences in Y, I and Q count for the eye.

Source, also of `YIQ` and `FARTHEST`: Kotsarenko and Ramos, Measuring perceived color difference
using YIQ NTSC transmission color space in mobile applications, Programación Matemática y Software
2(2), 2010.
"""

FARTHEST: Final = 35215.0
"""The weighted square of the greatest difference that two 8-bit colours can have."""

CHANGED: Final = "#e5002b"
"""What changed is shown in this colour."""

VISIBLE: Final = 0.1
"""Part of the greatest difference from which on two colours are told apart."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How two pictures differ to the eye.

    Attributes:
        same_size: else the second was scaled to the first before they were compared.
        changed_permille: share of the pixels that visibly differ, rounded down.
        box: x, y, width and height of the smallest box around these; None: there are none.
        distance: how far the coarse shapes are apart, 0 to 64: bits of their dHash that differ.
    """

    same_size: bool
    changed_permille: int
    box: tuple[int, int, int, int] | None
    distance: int


def difference(one: bytes, two: bytes) -> Difference:
    """Compare two encoded pictures.

    Raises:
        UnreadableImage: as in `decode`.
    """
    first, second = decode(one), decode(two)
    changed = _changed(first, _scaled(second, first.size))
    count = int(np.count_nonzero(changed))
    return Difference(
        same_size=first.size == second.size,
        changed_permille=count * 1000 // changed.size,
        box=box_around(changed) if count else None,
        distance=(dhash(grey(first)) ^ dhash(grey(second))).bit_count(),
    )


def _changed(one: Image, two: Image) -> NDArray[np.bool_]:
    """Return which pixels of two pictures of one size visibly differ, by row and column."""
    changed = np.empty((one.height, one.width), dtype=np.bool_)
    for band in bands(one.size):
        changed[band[1] : band[3]] = differ(samples(one, band), samples(two, band))
    return changed


def samples(image: Image, band: Band) -> NDArray[np.float32]:
    """Return rows of a picture as red, green and blue over black, and opacity; 0 to 255."""
    found = np.asarray(image.crop(band).convert("RGBA")).astype(np.float32)
    if image.has_transparency_data:
        found[..., :3] *= found[..., 3:] / 255
    return found


def differ(one: NDArray[np.float32], two: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell which pixels differ over a black ground, or over a white one."""
    apart = one - two
    if not apart.any():
        return np.zeros(apart.shape[:2], dtype=np.bool_)
    black, opacity = apart[..., :3], apart[..., 3:]
    farther = seen(black)
    if opacity.any():
        farther = np.maximum(farther, seen(black - opacity))
    return np.asarray(farther > FARTHEST * VISIBLE**2, dtype=np.bool_)


def seen(apart: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how differences in red, green and blue look, as weighted squares."""
    return np.asarray((apart @ YIQ.T) ** 2 @ WEIGHTS, dtype=np.float32)


def box_around(changed: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    """Return x, y, width and height of the smallest box around what changed; something did."""
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1


def grey(image: Image) -> Image:
    """Return a picture's greys, over white."""
    return flatten(image, "#ffffff").convert("L")


def dhash(greys: Image) -> int:
    """Return 64 bits: where a picture of 9x8 greys gets lighter to the right.

    Source: Krawetz, Kind of Like That, hackerfactor.com, 21 January 2013.
    """
    small = greys.resize((9, 8), Resampling.BOX).tobytes()
    bits = 0
    for place in range(72):
        if place % 9:
            bits = bits << 1 | (small[place] > small[place - 1])
    return bits


def _scaled(image: Image, size: tuple[int, int]) -> Image:
    if image.size == size:
        return image
    return image.resize(size, Resampling.LANCZOS, reducing_gap=3.0)


def difference_map(one: bytes, two: bytes) -> Image:
    """Return the first picture in pale grey, and in red where the second visibly differs."""
    first = decode(one)
    changed = PIL.Image.fromarray(_changed(first, _scaled(decode(two), first.size)))
    shown = pale(first)
    shown.paste(CHANGED, mask=changed.convert("1"))
    return shown


def pale(image: Image) -> Image:
    """Return a picture in pale grey, as a ground for what changed in it."""
    return grey(image).point([190 + shade // 4 for shade in range(256)]).convert("RGB")
