"""The command line in a world where something is wrong, for a process of its own.

`FAULTY` in the environment is a JSON object; each key is left out where nothing is wrong:

* `full_from`, `full_until`: which writes below the current folder find the disk full, counted from
  1; without the latter, all from then on. A write is whatever needs space: opening a file to write,
  writing to it, syncing, renaming, making a folder, a statement of SQLite that changes something.
* `writes`: a file that is told how many writes there were.
* `clock`: by how many seconds the clock is wrong.
* `machine`: the name of another machine.
* `humble`: true takes away root's right to read and write everybody's files.
"""

from __future__ import annotations

import atexit
import builtins
import ctypes
import datetime
import errno
import io
import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
CHANGES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "CREATE", "COMMIT", "ALTER", "DROP", "VACUUM")


NEVER = float("inf")


class Disk:
    """Counts writes below a folder, and refuses some."""

    def __init__(self, folder: Path, first: float, last: float) -> None:
        self.folder = str(folder) + os.sep
        self.first = first
        self.last = last
        self.count = 0
        self.handles: dict[int, str] = {}

    def is_full(self, path: object) -> bool:
        """Count a write, if it is one below the folder, and tell whether there is no space."""
        if not isinstance(path, str | os.PathLike):
            return False
        if not str(Path(path).absolute()).startswith(self.folder):
            return False
        self.count += 1
        return self.first <= self.count <= self.last

    def check(self, path: object) -> None:
        if self.is_full(path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), os.fspath(path))  # type: ignore[call-overload]


class Paper:
    """A file that is written to."""

    def __init__(self, file: Any, path: object, disk: Disk) -> None:
        self._file, self._path, self._disk = file, path, disk

    def write(self, data: Any) -> Any:
        self._disk.check(self._path)
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> Paper:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()


def fill(disk: Disk) -> None:
    """Let all writes ask the disk first."""
    _fill_os(disk)
    _fill_files(disk)
    _fill_sqlite(disk)


def _fill_os(disk: Disk) -> None:
    really_open, really_close = os.open, os.close

    def opened(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if flags & WRITING:
            disk.check(path)
        handle = really_open(path, flags, *more, **named)
        # Of one that a file has closed, the number may be in use again.
        disk.handles.pop(handle, None)
        if flags & WRITING:
            disk.handles[handle] = path
        return handle

    def closed(handle: int) -> None:
        disk.handles.pop(handle, None)
        really_close(handle)

    os.open, os.close = opened, closed  # type: ignore[assignment]
    for name in ("write", "fsync", "ftruncate", "posix_fallocate"):
        if hasattr(os, name):
            setattr(os, name, _asking(disk, getattr(os, name), disk.handles.get, 0))
    for name, place in [("mkdir", 0), ("rename", 1), ("replace", 1), ("link", 1), ("symlink", 1)]:
        setattr(os, name, _asking(disk, getattr(os, name), lambda path: path, place))


def _asking(
    disk: Disk, really: Callable[..., Any], path_of: Callable[[Any], Any], place: int
) -> Callable[..., Any]:
    def asked(*arguments: Any, **named: Any) -> Any:
        disk.check(path_of(arguments[place]))
        return really(*arguments, **named)

    return asked


def _fill_files(disk: Disk) -> None:
    really_open, really_wrap = io.open, os.fdopen

    def opened(file: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
        if not set(mode) & set("wax+"):
            return really_open(file, mode, *more, **named)
        disk.check(file)
        return Paper(really_open(file, mode, *more, **named), file, disk)

    def wrapped(handle: int, *more: Any, **named: Any) -> Any:
        path = disk.handles.get(handle)
        file = really_wrap(handle, *more, **named)
        return Paper(file, path, disk) if path else file

    io.open = builtins.open = opened
    os.fdopen = wrapped  # type: ignore[assignment]


def _fill_sqlite(disk: Disk) -> None:
    class Connection(sqlite3.Connection):
        def __init__(self, path: Any, *more: Any, **named: Any) -> None:
            self.path = path
            super().__init__(path, *more, **named)

        def check(self, statement: str) -> None:
            words = statement.lstrip().upper()
            if (words.startswith(CHANGES) or "PRAGMA JOURNAL_MODE =" in words) and disk.is_full(
                self.path
            ):
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = sqlite3.SQLITE_FULL
                error.sqlite_errorname = "SQLITE_FULL"
                raise error

        def execute(self, statement: str, *more: Any) -> Any:
            self.check(statement)
            return super().execute(statement, *more)

        def executemany(self, statement: str, *more: Any) -> Any:
            self.check(statement)
            return super().executemany(statement, *more)

        def executescript(self, script: str) -> Any:
            self.check(script)
            return super().executescript(script)

    really = sqlite3.connect

    def connect(path: Any, *more: Any, **named: Any) -> Any:
        return really(path, *more, **{"factory": Connection, **named})

    sqlite3.connect = connect  # type: ignore[assignment]


def set_clock(seconds: float) -> None:
    """Let the clock be wrong by so many seconds. Times of files stay right."""
    really = time.time

    class Datetime(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> Datetime:
            return cls.fromtimestamp(time.time(), tz)

    time.time = lambda: really() + seconds
    datetime.datetime = Datetime  # type: ignore[misc]


def move_to(machine: str) -> None:
    """Let this be another machine."""
    here = os.uname()
    there = os.uname_result((here.sysname, machine, here.release, here.version, here.machine))
    os.uname = lambda: there


def be_humble() -> None:
    """Give up root's right to everybody's files, which a program keeps until it is begun anew.

    Source: capabilities(7), `CAP_DAC_OVERRIDE` to `CAP_FOWNER`; prctl(2), `PR_CAPBSET_DROP`.
    """
    for right in (1, 2, 3):
        ctypes.CDLL(None).prctl(24, right, 0, 0, 0)


def run() -> None:
    """Bring about what `FAULTY` says, and run the command line."""
    wrong = json.loads(os.environ["FAULTY"])
    if wrong.pop("humble", False):
        be_humble()
        os.environ["FAULTY"] = json.dumps(wrong)
        os.execv(sys.executable, [sys.executable, *sys.argv])
    # The folder of this file, put there by Python.
    sys.path.pop(0)
    if "clock" in wrong:
        set_clock(wrong["clock"])
    if "machine" in wrong:
        move_to(wrong["machine"])
    if "writes" in wrong:
        disk = Disk(Path.cwd(), wrong.get("full_from", NEVER), wrong.get("full_until", NEVER))
        note = os.open(wrong["writes"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        tell = os.write
        atexit.register(lambda: tell(note, str(disk.count).encode()))
        fill(disk)
    from assetforge.__main__ import main

    main(sys.argv[1:])


if __name__ == "__main__":
    run()
