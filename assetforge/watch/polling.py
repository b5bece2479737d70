"""Looks at folders again and again, where the file system gives no events.

watchfiles can poll too, but by whole seconds: of two saves in one second it misses the second.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Final, TypeAlias

POLL_SECONDS: Final = 0.3
"""How long after one look the next one comes."""

Seen: TypeAlias = dict[str, tuple[int, int, int]]
"""What is in folders: times and size of each file, nothing of a folder but that it is there."""

FOLDER: Final = (-1, -1, -1)


def polled(folders: Collection[Path], stop: Event) -> Iterator[set[Path]]:
    """Yield what changed between one look and the next, and nothing as an empty set."""
    seen = look(folders)
    while not stop.wait(POLL_SECONDS):
        now = look(folders)
        yield {Path(name) for name in seen.keys() | now.keys() if seen.get(name) != now.get(name)}
        seen = now


def look(folders: Collection[Path]) -> Seen:
    """Return what is in some folders now, and the folders themselves where they are there."""
    found: Seen = {}
    for folder in folders:
        with suppress(OSError), os.scandir(folder) as entries:
            found[str(folder)] = FOLDER
            for entry in entries:
                found[entry.path] = _state(entry)
    return found


def _state(entry: os.DirEntry[str]) -> tuple[int, int, int]:
    """Return modification and change time in nanoseconds, and size."""
    try:
        if entry.is_dir():
            return FOLDER
        about = entry.stat()
    except OSError:  # gone meanwhile, or a link to nowhere
        return 0, 0, 0
    return about.st_mtime_ns, about.st_ctime_ns, about.st_size
