"""How large a picture is, by the first bytes of its file: planning loads no picture library."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

from assetforge.pipeline import Size

HEAD_BYTES: Final = 30
PNG: Final = b"\x89PNG\r\n\x1a\n"
FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG's frame header, which holds its size. Source: ITU T.81, table B.1."""


def size_of_file(file: Path) -> Size | None:
    """Return the pixels of a PNG, JPEG, GIF or WebP as they are stored; None where they hide.

    Raises:
        OSError: the file cannot be read.
    """
    with file.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
        if head.startswith(b"\xff\xd8"):
            return _of_jpeg(opened)
    if len(head) < HEAD_BYTES:
        return None
    if head.startswith(PNG):
        return _size(int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"))
    if head.startswith((b"GIF87a", b"GIF89a")):
        return _size(int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little"))
    return _of_webp(head) if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else None


def _of_jpeg(opened: BinaryIO) -> Size | None:
    """Return what the frame header says, behind all segments that stand before it."""
    opened.seek(2)
    while len(head := opened.read(9)) == 9 and head[0] == 0xFF:
        if head[1] in FRAMES:
            return _size(int.from_bytes(head[7:9], "big"), int.from_bytes(head[5:7], "big"))
        # A marker may have more than one 0xff before it.
        opened.seek(-8 if head[1] == 0xFF else int.from_bytes(head[2:4], "big") - 7, 1)
    return None


def _of_webp(head: bytes) -> Size | None:
    """Source: RFC 9649, 2.5 to 2.7."""
    match head[12:16]:
        case b"VP8 ":
            both = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (26, 28))
        case b"VP8L":
            bits = int.from_bytes(head[21:25], "little")
            both = ((bits >> shift & 0x3FFF) + 1 for shift in (0, 14))
        case b"VP8X":
            both = (int.from_bytes(head[at : at + 3], "little") + 1 for at in (24, 27))
        case _:
            return None
    return _size(*both)


def _size(width: int, height: int) -> Size | None:
    return Size(width, height) if width and height else None
