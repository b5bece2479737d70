"""Files that share their bytes on the disk with another until one of them changes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

if sys.platform == "linux":
    from fcntl import ioctl
elif sys.platform == "darwin":
    import ctypes

FICLONE: Final = 0x40049409
"""The request that clones a whole file. Source: ioctl_ficlonerange(2), linux/fs.h."""

CLONED_FROM: Final = 65_536
"""Bytes: smaller files are written sooner than they are cloned."""

NEW_FILE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def clone(source: Path, path: Path) -> bool:
    """Make a new file that shares its bytes with another; False, and no file, where none can be.

    Its permissions are those of any new file. Btrfs, XFS, bcachefs and APFS can, ext4 and NTFS
    cannot, nor can two file systems.

    Raises:
        OSError: no file can be made there.
    """
    handle = os.open(path, NEW_FILE, 0o666)
    try:
        shared = _shares(source, path, handle)
    except OSError:
        shared = False
    finally:
        os.close(handle)
    if not shared:
        path.unlink(missing_ok=True)
    return shared


def _shares(source: Path, path: Path, handle: int) -> bool:
    """Let a new, empty file share another's bytes; `handle` is of the new one.

    Raises:
        OSError: the file system cannot.
    """
    if sys.platform == "linux":
        with source.open("rb") as file:
            ioctl(handle, FICLONE, file.fileno())
        return True
    elif sys.platform == "darwin":  # noqa: RET505  the type check follows each system's branch
        # Makes its file itself, with the permissions of the other. Source: clonefile(2) of macOS.
        mode = os.fstat(handle).st_mode & 0o777
        path.unlink()
        library = ctypes.CDLL(None)
        if library.clonefile(os.fsencode(source), os.fsencode(path), 0):
            return False
        path.chmod(mode)
        return True
    else:
        return False
