"""What an edit may not change is put back: outside of a box, or where a mask is opaque."""

from __future__ import annotations

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL.Image import Image

from assetforge.images.bands import bands
from assetforge.images.fitting import fit
from assetforge.images.weights import Weights


def matched(image: Image, size: tuple[int, int]) -> Image:
    """Return a picture itself if it has a size, else scaled until it covers that, and cut."""
    return image if image.size == size else fit(image, size, "cover")


def restored(before: Image, after: Image, weights: Weights) -> Image:
    """Return `after`, changed in place, with the pixels of `before` where nothing is kept.

    Both have one size. Where the weight is 0, the samples are those of `before`, and where it is
    255, those of `after`; between, the two are mixed: sRGB samples as they are, as design tools
    do, and each counts by its opacity.
    """
    if before.mode != after.mode:
        before, after = before.convert("RGBA"), after.convert("RGBA")
    for band in bands(after.size):
        kept = weights(band)
        if (kept == 255).all():
            continue
        old = before.crop(band)
        if kept.any():
            old = PIL.Image.fromarray(_mixed(np.asarray(old), np.asarray(after.crop(band)), kept))
        after.paste(old, band[:2])
    return after


def _mixed(
    old: NDArray[np.uint8], new: NDArray[np.uint8], kept: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    weight = kept[..., None]
    soft = (kept > 0) & (kept < 255)
    mixed = np.where(weight == 255, new, old)
    mix = _mixed_opaque if old.shape[-1] == 3 else _mixed_by_opacity
    mixed[soft] = mix(old[soft], new[soft], weight[soft])
    return mixed


def _mixed_opaque(
    old: NDArray[np.uint8], new: NDArray[np.uint8], weight: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    by = weight.astype(np.uint16)
    return ((old * (255 - by) + new * by + 127) // 255).astype(np.uint8)


def _mixed_by_opacity(
    old: NDArray[np.uint8], new: NDArray[np.uint8], weight: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    by = weight.astype(np.uint32)
    of_old, of_new = old[:, 3:] * (255 - by), new[:, 3:] * by
    both = of_old + of_new
    colours = (old[:, :3] * of_old + new[:, :3] * of_new + both // 2) // np.maximum(both, 1)
    return np.concatenate([colours, (both + 127) // 255], axis=1).astype(np.uint8)
