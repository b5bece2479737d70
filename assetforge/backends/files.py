"""Files that several processes and machines write at once, and that survive a power cut."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Final

from assetforge.syncing import NEW_FILE, sync

NO_LINKS: Final = frozenset(
    {errno.EPERM, errno.EACCES, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK}
)
"""How systems say that a file gets no second name. Source: link(2)."""


def write(path: Path, data: bytes, mode: int) -> None:
    """Write a new file that survives a power cut."""
    handle = os.open(path, NEW_FILE, mode)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(handle, rest) :]
        sync(handle)
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
