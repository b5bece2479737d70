"""Content-addressed store: blobs in files named by their digest, never changed once there."""

from __future__ import annotations

import contextlib
import errno
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from assetforge.digest import Digest, digest_of
from assetforge.errors import StoreProblem

STALE_SECONDS = 24 * 60 * 60
"""A file that has been half-written for this long belongs to a process that is gone."""

NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder survive a power cut, where the system lets folders be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_atomically(
    path: Path, data: bytes, *, durable: bool, scratch: Path, mode: int = 0o666
) -> None:
    """Put bytes at a path: a reader, or a crash, never sees half a file.

    `scratch` is a folder on the same file system. `durable` also survives a power cut. `mode` are
    the file's permissions, less what the user's umask takes away.

    Raises:
        OSError: the disk is full, the folder cannot be written, ...
    """
    temporary = scratch / f".{uuid.uuid4().hex}.part"
    try:
        # Made with its permissions: a reader never sees a blob that could be written to.
        handle = os.open(temporary, NEW_FILE, mode)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        new_folder = not path.parent.is_dir()
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)
        if new_folder:
            sync_folder(path.parent.parent)


class Cas:
    """Blobs under `root/cas/ab/abcdef…`. Safe for several threads and processes at once."""

    def __init__(self, root: Path) -> None:
        self._blobs = root / "cas"
        self._scratch = root / "tmp"

    def path(self, digest: Digest) -> Path:
        """Return where the blob of a digest is, or would be."""
        return self._blobs / digest[:2] / digest

    def has(self, digest: Digest) -> bool:
        """Tell whether the blob is there. Its bytes are checked when they are read.

        An empty file is none: a power cut leaves such behind for blobs that were not durable.
        """
        try:
            return self.path(digest).stat().st_size > 0
        except OSError:
            return False

    def put(self, data: bytes, *, durable: bool) -> Digest:
        """Keep bytes and return their digest. `durable`: they survive a power cut on return.

        Raises:
            StoreProblem: the bytes could not be written; nothing half-written is left.
        """
        digest = digest_of(data)
        path = self.path(digest)
        try:
            if _holds(path, data):
                return digest
            write_atomically(path, data, durable=durable, scratch=self._scratch, mode=0o444)
        except OSError as error:
            raise StoreProblem(f"cannot write to the store: {error}") from error
        return digest

    def read(self, digest: Digest) -> bytes:
        """Return a blob's bytes.

        Raises:
            StoreProblem: the blob is not there, or its bytes are not what its name says.
        """
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError:
            raise StoreProblem(f"the store has no blob {digest}") from None
        except OSError as error:
            raise StoreProblem(f"cannot read from the store: {error}") from error
        if digest_of(data) != digest:
            raise StoreProblem(
                f"the blob '{self.path(digest)}' is damaged: put back a good copy, or delete it to "
                "have it made again"
            )
        return data

    def deliver(self, digest: Digest, path: Path) -> None:
        """Put a blob's bytes at a path outside the store, at once.

        Raises:
            StoreProblem: the blob cannot be read.
            OSError: the path cannot be written.
        """
        data = self.read(digest)
        try:
            write_atomically(path, data, durable=False, scratch=self._scratch)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            write_atomically(path, data, durable=False, scratch=path.parent)

    def sweep(self) -> None:
        """Remove what killed processes left half-written."""
        for path in self._scratch.iterdir():
            # Another process may be faster.
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < time.time() - STALE_SECONDS:
                    path.unlink()

    def digests(self) -> Iterator[Digest]:
        """Yield every blob's digest, in no order."""
        for path in self._blobs.glob("??/*"):
            yield Digest(path.name)


def _holds(path: Path, data: bytes) -> bool:
    """Tell whether a file is there with just these bytes."""
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except FileNotFoundError:
        return False
