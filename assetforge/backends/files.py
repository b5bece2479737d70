"""Files that several processes and machines write at once, and that survive a power cut."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path
from typing import Final

if sys.platform == "darwin":
    from fcntl import F_FULLFSYNC, fcntl

NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)

NO_LINKS: Final = frozenset(
    {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}
)
"""How systems say that a file gets no second name. Source: link(2)."""

NO_SYNC: Final = frozenset({errno.EINVAL, errno.EBADF, errno.EACCES, errno.EPERM, errno.ENOTSUP})
"""How systems say that they do not sync folders."""


def write(path: Path, data: bytes, mode: int) -> None:
    """Write a new file that survives a power cut."""
    handle = os.open(path, NEW_FILE, mode)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        if sys.platform == "darwin":
            # There `fsync` leaves it in the disk's own memory. Source: fsync(2) of macOS.
            fcntl(handle, F_FULLFSYNC)
        else:
            os.fsync(handle)
    finally:
        os.close(handle)


def name_first(part: Path, path: Path) -> bool:
    """Give a file a name that none has yet."""
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        return _claimed_first(part, path)
    return True


def _claimed_first(part: Path, path: Path) -> bool:
    """Claim a name that none has yet by an empty file, and put the file in its place.

    For a moment the name stands for an empty file; where the process is killed then, it stays one.
    """
    try:
        os.close(os.open(path, NEW_FILE, 0o644))
    except FileExistsError:
        return False
    return name_anew(part, path)


def name_anew(part: Path, path: Path) -> bool:
    """Give a file a name, whatever has it."""
    part.replace(path)
    return True


def remove(path: Path) -> None:
    """Remove a file, if it is there."""
    try:
        path.unlink(missing_ok=True)
    except PermissionError:  # Windows removes no file that can only be read
        if os.name == "posix":
            raise
        path.chmod(stat.S_IWRITE)
        path.unlink(missing_ok=True)


def sync_folder(path: Path) -> None:
    """Make the names in a folder survive a power cut, where the system lets us."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except PermissionError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in NO_SYNC:
            raise
    finally:
        os.close(handle)
