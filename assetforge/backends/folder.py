"""A shared store in a folder: of this machine, or of one that is mounted.

A folder that is not there, or holds no store, is refused: unmounted must not look like empty.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, TypeAlias
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from assetforge.backends.asking import those
from assetforge.backends.base import (
    MOST_BYTES,
    Entry,
    Kind,
    Refused,
    Unreachable,
    refuse_larger,
)
from assetforge.backends.files import name_anew, name_first, remove, write
from assetforge.backends.layout import FOLDERS, name_of, path_of
from assetforge.errors import StoreProblem
from assetforge.reads import listing
from assetforge.syncing import sync_there

WAY_OUT: Final = "; name one in ASSETFORGE_REMOTE, or unset it"

SCRATCH: Final = "tmp"
"""The folder of what is being written, as in the store of one project."""

STALE_SECONDS: Final = 24 * 60 * 60
"""What has been half-written for this long was left by a process that is gone."""

MODES: Final[dict[Kind, int]] = {"blobs": 0o444, "results": 0o644}
"""Permissions, less what the umask takes away."""

LASTING: Final = frozenset(
    {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
    | {errno.ELOOP, errno.ENAMETOOLONG}
)
"""What does not get better by itself: permissions, a disk that can only be read, or is full, a path
that leads nowhere."""

NO_PATH: Final = re.compile(r"(^|[/\\])([^/\\]+:[^/\\]*@|(https?|s3|gs|az):)", re.IGNORECASE)
"""Part of a path that is meant as an address, `user:password@host` or `https:host`.

