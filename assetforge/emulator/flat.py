"""PNGs of one colour, each another, in well under a millisecond."""

from __future__ import annotations

import struct
import zlib
from functools import lru_cache
from typing import Final

from assetforge.pipeline import Size

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
ZLIB_HEADER: Final = b"\x78\x01"
RAW: Final = -15
"""Asks zlib for a bare deflate stream. Source: zlib manual, `deflateInit2`."""

GREYS: Final = 16
"""How many shades there are; the rows of each size and shade are packed once."""


def flat_png(size: Size, seed: bytes) -> bytes:
    """Return an opaque 8-bit RGB PNG whose first pixels hold the seed.

    Source of the format: PNG (W3C), third edition. The rows below the first are a deflate stream of
    their own, joined to the first row's after a full flush.
    """
    shade = 40 + 12 * (seed[0] % GREYS)
    row = bytes([shade]) * (3 * size.width)
    first = b"\0" + (seed + row)[: len(row)]
    packer = zlib.compressobj(1, zlib.DEFLATED, RAW)
    stream = packer.compress(first) + packer.flush(zlib.Z_FULL_FLUSH)
    stream += _packed(size, shade)
    check, below = zlib.adler32(first), b"\0" + row
    for _ in range(size.height - 1):
        check = zlib.adler32(below, check)
    data = ZLIB_HEADER + stream + struct.pack(">I", check)
    header = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"sRGB", b"\0"), (b"IDAT", data), (b"IEND", b"")]
    return SIGNATURE + b"".join(chunk(name, body) for name, body in chunks)


@lru_cache(maxsize=64)
def _packed(size: Size, shade: int) -> bytes:
    packer = zlib.compressobj(6, zlib.DEFLATED, RAW)
    row = b"\0" + bytes([shade]) * (3 * size.width)
    return packer.compress(row * (size.height - 1)) + packer.flush()


def chunk(name: bytes, body: bytes) -> bytes:
    """Return one chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
