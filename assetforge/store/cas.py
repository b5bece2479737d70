"""Content-addressed store: blobs in files named by their digest, never changed once there."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from assetforge.digest import Digest, digest_of
from assetforge.errors import StoreProblem


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder survive a power cut, where the system lets folders be synced."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_atomically(path: Path, data: bytes, *, durable: bool, scratch: Path) -> None:
    """Put bytes at a path: a reader, or a crash, never sees half a file.

    `scratch` is a folder on the same file system. `durable` also survives a power cut.

    Raises:
        OSError: the disk is full, the folder cannot be written, ...
    """
    handle, temporary = tempfile.mkstemp(dir=scratch)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        path.parent.mkdir(parents=True, exist_ok=True)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    if durable:
        sync_folder(path.parent)


class Cas:
    """Blobs under `root/cas/ab/abcdef…`. Safe for several threads and processes at once."""

    def __init__(self, root: Path) -> None:
        self._blobs = root / "cas"
        self._scratch = root / "tmp"

    def path(self, digest: Digest) -> Path:
        """Return where the blob of a digest is, or would be."""
        return self._blobs / digest[:2] / digest

    def has(self, digest: Digest) -> bool:
        """Tell whether the blob is there. Its bytes are checked when they are read."""
        return self.path(digest).is_file()

    def put(self, data: bytes, *, durable: bool) -> Digest:
        """Keep bytes and return their digest. `durable`: they survive a power cut on return.

        Raises:
            StoreProblem: the bytes could not be written; nothing half-written is left.
        """
        digest = digest_of(data)
        path = self.path(digest)
        try:
            if path.is_file() and path.stat().st_size == len(data):
                return digest
            write_atomically(path, data, durable=durable, scratch=self._scratch)
            path.chmod(0o444)
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
            raise StoreProblem(f"the blob {digest} is damaged: {self.path(digest)}")
        return data

    def digests(self) -> Iterator[Digest]:
        """Yield every blob's digest, in no order."""
        for path in self._blobs.glob("??/*"):
            yield Digest(path.name)
