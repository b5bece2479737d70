"""Making words readable: contrast measured from pixels, and a veil where it is too low."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from assetforge.providers.draft.blend import lay
from assetforge.providers.draft.canvas import Plane, ramp
from assetforge.providers.draft.colour import LINEAR, TEXT_CONTRAST, Colour, luminance
from assetforge.providers.draft.stage import Stage
from assetforge.typeset import Box

Pixels = NDArray[np.uint8]

LIGHT = np.array(LINEAR, np.float32)
MARGIN_OF_SAFETY = 0.8
"""Contrast a veil aims above the least that is allowed."""

WORST_SHARE = 0.03
"""The share of pixels behind words that may read worse."""

SAMPLE = 12_000
"""About how many pixels are looked at."""


def sample(pixels: Pixels, box: Box, pad: int) -> Pixels:
    """Return pixels from a box and around it, at most about `SAMPLE`, shape (count, 3).

    Transparent pixels count as mid grey: who knows what will be behind them.
    """
    x, y, width, height = box
    part = pixels[max(0, y - pad) : y + height + pad, max(0, x - pad) : x + width + pad]
    step = max(1, int((part.shape[0] * part.shape[1] / SAMPLE) ** 0.5))
    part = part[::step, ::step]
    if part.shape[2] == 4:
        alpha = part[..., 3:].astype(np.int32)
        part = ((part[..., :3] * alpha + 128 * (255 - alpha)) // 255).astype(np.uint8)
    return part.reshape(-1, 3)


def contrast_of(colour: Colour, ground: Pixels) -> float:
    """Return the contrast of a colour with nearly the worst of some pixels."""
    light = luminances(ground)
    mine = np.float32(luminance(colour) + 0.05)
    other = light + np.float32(0.05)
    ratios = np.sort(np.maximum(mine / other, other / mine))
    return float(ratios[int(len(ratios) * WORST_SHARE)])


def luminances(ground: Pixels) -> Plane:
    """Return the relative luminance of each pixel, shape (count,)."""
    red, green, blue = (LIGHT[ground[:, at]] for at in range(3))
    result: Plane = (
        np.float32(0.2126) * red + np.float32(0.7152) * green + np.float32(0.0722) * blue
    )
    return result


def strength_for(ink: Colour, veil: Colour, ground: Pixels) -> float:
    """Return how opaque a veil must be for an ink to read on these pixels, 0 to 0.96."""
    if contrast_of(ink, ground) >= TEXT_CONTRAST:
        return 0.0
    paint = np.array(veil, np.float32)
    for step in range(2, 25):
        alpha = np.float32(step / 25)
        veiled = ground.astype(np.float32) * (np.float32(1) - alpha) + paint * alpha
        if (
            contrast_of(ink, (veiled + np.float32(0.5)).astype(np.uint8))
            >= TEXT_CONTRAST + MARGIN_OF_SAFETY
        ):
            return float(alpha)
    return 0.96


def calming(ground: Pixels) -> float:
    """Return how strong a veil busy pixels need, whatever their contrast: 0 for even ones."""
    light = np.sort(luminances(ground))
    spread = float(light[int(0.95 * (len(light) - 1))] - light[int(0.05 * (len(light) - 1))])
    return min(0.68, 2.4 * spread) if spread > 0.08 else 0.0


def draw(pixels: Pixels, veil: Colour, strength: float, words: Box, stage: Stage, rtl: bool,
         region: Box | None) -> None:  # fmt: skip
    """Lay a veil behind the words, in place; it fades out away from them."""
    box = region or (0, 0, stage.width, stage.height)
    x = np.arange(box[2], dtype=np.float32)[None, :] + np.float32(box[0] + 0.5)
    y = np.arange(box[3], dtype=np.float32)[:, None] + np.float32(box[1] + 0.5)
    if region is not None:
        cover = _inside(x, y, box, stage)
    elif stage.kind == "wide":
        reach, pad = 0.30 * stage.width, 0.03 * stage.width
        end = words[0] - pad if rtl else words[0] + words[2] + pad
        cover = ramp(x, end - reach, end) if rtl else np.float32(1) - ramp(x, end, end + reach)
    else:
        reach, pad = 0.20 * stage.height, 0.03 * stage.height
        cover = ramp(y, words[1] - pad - reach, words[1] - pad)
    full = np.broadcast_to(cover * np.float32(strength), (box[3], box[2]))
    lay(pixels, box, veil, full)


def _inside(x: Plane, y: Plane, box: Box, stage: Stage) -> Plane:
    """Return a cover that fades out at those edges of a region that are not the canvas's."""
    fade = 0.10 * min(box[2], box[3])
    left, top, right, bottom = box[0], box[1], box[0] + box[2], box[1] + box[3]
    across = np.ones_like(x)
    down = np.ones_like(y)
    if left > 0:
        across = across * ramp(x, left, left + fade)
    if right < stage.width:
        across = across * (np.float32(1) - ramp(x, right - fade, right))
    if top > 0:
        down = down * ramp(y, top, top + fade)
    if bottom < stage.height:
        down = down * (np.float32(1) - ramp(y, bottom - fade, bottom))
    return across * down
