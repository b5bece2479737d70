"""Can words be read where they stand: contrast measured from pixels, and a soft shade behind them.

Only + - * / and sqrt: the rest may differ between machines in the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from assetforge.typeset.blocks import Box, Pixels

Plane: TypeAlias = NDArray[np.float32]

LIGHT: Final = "#ffffff"
DARK: Final = "#14161a"
"""The two colours of words where the user names none."""

ENOUGH: Final = 4.5
"""Least contrast of words with what is behind them. Source: WCAG 2.2, 1.4.3."""

AIM: Final = 5.3
"""The contrast that a shade is made for: a little more, for what the samples miss."""

WORST_SHARE: Final = 0.03
"""The share of pixels behind words that may read worse."""

BUSY: Final = 0.08
BUSY_RATIO: Final = 1.5
"""Above this spread of luminance, and this contrast between what is light and what is dark behind
them, words do not stand out, whatever their own contrast."""

CALMEST: Final = 0.55
"""The strongest shade that is laid for busy pixels alone."""

TINT: Final = {LIGHT: 18, DARK: 28}
"""Percent of the ground's mean colour in a shade, so that it looks like light, and not like ink."""

MIDDLE: Final = 0.28
"""The luminance above which half of a picture's pixels make it a light one."""

FAVOUR: Final = 0.3
"""How much stronger a shade may be for being as light or dark as the picture."""

MOST_SAMPLES: Final = 4_000


def _linear(value: int) -> float:
    # Rounded, so that the last bit of `**`, which may differ by machine, decides nothing.
    share = value / 255
    return round(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4, 7)


LINEAR = np.array([_linear(value) for value in range(256)], np.float32)
"""Light of each 8-bit sRGB value. Source: WCAG 2.2, relative luminance."""


def rgb(colour: str) -> tuple[int, int, int]:
    """Return the three channels of `#rrggbb`."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminances(pixels: Pixels) -> Plane:
    """Return the relative luminance of pixels of shape (..., 3 or more)."""
    red, green, blue = (LINEAR[pixels[..., at]] for at in range(3))
    found: Plane = np.float32(0.2126) * red + np.float32(0.7152) * green + np.float32(0.0722) * blue
    return found


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 to 1."""
    return float(luminances(np.array(rgb(colour), np.uint8)))


def contrast(first: str, second: str) -> float:
    """Return the WCAG contrast ratio of two colours, 1 to 21."""
    one, two = luminance(first), luminance(second)
    return (max(one, two) + 0.05) / (min(one, two) + 0.05)


def samples(part: Pixels) -> Pixels:
    """Return some pixels of a part of a picture, shape (count, 3).

    What lets the ground through is left out: nobody knows what will be behind it.
    """
    step = max(1, int((part.shape[0] * part.shape[1] / MOST_SAMPLES) ** 0.5))
    some = part[::step, ::step].reshape(-1, part.shape[2])
    return some[some[:, 3] >= 128, :3] if part.shape[2] == 4 else some


def worst_contrast(colour: str, ground: Pixels) -> float:
    """Return the contrast of a colour with nearly the worst of some pixels; 21 with none."""
    if not len(ground):
        return 21.0
    mine = np.float32(luminance(colour) + 0.05)
    other = luminances(ground) + np.float32(0.05)
    ratios = np.sort(np.maximum(mine / other, other / mine))
    return float(ratios[int(len(ratios) * WORST_SHARE)])


def shaded(ground: Pixels, shade: str, strength: float) -> Pixels:
    """Return pixels under a shade."""
    paint, share = np.array(rgb(shade), np.float32), np.float32(strength)
    mixed = ground[..., :3].astype(np.float32) * (np.float32(1) - share) + paint * share
    return (mixed + np.float32(0.5)).astype(np.uint8)


def opposite(colour: str) -> str:
    """Return light or dark, whichever is farther from a colour."""
    return max((DARK, LIGHT), key=lambda each: contrast(each, colour))


