"""Colours of a picture against those of the brand.

A colour belongs to the brand where it has the hue of one of its colours, as a tint or a shade of
it, and where it is as good as grey. So light, shadow and black-and-white photographs do not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assetforge.findings import Check
from assetforge.images import Image
from assetforge.reading.preparing import flattened

EDGE: Final = 256
"""Longest edge at which colours are counted, in pixels."""

GREY: Final = 14.0
"""Chroma (CIELAB) below which a colour is as good as grey."""

SAME_HUE: Final = 25.0
"""Degrees of hue (CIELAB) within which a colour is a tint or shade of another."""

TO_XYZ: Final = np.array(
    [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
)
WHITE: Final = np.array([0.9505, 1.0, 1.089])
"""Source, also of `TO_XYZ`: IEC 61966-2-1, sRGB and its white point D65."""


def palette_check(image: Image, brand: Sequence[str], most: int) -> Check:
    """Return whether a picture keeps to the brand's colours.

    Args:
        image: the picture.
        brand: colours as `#rrggbb`.
        most: share of the pixels, in permille, that may be of other colours.
    """
    colours = _sampled(image)
    foreign = _foreign(colours, brand)
    share = int(foreign.sum()) * 1000 // max(1, len(colours))
    details = {"foreign_permille": share, "most_permille": most}
    if share <= most:
        return Check("palette", "equal", details=details)
    usual = _hex(np.median(colours[foreign], axis=0))
    message = (
        f"{share // 10}% of the picture is far from the brand's colours, around '{usual}'; "
        f"at most {most // 10}% may be"
    )
    return Check("palette", "differs", message, details={**details, "around": usual})


def _sampled(image: Image) -> NDArray[np.uint8]:
    """Return the colours of a small version of a picture, without what is transparent."""
    factor = min(1.0, EDGE / max(image.size))
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    small = image.resize(size, reducing_gap=2.0)
    if small.mode == "RGBA":
        samples = np.asarray(small).reshape(-1, 4)
        return samples[samples[:, 3] > 127][:, :3]
    return np.asarray(flattened(small)).reshape(-1, 3)


def _foreign(colours: NDArray[np.uint8], brand: Sequence[str]) -> NDArray[np.bool_]:
    chroma, hue = _chroma_and_hue(colours)
    own = np.array(
        [[int(each[n : n + 2], 16) for n in (1, 3, 5)] for each in brand], dtype=np.uint8
    )
    own_chroma, own_hue = _chroma_and_hue(own.reshape(-1, 3))
    foreign = chroma >= GREY
    for each in own_hue[own_chroma >= GREY]:
        apart = np.abs(hue - each) % 360
        foreign &= np.minimum(apart, 360 - apart) > SAME_HUE
    return foreign


def _chroma_and_hue(colours: NDArray[np.uint8]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return chroma and hue angle in degrees of CIELAB."""
    share = colours / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    xyz = linear @ TO_XYZ.T / WHITE
    bent = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    a, b = 500 * (bent[:, 0] - bent[:, 1]), 200 * (bent[:, 1] - bent[:, 2])
    return np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360


def _hex(colour: NDArray[np.float64]) -> str:
    return "#" + "".join(f"{int(each):02x}" for each in colour)
