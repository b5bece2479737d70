"""An edit as models make it: all of the picture is drawn anew, also what nobody asked to change."""

from __future__ import annotations

from random import Random
from typing import Final

from assetforge import images
from assetforge.images import Image
from assetforge.pipeline import Size

SHIFTS: Final = (-2, -1, 1, 2)
"""By how many pixels the picture moves, in each direction."""

BRIGHTER: Final = 8
"""By how much it becomes brighter or darker at most, of 255."""

GRAIN: Final = b"\x03\x03\x03"
"""The bits of a pixel that are drawn by chance."""

LOWEST: Final = b"\x01\x00\x00"
"""The lowest bit of a pixel's red: it differs from the one before."""


def redrawn(image: Image, before: Image, seed: bytes) -> Image:
    """Return a picture moved and shaded by a little, so that no pixel is as it was before.

    Args:
        image: the picture after the edit.
        before: the picture that was sent to be edited.
        seed: what decides how.
    """
    chance = Random(b"redrawn" + seed)
    size = Size(*image.size)
    plain = image.convert("RGB")
    moved = plain.copy()
    moved.paste(plain, (chance.choice(SHIFTS), chance.choice(SHIFTS)))
    shade = chance.choice((-1, 1)) * chance.randint(2, BRIGHTER)
    shaded = moved.point([min(255, max(0, value + shade)) for value in range(256)] * 3)
    old = images.fit(before, size).convert("RGB").tobytes()
    return images.from_raw("RGB", size, _differing(shaded.tobytes(), old, chance))


def _differing(pixels: bytes, before: bytes, chance: Random) -> bytes:
    """Return pixels with grain, each of them another than the one before.

    As whole numbers: what is done to all pixels is done at once.
    """
    count = len(pixels) // len(GRAIN)
    grain, lowest = int.from_bytes(GRAIN * count), int.from_bytes(LOWEST * count)
    grained = int.from_bytes(pixels) ^ (int.from_bytes(chance.randbytes(len(pixels))) & grain)
    other = ~int.from_bytes(before) & lowest
    return ((grained & ~lowest) | other).to_bytes(len(pixels))