def shade_for(colour: str, ground: Pixels) -> str:
    """Return what is laid behind words of a colour: light or dark, with a little of the ground."""
    shade = opposite(colour)
    if not len(ground):
        return shade
    share = TINT[shade]
    mixed = [
        (int(each.sum(dtype=np.int64)) * share // len(ground) + plain * (100 - share)) // 100
        for each, plain in zip(ground.T, rgb(shade), strict=True)
    ]
    return "#" + "".join(f"{each:02x}" for each in mixed)


def strength_for(colour: str, ground: Pixels, shade: str) -> float:
    """Return how strong a shade has to be for words to read on these pixels, 0 to 1."""
    if not len(ground):
        return 0.0
    calm = _calming(ground)
    if worst_contrast(colour, ground) >= ENOUGH:
        return calm
    steps = (step / 25 for step in range(2, 25))
    good = (e for e in steps if worst_contrast(colour, shaded(ground, shade, e)) >= AIM)
    return max(calm, next(good, 0.96))


def _calming(ground: Pixels) -> float:
    """Return how strong a shade busy pixels need, whatever their contrast: 0 for even ones."""
    light = np.sort(luminances(ground))
    low, high = (float(light[int(share * (len(light) - 1))]) for share in (0.05, 0.95))
    busy = high - low > BUSY and (high + 0.05) / (low + 0.05) > BUSY_RATIO
    return min(CALMEST, 2.0 * (high - low)) if busy else 0.0


def colour_for(ground: Pixels, picture: Pixels) -> str:
    """Return the colour of words that needs the weaker shade on these pixels.

    A shade as light or dark as most of the picture harms it least, so that much more is given for
    it. Both are samples.
    """
    if not len(ground):
        return DARK
    light = np.sort(luminances(picture if len(picture) else ground))
    kind = DARK if light[len(light) // 2] > MIDDLE else LIGHT
    needed = {
        each: strength_for(each, ground, shade_for(each, ground)) - FAVOUR * (each == kind)
        for each in (LIGHT, DARK)
    }
    return min(needed, key=lambda each: (needed[each], -worst_contrast(each, ground)))


def label_for(fill: str) -> str:
    """Return the colour of words on a box of one colour."""
    return LIGHT if contrast(LIGHT, fill) >= ENOUGH else opposite(fill)


def shade_box(words: Box, size: float, canvas: tuple[int, int]) -> tuple[Box, float]:
    """Return where a shade lies behind words, and over how many pixels it fades out.

    Where words stand near the edge of the picture the shade runs off it: a cloud in the middle of
    a picture looks like a stain, a shaded side does not.
    """
    x, y, width, height = words
    fade = max(1.5 * size, 0.26 * min(canvas))
    near = 0.9 * fade
    left = 0 if x < near else x
    top = 0 if y < near else y
    right = canvas[0] if x + width > canvas[0] - near else x + width
    bottom = canvas[1] if y + height > canvas[1] - near else y + height
    return (left, top, right - left, bottom - top), fade


def shade_cover(box: Box, fade: float, rows: Sequence[int], width: int, strength: float) -> Plane:
    """Return how much of each pixel a shade covers, for some rows of a picture.

    It is as strong as it gets over its box, and fades out around it.
    """
    x = np.arange(width, dtype=np.float32) + np.float32(0.5)
    y = np.array(rows, np.float32) + np.float32(0.5)
    across = _beyond(x, box[0], box[0] + box[2]) / np.float32(fade)
    down = _beyond(y, box[1], box[1] + box[3]) / np.float32(fade)
    away = np.sqrt(across[None, :] ** 2 + down[:, None] ** 2)
    share = np.float32(1) - np.minimum(away, np.float32(1))
    smooth: Plane = share * share * (np.float32(3) - np.float32(2) * share)
    return smooth * np.float32(strength)


def _beyond(at: Plane, low: float, high: float) -> Plane:
    """Return how far each number lies outside a stretch."""
    outside: Plane = np.maximum(np.float32(low) - at, at - np.float32(high))
    return np.maximum(outside, np.float32(0))
