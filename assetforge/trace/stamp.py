"""The state of a file or folder, from its status alone: equal stamps mean equal content.

The time of change cannot be set by a program, unlike that of modification: an edit that keeps size
and time shows in it. Windows has none (there it is when the file was made), and its file systems
note the time of modification to 100 ns.
"""

from __future__ import annotations

import os

KNOWS_CHANGES = os.name != "nt"
"""Whether the system says when a file was changed."""

Stamp = tuple[int, int, int, int]
"""Time of modification and of change in nanoseconds, size in bytes, inode."""

UNPROVEN: Stamp = (0, 0, 0, 0)
"""The stamp of what may have changed after it was looked at: equal to that of no file."""

TICK_NS = 20_000_000
"""What may pass before a clock that file systems take their times from goes on, and some more.

Source: Linux takes them from a clock that ticks with CONFIG_HZ, 100 to 1000 times a second.
"""

COARSE_TICK_NS = 2_000_000_000
"""The same where times are whole seconds: FAT has every second one only."""


def stamp_of(path: str) -> Stamp | None:
    """Return the stamp of what a path leads to; None: nothing, or it cannot be told."""
    try:
        found = os.stat(path)  # noqa: PTH116  this is called for every output
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, changed_ns(found), found.st_size, found.st_ino


def inode_of(path: str) -> int:
    """Return the inode of what a path leads to; 0: nothing, or it cannot be told."""
    stamp = stamp_of(path)
    return 0 if stamp is None else stamp[3]


def changed_ns(found: os.stat_result) -> int:
    """Return when a file or its name was changed, which no program can set back; 0: not known.

    On Windows `st_ctime_ns` is when it was made. Source: docs.python.org/3/library/os.html.
    """
    return found.st_ctime_ns if KNOWS_CHANGES else 0


def leads_to(path: str) -> str:
    """Return where a link leads to; empty: it is none."""
    try:
        os.readlink(path)  # noqa: PTH115  this is called for every folder
    except (OSError, ValueError):
        return ""
    return os.path.realpath(path)


def is_young(stamp: Stamp, now_ns: int) -> bool:
    """Tell whether an edit after `now_ns` might leave the same times: the clock had not gone on."""
    mtime, ctime = stamp[:2]
    coarse = not (mtime % 1_000_000_000 or ctime % 1_000_000_000)
    return max(mtime, ctime) >= now_ns - (COARSE_TICK_NS if coarse else TICK_NS)


def names_in(path: str) -> str | None:
    """Return the names in a folder and what kind of thing each is; None: it cannot be read.

    Hidden ones are nobody's sources.
    """
    try:
        with os.scandir(path) as entries:
            found = [
                f"{each.name}{'/' if each.is_dir() else ''}{'@' if each.is_symlink() else ''}"
                for each in entries
                if not each.name.startswith(".")
            ]
    except OSError:
        return None
    return "\0".join(sorted(found))
