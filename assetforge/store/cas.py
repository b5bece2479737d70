"""Content-addressed store: blobs in files named by their digest, never changed once there."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from urllib.parse import quote, unquote

from assetforge.digest import Digest, digest_of
from assetforge.errors import StoreProblem
from assetforge.store.cloning import CLONED_FROM, clone
from assetforge.store.problems import disk_problem
from assetforge.store.process import is_gone, is_neighbour, own_name
from assetforge.syncing import NEW_FILE, sync, sync_there

STALE_SECONDS = 24 * 60 * 60
"""A file of another machine's process that has been half-written for this long is left over."""

PART = ".part"
"""How the name of a file ends that is being written."""

NUMBERS = count()
"""What tells the files apart that one process writes."""


def part_name() -> str:
    """Return a name for a file that is being written: it says by whom, and no other has it."""
    return f".{_writer(os.getpid())}.{next(NUMBERS):x}{PART}"


@cache
def _writer(number: int) -> str:
    return quote(own_name(), safe=" ")


def is_left_over(path: Path) -> bool:
    """Tell whether nobody writes a half-written file any more, as far as can be told."""
    writer = unquote(path.name.removeprefix(".").removesuffix(PART).rpartition(".")[0])
    if is_neighbour(writer):
        return is_gone(writer)
    try:
        return path.stat().st_mtime < time.time() - STALE_SECONDS
    except OSError:  # another process was faster
        return False


def write_atomically(
    path: Path, data: bytes, *, durable: bool, scratch: Path, mode: int = 0o666
) -> None:
    """Put bytes at a path: a reader, or a crash, never sees half a file.

    `scratch` is a folder on the same file system. `durable` also survives a power cut. `mode` are
    the file's permissions, less what the user's umask takes away.

    Raises:
        OSError: the disk is full, the folder cannot be written, ...
    """
    temporary = os.path.join(scratch, part_name())  # noqa: PTH118  each costs several of this
    try:
        # Made with its permissions: a reader never sees a blob that could be written to.
        handle = os.open(temporary, NEW_FILE, mode)
        try:
            _write(handle, data)
            if durable:
                sync(handle)
        finally:
            os.close(handle)
        _move(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    if durable:
        sync_there(path.parent)
        # The folder may be new: also if another process, that has not synced it yet, made it.
        sync_there(path.parent.parent)


def _write(handle: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(handle, rest) :]


def _move(temporary: str, path: Path) -> None:
    """Rename a file; the folder that it goes to is made when it is not there."""
    if not os.path.isdir(os.path.dirname(path)):  # noqa: PTH112, PTH120
        path.parent.mkdir(parents=True, exist_ok=True)
    os.replace(temporary, path)  # noqa: PTH105


class Cas:
    """Blobs under `root/cas/ab/abcdef…`. Safe for several threads and processes at once."""

    def __init__(self, root: Path) -> None:
        self._blobs = root / "cas"
        self._start = os.path.join(self._blobs, "")  # noqa: PTH118
        self._scratch = root / "tmp"

    def path(self, digest: Digest) -> Path:
        """Return where the blob of a digest is, or would be."""
        return Path(self._place(digest))

    def _place(self, digest: Digest) -> str:
        return f"{self._start}{digest[:2]}{os.sep}{digest}"

    def has(self, digest: Digest) -> bool:
        """Tell whether the blob is there. Its bytes are checked when they are read.

        An empty file is none: a power cut leaves such behind for blobs that were not durable.
        """
        try:
            return os.stat(self._place(digest)).st_size > 0  # noqa: PTH116  asked for each hit
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
                _keep_again(path, durable=durable)
                return digest
            write_atomically(path, data, durable=durable, scratch=self._scratch, mode=0o444)
        except OSError as error:
            raise disk_problem(error, "cannot write to the store") from error
        return digest

    def read(self, digest: Digest) -> bytes:
        """Return a blob's bytes.

        Raises:
            StoreProblem: the blob is not there, or its bytes are not what its name says.
        """
        try:
            with open(self._place(digest), "rb", buffering=0) as file:  # noqa: PTH123
                data = file.read()
        except FileNotFoundError:
            raise StoreProblem(f"the store has no blob {digest}") from None
        except OSError as error:
            raise disk_problem(error, "cannot read from the store") from error
        self._check(digest, data)
        return data

    def _check(self, digest: Digest, data: bytes) -> None:
        """Refuse bytes that are not what their name says.

        Raises:
            StoreProblem: they are not.
        """
        if digest_of(data) != digest:
            raise StoreProblem(
                f"the blob '{self.path(digest)}' is damaged: put back a good copy, or delete it to "
                "have it made again; `assetforge fsck` looks for a copy"
            )

    def deliver(self, digest: Digest, path: Path) -> None:
        """Put a blob's bytes at a path outside the store, at once.

        Where the file system can, both share their bytes on the disk until one of them changes.
        Never by a hard link: a program that writes in place would write into the store.

        Raises:
            StoreProblem: the blob cannot be read.
            OSError: the path cannot be written.
        """
        if self._is_large(digest) and self._deliver_clone(digest, path):
            return
        data = self.read(digest)
        try:
            write_atomically(path, data, durable=False, scratch=self._scratch)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            write_atomically(path, data, durable=False, scratch=path.parent)

    def _is_large(self, digest: Digest) -> bool:
        try:
            return os.stat(self._place(digest)).st_size >= CLONED_FROM  # noqa: PTH116
        except OSError:  # told when it is read
            return False

    def _deliver_clone(self, digest: Digest, path: Path) -> bool:
        """Put a blob's clone at a path; False where there can be none."""
        temporary = self._scratch / part_name()
        try:
            if not clone(self.path(digest), temporary):
                return False
            # The clone is looked at, not the blob: this is what is delivered.
            self._check(digest, temporary.read_bytes())
            _move(str(temporary), path)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            return False
        finally:
            temporary.unlink(missing_ok=True)
        return True

    def left_over(self) -> list[Path]:
        """Return what killed processes left half-written."""
        return [path for path in self._scratch.iterdir() if is_left_over(path)]

    def sweep(self) -> None:
        """Remove what killed processes left half-written."""
        for path in self.left_over():
            with contextlib.suppress(OSError):  # another process may be faster
                path.unlink()

    def folders(self) -> list[Path]:
        """Return the folders that blobs lie in, by name."""
        return sorted(self._blobs.glob("??"))

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


def _keep_again(path: Path, *, durable: bool) -> None:
    """Have a blob that is there already as if it were written now: young, and durable if asked."""
    with contextlib.suppress(PermissionError):  # another user's
        os.utime(path)
    if durable:
        for each in (path, path.parent, path.parent.parent):
            sync_there(each)
