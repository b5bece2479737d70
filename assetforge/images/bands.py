"""A picture a few rows at a time, and the digest of what it shows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Final, TypeAlias

from assetforge.digest import Digest
from assetforge.images.reading import decode

Band: TypeAlias = tuple[int, int, int, int]
"""Left, top, right and bottom of whole rows of a picture."""

BAND: Final = 1 << 16
"""Pixels that are looked at together: what they need on top of a decoded picture is small."""


def pixel_digest(data: bytes) -> Digest:
    """Return the digest of what a picture shows: its size, and its upright sRGB pixels as RGBA.

    The same for a picture saved again without loss, whatever its packing and metadata; another one
    as soon as one pixel differs.

    Raises:
        UnreadableImage: as in `decode`.
    """
    image = decode(data)
    found = hashlib.sha256(b"assetforge pixels v1\n%d %d\n" % image.size)
    for band in bands(image.size):
        found.update(image.crop(band).convert("RGBA").tobytes())
    return Digest(found.hexdigest())


def bands(size: tuple[int, int], step: int = 1) -> Iterator[Band]:
    """Yield boxes of whole rows that cover a picture, each of about `BAND` pixels.

    All of them but the last have a multiple of `step` rows.
    """
    width, height = size
    rows = max(1, BAND // width // step) * step
    return ((0, top, width, min(top + rows, height)) for top in range(0, height, rows))
