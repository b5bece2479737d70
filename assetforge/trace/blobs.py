"""Which pictures the last whole build stood on: looked up when the store's folders changed."""

from __future__ import annotations

import marshal
import os
import zlib

DIGEST_CHARACTERS = 64

HEAD_BYTES = 12
"""Size and checksum, before each part of the file."""


def write_blobs(folder: str, generation: str, digests: list[str]) -> None:
    """Write the digests that have to be in the store, by the two characters they begin with.

    Raises:
        OSError: they cannot be written.
    """
    with open(f"{folder}/{generation}.blobs", "wb") as file:  # noqa: PTH123
        file.write(_part(digests))


def add_blobs(folder: str, generation: str, digests: list[str]) -> None:
    """Write digests that have to be in the store besides.

    Raises:
        OSError: they cannot be written.
    """
    with open(f"{folder}/{generation}.blobs", "ab") as file:  # noqa: PTH123
        file.write(_part(digests))


def _part(digests: list[str]) -> bytes:
    by_start: dict[str, list[str]] = {}
    for each in sorted(set(digests)):
        by_start.setdefault(each[:2], []).append(each)
    data = marshal.dumps({start: "".join(some) for start, some in by_start.items()})
    return len(data).to_bytes(8, "big") + zlib.crc32(data).to_bytes(4, "big") + data


def missing(folder: str, generation: str, place: str) -> bool:
    """Tell whether a folder of the store lacks a picture, or nobody knows which it should have."""
    try:
        with open(f"{folder}/{generation}.blobs", "rb") as file:  # noqa: PTH123
            wanted = _wanted(file.read(), os.path.basename(place))  # noqa: PTH119
        with os.scandir(place) as entries:
            there = {each.name for each in entries if each.stat().st_size}
    except (OSError, ValueError):
        return True
    named = range(0, len(wanted), DIGEST_CHARACTERS)
    return not all(wanted[at : at + DIGEST_CHARACTERS] in there for at in named)


def _wanted(data: bytes, start: str) -> str:
    """Return the digests that begin with some characters.

    Raises:
        ValueError: the data are not what was written.
    """
    found = ""
    while True:
        end = HEAD_BYTES + int.from_bytes(data[:8], "big")
        part = data[HEAD_BYTES:end]
        if len(data) < end or zlib.crc32(part).to_bytes(4, "big") != data[8:HEAD_BYTES]:
            raise ValueError("digests are missing")
        found += str(marshal.loads(part).get(start, ""))
        data = data[end:]
        if not data:
            return found
