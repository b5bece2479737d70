"""What is read of a project: noted by whoever reads, while somebody asks for it.

Each file's state is noted before it is read, so that an edit at that very moment shows.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

from assetforge.trace.stamp import Stamp, names_in, stamp_of


@dataclass(frozen=True, slots=True)
class Reads:
    """What was read, by absolute path, with the state it was in; None: it was not there.

    `folders` also hold the names that were in them; `variables` are those of the environment that
    were asked for, None where unset; `written` are the files that were written after all.
    """

    files: dict[str, Stamp | None] = field(default_factory=dict)
    folders: dict[str, tuple[Stamp | None, str | None]] = field(default_factory=dict)
    variables: dict[str, str | None] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)


_noted: ContextVar[Reads | None] = ContextVar("reads", default=None)


@contextmanager
def noting_reads() -> Iterator[Reads]:
    """Have all that is read inside noted."""
    reads = Reads()
    token = _noted.set(reads)
    try:
        yield reads
    finally:
        _noted.reset(token)


def reading(path: Path) -> Path:
    """Note that a file is about to be read, or looked for, and return its path."""
    reads = _noted.get()
    if reads is not None:
        name = os.path.abspath(path)  # noqa: PTH100  follows no link
        if name not in reads.files:
            reads.files[name] = stamp_of(name)
    return path


def listing(folder: Path) -> Path:
    """Note that a folder's names are about to be looked at, and return its path."""
    reads = _noted.get()
    if reads is not None:
        name = os.path.abspath(folder)  # noqa: PTH100  follows no link
        if name not in reads.folders:
            reads.folders[name] = stamp_of(name), names_in(name)
    return folder


def wrote(path: Path) -> None:
    """Note the state of a file that was read, and has been written here since, and its folder's."""
    reads = _noted.get()
    if reads is not None:
        name = os.path.abspath(path)  # noqa: PTH100  follows no link
        reads.files[name] = stamp_of(name)
        reads.written.add(name)
        folder = os.path.dirname(name)  # noqa: PTH120
        if folder in reads.folders:
            reads.folders[folder] = stamp_of(folder), names_in(folder)


def variable(name: str) -> str | None:
    """Return a variable of the environment, and note that it was asked for."""
    value = os.environ.get(name)
    reads = _noted.get()
    if reads is not None:
        reads.variables[name] = value
    return value
