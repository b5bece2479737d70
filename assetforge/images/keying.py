"""A ground of one colour becomes transparent: chroma key."""

from __future__ import annotations

from typing import Final

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL.Image import Image
from PIL.ImageFilter import MinFilter

from assetforge.images.bands import bands
from assetforge.images.comparison import FARTHEST, seen

BORDER: Final = 50
"""The rows and columns at the edges that show the ground: one of so many of the shorter edge."""

BIN: Final = 16
"""Colours that share these steps of red, green and blue are counted together."""

SATURATED: Final = 64
"""From this distance of its samples on a colour casts a tint that has to be taken off."""

NEAR: Final = 5
"""Edge of the square, in pixels, around what is transparent in which the tint is taken off."""


def ground_colour(image: Image) -> tuple[tuple[int, int, int], int]:
    """Return the commonest colour at the edges of a picture, and its share of them in permille."""
    samples = np.asarray(image.convert("RGB"))
    deep = max(1, min(image.size) // BORDER)
    rows = np.concatenate([samples[:deep], samples[-deep:]]).reshape(-1, 3)
    columns = np.concatenate([samples[:, :deep], samples[:, -deep:]]).reshape(-1, 3)
    border = np.concatenate([rows, columns])
    steps = (border // BIN).astype(np.uint16)
    bins = steps[:, 0] * 256 + steps[:, 1] * 16 + steps[:, 2]
    counts = np.bincount(bins, minlength=4096)
    # Half a step around the commonest ones' middle: a ground may lie on both sides of a border.
    middle = np.median(border[bins == counts.argmax()], axis=0)
    near = border[(np.abs(border - middle) <= BIN // 2).all(axis=1)]
    red, green, blue = (int(each) for each in np.median(near, axis=0))
    return (red, green, blue), len(near) * 1000 // len(border)


def keyed(image: Image, key: tuple[int, int, int], tolerance: int, softness: int) -> Image:
    """Return a picture whose ground of one colour is transparent, as RGBA.

    Args:
        image: the picture; what is transparent in it stays so.
        key: red, green and blue of the ground.
        tolerance: percent of the greatest difference of two colours up to which a pixel is ground.
        softness: so many percent more, and it is no ground at all; between, a part of it is.
    """
    whole = image.convert("RGBA")
    opacity = PIL.Image.new("L", image.size)
    for band in bands(image.size):
        opaque = _opacity(np.asarray(image.crop(band).convert("RGB")), key, tolerance, softness)
        opacity.paste(PIL.Image.fromarray(opaque), band[:2])
    near = opacity.filter(MinFilter(NEAR))
    for band in bands(image.size):
        part = np.asarray(whole.crop(band)).copy()
        opaque = np.asarray(opacity.crop(band)).copy()
        edge = (np.asarray(near.crop(band)) < 255) & (opaque > 0)
        samples = part[edge][:, :3].astype(np.float32)
        opaque[edge] = np.minimum(opaque[edge], _untinted(samples, key))
        part[edge, :3] = _without_tint(_without_ground(samples, opaque[edge], key), key)
        part[..., 3] = (part[..., 3].astype(np.uint16) * opaque + 127) // 255
        part[part[..., 3] == 0] = 0
        whole.paste(PIL.Image.fromarray(part), band[:2])
    return whole


def removed_permille(before: Image, after: Image) -> int:
    """Return which share of a picture was opaque before and is wholly transparent after."""
    zero = [255, *[0] * 255]
    gone = after.getchannel("A").point(zero).histogram()[255]
    if before.mode == "RGBA":
        gone -= before.getchannel("A").point(zero).histogram()[255]
    return gone * 1000 // (before.width * before.height)


def _opacity(
    samples: NDArray[np.uint8], key: tuple[int, int, int], tolerance: int, softness: int
) -> NDArray[np.uint8]:
    apart = np.sqrt(seen(samples.astype(np.float32) - np.array(key, np.float32)) / FARTHEST) * 100
    part = np.clip((apart - tolerance) / max(softness, 0.01), 0, 1)
    return np.asarray(np.rint(part * 255), np.uint8)


def _untinted(samples: NDArray[np.float32], key: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return how opaque colours can be if all their tint is of the ground that shows through."""
    if not _casts_tint(key):
        return np.full(len(samples), 255, np.uint8)
    whole = _tint(np.array([key], np.float32), key)
    return np.asarray(np.rint(255 * np.clip(1 - _tint(samples, key) / whole, 0, 1)), np.uint8)


def _without_ground(
    samples: NDArray[np.float32], opaque: NDArray[np.uint8], key: tuple[int, int, int]
) -> NDArray[np.float32]:
    """Return the colours of which, laid over the ground, these are made."""
    part = np.maximum(opaque[:, None], 1).astype(np.float32) / 255
    return np.asarray(np.clip((samples - (1 - part) * np.array(key, np.float32)) / part, 0, 255))


def _without_tint(samples: NDArray[np.float32], key: tuple[int, int, int]) -> NDArray[np.uint8]:
    """Return colours without what a saturated ground casts on what stands before it.

    A green ground makes green at most as strong as red and blue are; others likewise.
    """
    if _casts_tint(key):
        samples[:, _strong(key)] -= _tint(samples, key)[:, None]
    return np.asarray(np.rint(samples), np.uint8)


def _casts_tint(key: tuple[int, int, int]) -> bool:
    return max(key) - min(key) >= SATURATED


def _strong(key: tuple[int, int, int]) -> list[int]:
    """Return the channels that a ground is strong in: 1 for green, 0 and 2 for magenta."""
    return [channel for channel in range(3) if 2 * key[channel] > max(key) + min(key)]


def _tint(samples: NDArray[np.float32], key: tuple[int, int, int]) -> NDArray[np.float32]:
    """Return how far the ground's channels stand out of colours.

    Source: Vlahos, Electronic composite photography, US patent 3 595 987, 1971.
    """
    strong = _strong(key)
    weak = [channel for channel in range(3) if channel not in strong]
    apart = samples[:, strong].min(axis=1) - samples[:, weak].max(axis=1)
    return np.asarray(np.maximum(apart, 0), np.float32)
