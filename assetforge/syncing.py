"""Writing that survives a power cut, as each system does it."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import Final

if sys.platform == "darwin":
    from fcntl import F_FULLFSYNC, fcntl

NO_SYNC: Final = frozenset({errno.EINVAL, errno.EBADF, errno.EACCES, errno.EPERM, errno.ENOTSUP})
"""How systems say that they do not sync folders, or files that cannot be written to."""

NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
"""How a file is opened that must not be there yet."""


def sync(handle: int) -> None:
    """Make what was written to a file survive a power cut.

    Raises:
        OSError: it may not.
    """
    if sys.platform == "darwin":
        # There `fsync` leaves it in the disk's own memory. Source: fsync(2) of macOS.
        fcntl(handle, F_FULLFSYNC)
    else:
        os.fsync(handle)


def sync_there(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut, where the system lets us.

    Raises:
        OSError: the disk could not write it.
    """
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
