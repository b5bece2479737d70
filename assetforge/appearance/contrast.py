"""Contrast of a text to what is around its letters, as WCAG 2 measures it.

A picture has no layer for its text: the letters are told from their ground by their strokes. What
is reported is an estimate from the pixels, good to about a tenth.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from assetforge.findings import Box, Check, Verdict
from assetforge.images import Image
from assetforge.reading.preparing import dark_on_light, flattened, spread, strokes

Mask: TypeAlias = NDArray[np.bool_]
Colours: TypeAlias = NDArray[np.float32]

NEARLY: Final = 900
"""Permille of the wanted contrast from which on a person has to look."""

FAINTEST: Final = 8
"""Luminances from which on a stroke is one."""

SAME: Final = 10
"""Differences of red, green and blue up to which a colour is taken for that of the letters."""

LUMINANCE: Final = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Source: WCAG 2.2, definition of relative luminance."""


def contrast_check(image: Image, box: Box, line_height: int, least: int, slot: str) -> Check:
    """Return whether the text in a box stands out from what is around its letters.

    Args:
        image: the picture.
        box: around the text.
        line_height: of the ink of one line, in pixels.
        least: contrast wanted, in thousandths: 4500 for 4.5.
        slot: the slot of the copy.
    """
    measured = measure(image, box, line_height)
    if measured is None:
        message = f"{slot}: its letters do not stand out, so that their contrast cannot be measured"
        return Check("contrast", "look", message, slot=slot, box=box)
    usual, lowest = measured
    details = {"least": least, "5th_percentile": usual, "minimum": lowest}
    verdict: Verdict = "equal" if usual >= least else "differs"
    if verdict == "differs" and usual * 1000 >= least * NEARLY:
        verdict = "look"
    message = f"{slot}: contrast {_written(usual)}, not {_written(least)}" if usual < least else ""
    return Check("contrast", verdict, message, slot=slot, box=box, details=details)


def _written(contrast: int) -> str:
    return f"{contrast // 100 / 10:.1f}"


def measure(image: Image, box: Box, line_height: int) -> tuple[int, int] | None:
    """Return the contrast around a text: its 5th percentile and its least, in thousandths.

    None: there are no strokes in the box, or nothing around them.
    """
    room = max(2, line_height // 4)
    x, y, width, height = box
    part = flattened(image).crop((x - room, y - room, x + width + room, y + height + room))
    text, touched = _strokes(np.asarray(part.convert("L")), line_height)
    if not text.any():
        return None
    colours = np.asarray(part, dtype=np.float32)
    letters = np.median(colours[text], axis=0)
    # Letters that nearly vanish are in no stroke: the ground is all else but what has their colour.
    ground = ~touched & (np.abs(colours - letters).max(axis=2) > SAME)
    if not ground.any():
        return None
    own, around = _luminance(letters), _luminance(_smoothed(colours)[ground])
    ratios = (np.maximum(own, around) + 0.05) / (np.minimum(own, around) + 0.05)
    return int(np.percentile(ratios, 5) * 1000), int(ratios.min() * 1000)


def _strokes(grey: NDArray[np.uint8], line_height: int) -> tuple[Mask, Mask]:
    """Return the middle of the strokes, and the strokes with their soft edges."""
    strength = 255 - strokes(dark_on_light(grey), max(2, line_height // 4))
    strongest = int(np.percentile(strength, 99))
    if strongest < FAINTEST:
        none = np.zeros(grey.shape, dtype=np.bool_)
        return none, none
    near = (strength > strongest // 4).astype(np.uint8) * np.uint8(255)
    return strength > strongest * 7 // 10, spread(near, 2) > 0


def _luminance(colours: Colours) -> Colours:
    share = colours / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ LUMINANCE, dtype=np.float32)


def _smoothed(colours: Colours) -> Colours:
    """Return the mean of each pixel and its neighbours: one pixel of grain is not seen."""
    wide = np.pad(colours, ((1, 1), (1, 1), (0, 0)), mode="edge")
    rows = wide[:-2] + wide[1:-1] + wide[2:]
    return np.asarray((rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]) / 9, dtype=np.float32)
