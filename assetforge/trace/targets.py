"""The targets of a trace: their paths, in pieces, and their stamps, in rows that are updated alone.

Both are sorted by folder, so that those of one folder lie together.
"""

from __future__ import annotations

import marshal
import os
import sys

from assetforge.trace.stamp import KNOWS_CHANGES, Stamp

PIECE = 4096
"""How many paths are read at once."""

COLUMNS = 4
ROW_BYTES = COLUMNS * 8

INODE_BITS = (1 << 63) - 1
"""Some systems number files with 64 bits and no sign; a row holds signed ones."""

UNREADABLE = (OSError, ValueError, EOFError, TypeError, LookupError, MemoryError, OverflowError)
"""What reading files that are not as they were written may raise."""


class Targets:
    """Reads paths and stamps of one generation; opened for one check.

    Raises one of `UNREADABLE` where its files are not there, or not what was written.
    """

    def __init__(self, folder: str, generation: str) -> None:
        """Open the files of a generation."""
        self._stamps = f"{folder}/{generation}.stamps"
        with open(f"{folder}/{generation}.index", "rb") as file:  # noqa: PTH123
            self._offsets = memoryview(file.read()).cast("q")
        self._paths = f"{folder}/{generation}.paths"

    def paths(self, start: int, end: int) -> list[str]:
        """Return the paths of some rows."""
        first, last = start // PIECE, (end - 1) // PIECE
        found: list[str] = []
        with open(self._paths, "rb") as file:  # noqa: PTH123
            for piece in range(first, last + 1):
                file.seek(self._offsets[piece])
                size = self._offsets[piece + 1] - self._offsets[piece]
                found += marshal.loads(file.read(size))
        some = found[start - first * PIECE : end - first * PIECE]
        if len(some) != end - start:
            raise ValueError("paths are missing")
        return some

    def row(self, row: int) -> bytes:
        """Return the stamp of a target, as `row_of` writes it."""
        with open(self._stamps, "rb") as file:  # noqa: PTH123
            file.seek(row * ROW_BYTES)
            return file.read(ROW_BYTES)

    def changed(self, start: int, end: int) -> list[int]:
        """Return which rows of some have a target that is not as it was left."""
        if start >= end:
            return []
        with open(self._stamps, "rb") as file:  # noqa: PTH123
            file.seek(start * ROW_BYTES)
            rows = memoryview(file.read((end - start) * ROW_BYTES)).cast("q")
        if len(rows) != (end - start) * COLUMNS:
            raise ValueError("rows are missing")
        return [start + each for each in _differing(self.paths(start, end), rows)]


def _differing(paths: list[str], rows: memoryview[int]) -> list[int]:
    """Return which of some files do not have the stamp of their row; the hot loop of a check."""
    found = []
    stat, at, timed = os.stat, 0, KNOWS_CHANGES
    for number, path in enumerate(paths):
        try:
            now = stat(path)
        except OSError:
            found.append(number)
        else:
            if (
                now.st_mtime_ns != rows[at]
                or (timed and now.st_ctime_ns != rows[at + 1])
                or now.st_size != rows[at + 2]
                or now.st_ino & INODE_BITS != rows[at + 3]
            ):
                found.append(number)
        at += COLUMNS
    return found


def write_targets(folder: str, generation: str, paths: list[str], stamps: list[Stamp]) -> None:
    """Write the paths, sorted by folder, and the stamps of a new generation.

    Raises:
        OSError: they cannot be written.
    """
    offsets = [0]
    with open(f"{folder}/{generation}.paths", "wb") as file:  # noqa: PTH123
        for start in range(0, len(paths), PIECE):
            file.write(marshal.dumps(paths[start : start + PIECE]))
            offsets.append(file.tell())
    with open(f"{folder}/{generation}.index", "wb") as file:  # noqa: PTH123
        file.write(_numbers(*offsets))
    with open(f"{folder}/{generation}.stamps", "wb") as file:  # noqa: PTH123
        file.write(b"".join(map(row_of, stamps)))


def set_stamps(folder: str, generation: str, stamps: dict[int, Stamp]) -> None:
    """Write the stamps of some rows; a torn row is of no file, and its target looked at again.

    Raises:
        OSError: they cannot be written.
    """
    with open(f"{folder}/{generation}.stamps", "r+b") as file:  # noqa: PTH123
        for row, stamp in stamps.items():
            file.seek(row * ROW_BYTES)
            file.write(row_of(stamp))


def row_of(stamp: Stamp) -> bytes:
    """Return a stamp as a row."""
    mtime, ctime, size, inode = stamp
    return _numbers(mtime, ctime, size, inode & INODE_BITS)


def _numbers(*numbers: int) -> bytes:
    return b"".join(each.to_bytes(8, sys.byteorder, signed=True) for each in numbers)
