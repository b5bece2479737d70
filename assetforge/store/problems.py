"""What to say when the store's disk or one of its databases refuses: one line, and what to do."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from assetforge.errors import StoreProblem

try:
    import pwd
except ImportError:  # not on Windows
    pwd = None  # type: ignore[assignment]

FULL: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})
DENIED: Final = frozenset({errno.EACCES, errno.EPERM})
BROKEN: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})

FOREIGN: Final = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISMATCH})
"""Our statements are right: the tables are not ours, or not any more."""

REFUSED: Final = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})

NO_ROOM: Final = 65_536
"""Bytes: a disk with fewer is taken for full where SQLite only says that writing failed."""

MAKE_ROOM: Final = "the disk is full: make room (`assetforge gc` says what the store can spare)"


class Damaged(StoreProblem):
    """A file of the store cannot be understood; `why` is what is wrong with it."""

    def __init__(self, message: str, why: str) -> None:
        self.why = why
        super().__init__(message)


def disk_problem(error: OSError, what: str) -> StoreProblem:
    """Return what to say of a file or folder that the system refuses.

    Args:
        error: what it said.
        what: what could not be done, such as `cannot write to the store`.
    """
    path = Path(os.fsdecode(error.filename)) if error.filename else None
    if error.errno in FULL:
        return StoreProblem(f"{what}: {MAKE_ROOM}")
    if error.errno == errno.EROFS:
        where = f" of '{path}'" if path else ""
        return StoreProblem(f"{what}: the disk{where} can only be read; let it be written to")
    if error.errno in DENIED and path is not None:
        return StoreProblem(f"{what}: {_denied(path)}")
    return StoreProblem(f"{what}: {error}")


def _denied(path: Path) -> str:
    """Say whose a path is that was denied, or the nearest folder above that can be looked at."""
    there = next((each for each in (path, *path.parents) if _owner(each) is not None), None)
    if there is None:
        return f"permission denied: '{path}'"
    owner, own = _owner(there), _name(os.geteuid())
    if owner == own:
        return f"permission denied: '{path}'; change the permissions of '{there}'"
    return (
        f"permission denied: '{path}' ('{there}' belongs to '{owner}', and you are '{own}'): give "
        f"it to '{own}', or run assetforge as '{owner}'"
    )


def _owner(path: Path) -> str | None:
    """Return the name of a path's owner; None: it cannot be told, here or at all."""
    try:
        return _name(path.stat().st_uid) if os.name == "posix" else None
    except OSError:
        return None


def _name(user: int) -> str:
    """Return a user's name, or the number of one that has none here: as in many containers."""
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _code(error: Exception) -> int:
    # Python's own errors have none: a text in the database is no UTF-8.
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF


@contextmanager
def explained(path: Path, what: str, damage: str) -> Iterator[None]:
    """Let what SQLite refuses be told as a `StoreProblem`; our own mistakes stay what they are.

    Args:
        path: the database.
        what: what it is, such as `ledger`.
        damage: what to do when it is damaged.
    """
    try:
        yield
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        raise database_problem(error, path, what, damage) from error
    except UnicodeDecodeError as error:  # a name in the database
        raise damaged(path, what, error, damage) from error


def database_problem(error: Exception, path: Path, what: str, damage: str) -> StoreProblem:
    """Return what to say of a database that cannot be used; see `explained`."""
    if _code(error) in BROKEN:
        return damaged(path, what, error, damage)
    cannot = f"cannot use the {what} '{path}'"
    if _code(error) in FOREIGN:
        return Damaged(f"{cannot}: {error}: {damage}", str(error))
    if _code(error) == sqlite3.SQLITE_FULL or (_is_io(error) and _is_full(path.parent)):
        return StoreProblem(f"{cannot}: {MAKE_ROOM}")
    if _code(error) == sqlite3.SQLITE_BUSY:
        return StoreProblem(f"{cannot}: {error}: another process holds it; try again when it ended")
    if _code(error) in REFUSED:
        return StoreProblem(f"{cannot}: {error}: {_refused(path)}")
    return StoreProblem(f"{cannot}: {error}")


def damaged(path: Path, what: str, error: Exception, damage: str) -> Damaged:
    """Return what to say of a file that cannot be understood; see `explained`."""
    why = " ".join(str(error).split())
    return Damaged(f"the {what} '{path}' is damaged ({why}): {damage}", why)


def _is_io(error: Exception) -> bool:
    return _code(error) in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < NO_ROOM
    except OSError:
        return False


def _refused(path: Path) -> str:
    there = path if path.exists() else path.parent
    owner = _owner(there)
    own = _name(os.geteuid()) if owner is not None else None
    if owner != own:
        return f"'{there}' belongs to '{owner}', and you are '{own}': give it to '{own}'"
    return f"let '{there}' and its folder be written to"