Whose folder has such a name writes it as a `file:` address.
"""

NO_ADDRESS: Final = (
    "the address of the store is none: write it as https://host/path, s3://bucket/prefix, the path "
    "of a folder, or file:///path"
)
"""It is not repeated: it may hold a password."""

Naming: TypeAlias = Callable[[Path, Path], bool]
"""Gives a finished file its name; False: another has it."""


class FolderBackend:
    """A store in a folder, laid out as the store of one project."""

    def __init__(self, address: str) -> None:
        """Take the folder at a path, or at a `file:` address; nothing is looked at yet.

        Raises:
            Refused: the address is none, or of another machine.
        """
        self.root = _folder(address)
        self.address = str(self.root)
        self._swept = False

    def prepare(self) -> None:
        """Lay the folder out where it is empty, or its parent is there, and write to it once."""
        with self._explained("write to"):
            self._lay_out()
            self._try_out()

    def place(self, kind: Kind, name: str) -> str:
        """Return the path of the file."""
        return str(self._path(kind, name))

    def read(self, kind: Kind, name: str) -> bytes | None:
        """Return the bytes of a file; see `Backend`."""
        with self._explained("read"):
            try:
                with self._path(kind, name).open("rb") as file:
                    data = file.read(MOST_BYTES[kind] + 1)
            except (FileNotFoundError, NotADirectoryError):
                self._be_there()
                return None
        if len(data) > MOST_BYTES[kind]:
            where = self.place(kind, name)
            raise Refused(f"'{where}' has more than {MOST_BYTES[kind]} bytes, and is not taken")
        return data

    def holds(self, kind: Kind, names: Sequence[str]) -> set[str]:
        """Return which files are there; an empty one is none: a power cut leaves such behind."""
        with self._explained("read"):
            found = those(lambda name: _has(self._path(kind, name)), names)
            if len(found) < len(names):
                self._be_there()
        return found

    def create(self, kind: Kind, name: str, data: bytes) -> bool:
        """Write a file under a name that nothing has yet."""
        refuse_larger(data, MOST_BYTES[kind], self.place(kind, name))
        path = self._path(kind, name)
        with self._explained("write to"):
            if path.exists():
                return False
            self._lay_out()
            return self._written(path, data, MODES[kind], name_first)

    def replace(self, kind: Kind, name: str, data: bytes) -> None:
        """Write a file, whatever is there."""
        refuse_larger(data, MOST_BYTES[kind], self.place(kind, name))
        with self._explained("write to"):
            self._lay_out()
            self._written(self._path(kind, name), data, MODES[kind], name_anew)

    def entries(self, kind: Kind) -> Iterator[Entry]:
        """Yield what is there; files that are none of ours are left out."""
        with self._explained("read"):
            self._be_there()
            for path in (self.root / FOLDERS[kind]).glob("??/*"):
                name = name_of(kind, path.name)
                if name is None:
                    continue
                with suppress(FileNotFoundError):  # another process removed it
                    state = path.stat()
                    yield Entry(name, state.st_size, state.st_mtime)

    def delete(self, kind: Kind, names: Sequence[str]) -> None:
        """Remove files."""
        with self._explained("write to"):
            self._be_there()
            for name in names:
                remove(self._path(kind, name))

    def close(self) -> None:
        """Do nothing: nothing is held open."""

    def _path(self, kind: Kind, name: str) -> Path:
        return self.root / path_of(kind, name)

    def _be_there(self) -> None:
        """Tell a file that is not there from a store that is not, or not any more.

        Raises:
            Refused: the store is not there: unmounted, for example.
        """
        if not self._is_store():
            raise Refused(f"'{self.root}' is no store: it has no folder 'cas'{WAY_OUT}")

    def _is_store(self) -> bool:
        root = listing(self.root)
        return any(_is_folder(root / each) for each in FOLDERS.values())

    def _lay_out(self) -> None:
        """Make the folder a store where it is empty, or its parent is there.

        Raises:
            Refused: it has something else in it, or the folder above is not there.
        """
        if not self._is_store():
            if not _is_folder(self.root.parent):
                raise Refused(f"'{self.root}' is no store: its parent folder is missing{WAY_OUT}")
            if _is_folder(self.root) and not _is_free(self.root):
                raise Refused(f"'{self.root}' is no store, and holds other files{WAY_OUT}")
        for each in (*FOLDERS.values(), SCRATCH):
            (self.root / each).mkdir(parents=True, exist_ok=True)
        if not self._swept:
            self._swept = True
            _sweep(self.root / SCRATCH)

    def _try_out(self) -> None:
        """Write and remove a file: that all folders are there does not say that we may."""
        part = self._part()
        write(part, b"", 0o644)
        remove(part)

    def _part(self) -> Path:
        """Return the path of a file that nobody else writes."""
        return self.root / SCRATCH / f".{uuid4().hex}.part"

    def _written(self, path: Path, data: bytes, mode: int, name: Naming) -> bool:
        """Write a file so that a reader, or a crash, never sees half of it.

        Returns:
            what `name` says: whether the file has got its name.
        """
        part = self._part()
        try:
            write(part, data, mode)
            path.parent.mkdir(exist_ok=True)
            if not name(part, path):
                return False
        finally:
            with suppress(FileNotFoundError):
                remove(part)
        for each in (path.parent, path.parent.parent):
            sync_there(each)
        return True

    @contextmanager
    def _explained(self, verb: str) -> Iterator[None]:
        """Let what the system refuses be told as what it is to whoever shares the store."""
        try:
            yield
        except OSError as error:
            raise _problem(error, f"cannot {verb} the other store '{self.root}'") from error


def _folder(address: str) -> Path:
    """Return the path of a folder.

    Raises:
        Refused: the address is none, or of another machine.
    """
    try:
        found = _addressed(address) if address.startswith("file:") else _named(address)
        if b"\0" not in os.fsencode(found):
            return found
    except (ValueError, RuntimeError):  # what no address can hold; a user that nobody is
        pass
    raise Refused(NO_ADDRESS)


def _named(path: str) -> Path:
    if NO_PATH.search(path):
        raise Refused(NO_ADDRESS)
    return Path(path).expanduser().absolute()


def _addressed(address: str) -> Path:
    parts = urlsplit(address)
    if parts.netloc not in ("", "localhost"):
        host = parts.netloc.rpartition("@")[2]
        raise Refused(
            f"'file://{host}{parts.path}' is no store that is known: it must be a folder of this "
            f"machine{WAY_OUT}"
        )
    if not parts.path.startswith("/"):
        raise Refused(NO_ADDRESS)
    path = unquote(parts.path)
    return Path(path if os.name == "posix" else path.lstrip("/"))


def _problem(error: OSError, what: str) -> StoreProblem:
    kind = Refused if error.errno in LASTING else Unreachable
    place = f": '{os.fsdecode(error.filename)}'" if error.filename else ""
    return kind(f"{what}: {(error.strerror or str(error)).lower()}{place}")


def _is_folder(path: Path) -> bool:
    """Tell whether there is a folder; unlike `Path.is_dir`, not to be let in is no answer."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def _has(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except (FileNotFoundError, NotADirectoryError):
        return False


def _is_free(folder: Path) -> bool:
    """Tell whether nothing of anybody else is in a folder; another may lay it out just now."""
    ours = {*FOLDERS.values(), SCRATCH, "lost+found"}
    return all(each.name.startswith(".") or each.name in ours for each in folder.iterdir())


def _sweep(scratch: Path) -> None:
    """Remove what processes that are gone left half-written."""
    for each in scratch.glob("*.part"):
        with suppress(OSError):  # another process was faster, or it is another's
            if each.stat().st_mtime < time.time() - STALE_SECONDS:
                remove(each)
