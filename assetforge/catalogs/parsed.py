"""What catalog files hold, parsed once: kept in memory, and in a folder for the next process.

A file is known by its bytes, never by its time; what is kept also names the code that read it, that
of a plugin too, so an upgrade reads anew. What cannot be kept or is damaged is parsed again,
without a word.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

from assetforge import locales, messages
from assetforge.catalogs import base, formats
from assetforge.catalogs.base import Content, Message, Messages, Reader
from assetforge.catalogs.discovery import CatalogFile, leads_out, outside_project
from assetforge.catalogs.text import MAX_BYTES, unreadable
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.installed import NotInstalled, version
from assetforge.messages.codec import from_json, to_json
from assetforge.reads import listing, reading

LEAST_BYTES = 16_384
"""Smaller files are parsed faster than looked up."""

MOST_BYTES = 64 * 2**20
"""The largest kept file that is read: a bound on memory."""

_PARSERS = {"ftl": "fluent.syntax", "yaml": "PyYAML", "yml": "PyYAML"}
"""The package that does the reading, by format; its version is part of what is kept."""

_TYPES: tuple[set[type], ...] = ({str}, {int}, {int}, {int}, {str}, {str}, {int, type(None)})
"""Types of a message's id, and of what a `Message` holds behind its value."""

_Stamp: TypeAlias = tuple[tuple[str, int, int, int, int], ...]
_Outcome: TypeAlias = Content | InvalidSource

# Shared by all `Parser`s of the process: a rebuild while watching parses only what changed.
_KNOWN: dict[CatalogFile, tuple[_Stamp, _Outcome]] = {}


class Parser:
    """Reads catalog files of one project.

    `reader` returns the reader of a format; `folder` is where parsed files are kept for the next
    process, or None.
    """

    def __init__(
        self, root: Path, reader: Callable[[str], Reader], folder: Path | None = None
    ) -> None:
        self._root = root
        self._reader = reader
        self._folder = folder

    def parse(self, file: CatalogFile) -> Content | InvalidSource:
        """Return what a file holds, or what is wrong with it."""
        try:
            stamp = _stamp(file, self._root)
        except InvalidSource as error:
            return error
        known = _KNOWN.get(file)
        if known is None or known[0] != stamp:
            with _uncollected():
                known = _KNOWN[file] = stamp, self._outcome(file)
        return known[1]

    def _outcome(self, file: CatalogFile) -> _Outcome:
        try:
            read = self._reader(file.format)
            slot = self._slot(file, read)
            content = _kept(*slot) if slot else None
            if content is not None:
                return content
            content = read(file.path, file.name, file.locale, file.syntax)
        except InvalidSource as error:
            return error
        except Exception as error:  # a plugin's reader can raise anything
            return InvalidSource([_failed(file, error)])
        # Changed while it was read, it may be neither what it was nor what it is.
        if slot and slot == self._slot(file, read):
            _keep(*slot, content)
        return content

    def _slot(self, file: CatalogFile, read: Reader) -> tuple[Path, str] | None:
        """Return where a file's content is kept, and what it must be of; None if it is not kept."""
        if self._folder is None or not file.path.is_file():
            return None
        with suppress(OSError, NotInstalled):
            digest = _bytes_of(file.path)
            code = _code_of(read, file.format)
            if digest and code:
                said = json.dumps([file.name, file.locale, file.format, file.syntax])
                place = self._folder / f"{hashlib.sha256(said.encode()).hexdigest()}.json"
                return place, f"{code}:{digest}"
        return None


def _failed(file: CatalogFile, error: Exception) -> Diagnostic:
    words = f"the reader of '{file.format}' catalogs failed: {type(error).__name__}: {error}"
    help = "tell its author, or convert the file to another format"
    return Diagnostic("broken-reader", words.partition("\n")[0], Place(file.name), help=help)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Let no garbage be looked for: among thousands of new messages there is none.

    It would take a third of the time, as they are gone over again and again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def plain_files(path: Path) -> list[Path]:
    """Return a file itself, or the files directly in a folder."""
    if not path.is_dir():
        return [path]
    return sorted(entry for entry in listing(path).iterdir() if not entry.is_dir())


def _bytes_of(path: Path) -> str:
    """Return the digest of a file; empty for one that is too small to be kept, or too large.

    Raises:
        OSError: it cannot be read.
    """
    if not LEAST_BYTES <= path.stat().st_size <= MAX_BYTES:
        return ""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return hashlib.sha256(data).hexdigest() if len(data) <= MAX_BYTES else ""


