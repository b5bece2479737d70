"""`blank`: the smallest legal picture, at once and for nothing. For benchmarks and wiring."""

from __future__ import annotations

import hashlib
import struct
import zlib
from functools import lru_cache
from typing import Final

from assetforge.action import FIRST_TAKE
from assetforge.digest import Json, canonical_json
from assetforge.providers.base import Connection, ImageRequest, Reply, Sketched, unseen

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
DOMAIN: Final = b"assetforge blank v1\n"


class Blank:
    """Paints one colour, decided by the request alone."""

    account = "blank"

    def __init__(self, connection: Connection | None = None) -> None:
        """Open it; there is nothing to connect to."""

    def make(self, request: ImageRequest, sketched: Sketched = unseen) -> Reply:
        """Return a PNG of `request.size` with one colour in its palette and one bit per pixel.

        Another request has another colour, but for 1 in 16 million.
        """
        return Reply(flat_png(request.size, colour_of(request)))


def colour_of(request: ImageRequest) -> bytes:
    """Return red, green and blue: the start of a digest of all that the request says."""
    said: dict[str, Json] = {
        "prompt": request.prompt,
        "size": list(request.size),
        "model": request.model,
        "quality": request.quality,
        "edit": request.edit,
        "copy": [[slot, text] for slot, text in request.copy.items()],
        "script": request.script,
        "region": list(request.region or ()),
        "palette": list(request.palette),
        "take": request.take - FIRST_TAKE,
        "images": [hashlib.sha256(image).hexdigest() for image in request.images],
    }
    return hashlib.sha256(DOMAIN + canonical_json(said)).digest()[:3]


def flat_png(size: tuple[int, int], colour: bytes) -> bytes:
    """Return a PNG of one colour, `size` in pixels. Source: PNG (W3C), third edition."""
    header = struct.pack(">IIBBBBB", *size, 1, 3, 0, 0, 0)
    return b"".join(
        [
            SIGNATURE,
            _chunk(b"IHDR", header),
            _chunk(b"sRGB", b"\x00"),
            _chunk(b"PLTE", colour),
            _chunk(b"IDAT", _pixels(*size)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@lru_cache(maxsize=64)
def _pixels(width: int, height: int) -> bytes:
    """Return the packed rows: each is a filter byte and eight pixels to a byte, all of them 0."""
    return zlib.compress(bytes((1 + (width + 7) // 8) * height), 9)
