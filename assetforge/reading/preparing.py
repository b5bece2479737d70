"""Parts of pictures as a reader of text needs them: grey, dark on light, of one text height."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from assetforge.findings import Box
from assetforge.images import Image, flatten

Grey: TypeAlias = NDArray[np.uint8]
"""Luminances, by row and column."""

MARGIN: Final = 12
"""Pixels of plain ground around a text that is read: at the very edge letters are missed."""

LEAST_CONTRAST: Final = 96
"""Luminances that are never stretched apart further."""

GRAIN: Final = 5
"""Strokes of a ground are at most so much stronger than usual: times its lower quarter's width."""

STANDS_OUT: Final = 40
"""From this difference in luminance on something stands out from a busy ground."""


def grey_of(image: Image) -> Image:
    """Return a picture in mode `L`."""
    return flattened(image).convert("L")


def flattened(image: Image) -> Image:
    """Return a picture without transparency: light parts over dark, others over white."""
    if image.mode != "RGBA":
        return image
    samples = np.asarray(image)
    opaque = samples[samples[..., 3] > 127][:, :3]
    light = len(opaque) > 0 and int(opaque.mean()) > 160
    return flatten(image, "#202020" if light else "#ffffff")


def cut(grey: Image, box: Box, factor: float = 1.0, wider: float = 1.0) -> Grey:
    """Return the part of a picture in a box, at another size, and stretched across."""
    x, y, width, height = box
    part = grey.crop((x, y, x + width, y + height))
    size = (max(1, round(width * factor * wider)), max(1, round(height * factor)))
    return np.asarray(part if size == part.size else part.resize(size))


def rim(part: Grey) -> int:
    """Return the luminance that most of the outline of a cut has."""
    return int(np.median(np.concatenate([part[0], part[-1], part[:, 0], part[:, -1]])))


def is_light_on_dark(part: Grey) -> bool:
    """Tell whether what stands out from the outline of a cut is lighter than it."""
    apart = part.astype(np.int32) - rim(part)
    lighter = int(apart[apart > STANDS_OUT].sum())
    return lighter > -int(apart[apart < -STANDS_OUT].sum())


def dark_on_light(part: Grey) -> Grey:
    """Return a cut with dark text on light ground."""
    return 255 - part if is_light_on_dark(part) else part


def stretched(part: Grey) -> Grey:
    """Return a cut whose ground is white and whose text is black, as far as that can be told."""
    low, high = (int(each) for each in np.percentile(part, (1, 90)))
    # Where next to nothing is dark, there may be no text, and grain must not become some.
    wide = max(high - low, LEAST_CONTRAST)
    return np.clip(255 - (high - part.astype(np.int32)) * 255 // wide, 0, 255).astype(np.uint8)


def cleared(part: Grey) -> Grey:
    """Return strokes, dark on white, without the grain of the ground, and their contrast stretched.

    Else a photograph is read as hundreds of lines, which takes long, and the text is lost in them.
    """
    strength = 255 - part.astype(np.int32)
    low, middle, high = (int(each) for each in np.percentile(strength, (25, 50, 99.8)))
    grain = middle + GRAIN * (middle - low)
    wide = max(high - grain, LEAST_CONTRAST)
    return np.clip(255 - (strength - grain) * 255 // wide, 0, 255).astype(np.uint8)


def padded(part: Grey) -> Grey:
    """Return a cut with plain ground around it."""
    return np.pad(part, MARGIN, constant_values=rim(part))


def strokes(part: Grey, reach: int) -> Grey:
    """Return what is darker than its surroundings, dark on white; wide shapes and slopes vanish.

    Args:
        part: the picture.
        reach: pixels; strokes up to this width stay.
    """
    ground = _eroded(spread(part, reach), reach)
    return (255 - (ground - part)).astype(np.uint8)


def spread(part: Grey, reach: int) -> Grey:
    """Return for each pixel the greatest luminance within `reach` pixels, along both axes."""
    for axis in (0, 1):
        part = _highest(part, reach, axis)
    return part


def _eroded(part: Grey, reach: int) -> Grey:
    return 255 - spread(255 - part, reach)


def _highest(part: Grey, reach: int, axis: int) -> Grey:
    """Return the greatest of 2 * `reach` + 1 neighbours along an axis, by doubling steps."""
    widths = [(reach, reach) if each == axis else (0, 0) for each in (0, 1)]
    row = np.moveaxis(np.pad(part, widths, mode="edge"), axis, 0)
    wanted, done = 2 * reach + 1, 1
    while done < wanted:
        step = min(done, wanted - done)
        row = np.maximum(row[:-step], row[step:])
        done += step
    return np.moveaxis(row, 0, axis)