def _code_of(read: Reader, format: str) -> str:
    """Return what tells one version of a reader from another; empty where nothing does.

    Raises:
        OSError: its code cannot be read.
        NotInstalled: nobody knows which version of a package it uses.
    """
    source = getattr(sys.modules.get(read.__module__), "__file__", None)
    if not source:
        return ""
    parser = _PARSERS.get(format)
    return ":".join([_code(), _digest(source), version(parser) if parser else ""])


@lru_cache(maxsize=64)
def _digest(file: str) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


@lru_cache(maxsize=1)
def _code() -> str:
    """Return the digest of the code that reads catalogs."""
    digest = hashlib.sha256()
    for module in (base, formats, locales, messages):
        for file in sorted(Path(str(module.__file__)).parent.glob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _kept(place: Path, of: str) -> Content | None:
    """Return the content that is kept for a file as it is now, if there is any."""
    try:
        if place.stat().st_size > MOST_BYTES:
            return None
        raw = json.loads(place.read_bytes())
        return _content(raw) if raw["of"] == of else None
    except (OSError, ValueError, TypeError, AttributeError, LookupError, RecursionError):
        return None


def _keep(place: Path, of: str, content: Content) -> None:
    """Keep a content; a folder that cannot be written is no error."""
    with suppress(OSError, ValueError, RecursionError):
        place.parent.mkdir(exist_ok=True)
        text = json.dumps({"of": of, **_raw(content)}, ensure_ascii=False, separators=(",", ":"))
        handle, temporary = tempfile.mkstemp(dir=place.parent, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode())
            Path(temporary).replace(place)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _raw(content: Content) -> dict[str, Any]:
    return {
        "own": _raw_messages(content.own),
        "source": _raw_messages(content.source),
        "others": {locale: _raw_messages(each) for locale, each in content.others.items()},
        "warnings": [_raw_warning(each) for each in content.warnings],
        "source_locale": content.source_locale,
    }


def _raw_messages(entries: Messages) -> list[Any]:
    """Return columns: JSON of few long lists is read several times faster than of many short."""
    rows = list(entries.values())
    return [
        list(entries),
        [row.value if isinstance(row.value, str) else [to_json(row.value)] for row in rows],
        *([row[at] for row in rows] for at in range(1, len(Message._fields))),
    ]


def _raw_warning(warning: Diagnostic) -> list[Any]:
    place = warning.place or Place("")
    where = [place.file, place.line, place.column, place.length]
    return [warning.code, warning.message, where, warning.label, warning.help]


def _content(raw: Mapping[str, Any]) -> Content:
    return Content(
        _messages(raw["own"]),
        _messages(raw["source"]),
        {locale: _messages(each) for locale, each in raw["others"].items()},
        tuple(_warnings(raw["warnings"])),
        str(raw["source_locale"]),
    )


class _Rows(Mapping[str, Message]):
    """Messages made of columns when they are asked for: most never are."""

    __slots__ = ("_columns", "_rows")

    def __init__(self, ids: list[str], columns: list[list[Any]]) -> None:
        self._rows = dict(zip(ids, range(len(ids)), strict=True))
        self._columns = columns

    def __getitem__(self, id: str) -> Message:
        row = self._rows[id]
        return Message(*(column[row] for column in self._columns))

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def _messages(columns: list[Any]) -> Messages:
    """Return the messages of the columns that `_raw_messages` wrote.

    Raises:
        ValueError: it did not write these.
    """
    ids, values, *rest = columns
    read = [value if type(value) is str else from_json(value[0]) for value in values]
    if any(len(each) != len(ids) for each in (read, *rest)):
        raise ValueError("columns of different lengths")
    for column, types in zip((ids, *rest), _TYPES, strict=True):
        if not types.issuperset(map(type, column)):
            raise ValueError("a column of another type")
    return _Rows(ids, [read, *rest])


def _warnings(raw: list[Any]) -> Iterator[Diagnostic]:
    for code, message, where, label, help in raw:
        yield Diagnostic(code, message, Place(*where), label, help, severity="warning")


def _stamp(file: CatalogFile, root: Path) -> _Stamp:
    """Return what changes whenever the content of a catalog may have.

    Raises:
        InvalidSource: it cannot be read, or a file of a folder is a link out of the project.
    """
    try:
        paths = [*map(reading, plain_files(file.path))]
        out = [path for path in paths if leads_out(path, root)]
        if out:
            raise InvalidSource(outside_project(f"{file.name}/{path.name}") for path in out)
        return tuple(map(_stamp_of, paths))
    except OSError as error:
        raise unreadable(file.name, error) from None


def _stamp_of(path: Path) -> tuple[str, int, int, int, int]:
    status = path.stat()
    return path.name, status.st_mtime_ns, status.st_size, status.st_ino, status.st_ctime_ns
