"""Pipeline files parsed before: kept in a folder, so that the next process need not parse them.

What is kept are values and their places, in parts: all but the assets, and each asset by itself,
so that a few assets cost no more among many. It is JSON, so reading it runs nothing, and whatever
it says is checked as if it had just been parsed. It is known by the bytes of the pipeline file, by
the code that parsed it and by what is installed, never by times. What is damaged, of another user,
or may be changed by one, counts as nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from assetforge import __version__, installed
from assetforge.document import Document
from assetforge.errors import Diagnostic, Place
from assetforge.node import Node
from assetforge.source import Lines

FOLDER: Final = "pipelines"
"""Folder of the store that parsed pipeline files are kept in; they can be deleted at any time."""

ASSETS: Final = "assets"
"""The key of the pipeline file whose entries are kept apart."""

MOST_BYTES: Final = 64 * 2**20
"""The largest kept file that is read: a bound on memory."""

MOST_VALUES: Final = 200_000
"""Larger documents are not kept: each alias would be written with all it stands for."""

_PARSER: Final = ("composer", "document", "kept", "node", "source")
"""Modules whose code decides what is kept."""

_BROKEN = (OSError, ValueError, TypeError, AttributeError, LookupError, RecursionError)


@dataclass(frozen=True, slots=True)
class Part:
    """A document with some of its assets.

    Attributes:
        document: with these assets only; `left_out`: names of the others.
        warnings: of the whole file.
    """

    document: Document
    left_out: frozenset[str]
    warnings: tuple[Diagnostic, ...]


class Kept:
    """What is kept of one pipeline file, as it is now.

    `folder` is where, or None: nothing is kept. `file` is the name that places have, `text` the
    file's content; `profile` the one asked for, which the warnings depend on.
    """

    def __init__(self, folder: Path | None, file: str, text: str, profile: str | None) -> None:
        self._folder = folder
        self._file = file
        self._text = text
        self._said = json.dumps([file, profile])

    def read(self, assets: frozenset[str]) -> Part | None:
        """Return the document with these assets only.

        None: it is not kept, or not as the file is now.
        """
        if self._folder is None:
            return None
        with suppress(*_BROKEN):
            said, blobs = self._current(self._folder)
            root = _root(said, assets, blobs)
            warnings = tuple(map(_warning, said["warnings"]))
            lines = Lines(self._text, self._file)
            document = Document(self._file, self._text, root.value, root, lines)
            return Part(document, frozenset(said["assets"]) - assets, warnings)
        return None

    def write(self, document: Document, warnings: Sequence[Diagnostic]) -> None:
        """Keep a document that all checks have passed; a folder that cannot be written is no error.

        A place in the warnings has to be the file's own.
        """
        root = document.root
        if self._folder is None or root.count > MOST_VALUES:
            return
        with suppress(*_BROKEN):
            self._current(self._folder)
            return
        with suppress(*_BROKEN):
            _write(self._place(self._folder), b"".join(self._parts(root, warnings)))

    def _current(self, folder: Path) -> tuple[dict[str, Any], bytes]:
        """Return the head and the assets of what is kept of the file as it is now.

        Raises:
            OSError, ValueError, TypeError, LookupError: there is none, or it is damaged.
        """
        line, _, blobs = _read(self._place(folder)).partition(b"\n")
        check, _, head = line.partition(b" ")
        if check != _check(head):
            raise ValueError("damaged")
        said: dict[str, Any] = json.loads(head)
        if said["of"] != self._of():
            raise ValueError("of another file, or made by other code")
        return said, blobs

    def _parts(self, root: Node, warnings: Sequence[Diagnostic]) -> Iterator[bytes]:
        assert isinstance(root.items, dict), "BUG: a pipeline file that is right is a mapping"
        top = dict(root.items)
        assets = top.pop(ASSETS)
        assert isinstance(assets.items, dict), "BUG: the assets of one that is right are a mapping"
        index: dict[str, list[int]] = {}
        blobs, offset = [], 0
        for name, node in assets.items.items():
            blob = _json(_raw(node))
            index[name] = [*assets.keys[name], offset, len(blob), crc32(blob)]
            blobs.append(blob)
            offset += len(blob)
        head = _json(
            {
                "of": self._of(),
                "top": [root.start, root.end, root.style, _raw_items(top, root)],
                "at": [*root.keys[ASSETS], list(root.items).index(ASSETS)],
                "around": [assets.start, assets.end, assets.style],
                "assets": index,
                "warnings": [_raw_warning(each) for each in warnings],
            }
        )
        yield b"%b %b\n" % (_check(head), head)
        yield from blobs

    def _place(self, folder: Path) -> Path:
        return folder / f"{hashlib.sha256(self._said.encode()).hexdigest()}.json"

    def _of(self) -> str:
        """Return the digest of all that what is kept depends on."""
        digest = hashlib.sha256(_code().encode())
        for each in (repr(installed.packages()), self._said, self._text):
            digest.update(each.encode())
            digest.update(b"\0")
        return digest.hexdigest()


@lru_cache(maxsize=1)
def _code() -> str:
    """Return the digest of the code that parses, of the versions of what it stands on."""
    said = [__version__, sys.version, installed.version("PyYAML")]
    digest = hashlib.sha256("\0".join(said).encode())
    for name in _PARSER:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return digest.hexdigest()


def _check(head: bytes) -> bytes:
    return b"%08x" % crc32(head)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _raw(node: Node) -> list[Any]:
    """Return a node as JSON: start, end, style, and its items or its text, and its value.

    The value is left out where it is the text, or follows from the items.
    """
    head = [node.start, node.end, node.style]
    if isinstance(node.items, dict):
        return [*head, _raw_items(node.items, node)]
    if isinstance(node.items, list):
        return [*head, list(map(_raw, node.items))]
    if node.value == node.text and isinstance(node.value, str):
        return [*head, node.text]
    value = {"decimal": str(node.value)} if isinstance(node.value, Decimal) else node.value
    return [*head, node.text, value]


def _raw_items(items: dict[str, Node], of: Node) -> dict[str, Any]:
    """Return entries as JSON: key → start and end of the key, and what is under it."""
    return {key: [*of.keys[key], _raw(each)] for key, each in items.items()}


def _node(raw: list[Any]) -> Node:
    """Return the node that `_raw` wrote.

    Raises:
        ValueError, TypeError, LookupError: it did not write this.
    """
    start, end, style, content, *values = raw
    if isinstance(content, dict):
        return _mapping(start, end, style, content)
    if isinstance(content, list):
        nodes = list(map(_node, content))
        return Node([each.value for each in nodes], start, end, style, items=nodes)
    value = values[0] if values else content
    if isinstance(value, dict):
        value = Decimal(value["decimal"])
    return Node(value, start, end, style, content)


def _mapping(start: int, end: int, style: str, content: dict[str, Any]) -> Node:
    items = {key: _node(each) for key, (_, _, each) in content.items()}
    keys = {key: (first, last) for key, (first, last, _) in content.items()}
    values = {key: each.value for key, each in items.items()}
    return Node(values, start, end, style, items=items, keys=keys)


def _root(said: dict[str, Any], names: frozenset[str], blobs: bytes) -> Node:
    """Return the root with some assets only, each where it stands in the file.

    Raises:
        ValueError: a part is damaged.
        LookupError: there is no such asset.
    """
    index: dict[str, list[int]] = said["assets"]
    if unknown := names - index.keys():
        raise LookupError(f"no assets: {sorted(unknown)}")
    chosen = {name: index[name] for name in index if name in names}
    content = {name: [*each[:2], json.loads(_part(blobs, each))] for name, each in chosen.items()}
    start, end, style = said["around"]
    assets = _mapping(start, end, style, content)
    # What is underlined for the assets as a whole is the first of them.
    first = next(iter(index))
    assets.keys = {first: (index[first][0], index[first][1]), **assets.keys}
    start, end, style, top = said["top"]
    root = _mapping(start, end, style, top)
    key_start, key_end, position = said["at"]
    entries = list(root.items.items()) if isinstance(root.items, dict) else []
    entries.insert(position, (ASSETS, assets))
    root.items = dict(entries)
    root.value = {key: each.value for key, each in entries}
    spans = {**root.keys, ASSETS: (key_start, key_end)}
    root.keys = {key: spans[key] for key in root.items}
    return root


def _part(blobs: bytes, entry: list[int]) -> bytes:
    _, _, offset, length, check = entry
    part = blobs[offset : offset + length]
    if crc32(part) != check:
        raise ValueError("damaged")
    return part


def _raw_warning(warning: Diagnostic) -> list[Any]:
    related = [[_raw_place(place), label] for place, label in warning.related]
    places = [_raw_place(each) for each in (warning.place, warning.secret)]
    return [warning.code, warning.message, *places, warning.label, warning.help, related]


def _raw_place(place: Place | None) -> list[Any] | None:
    return None if place is None else [place.file, place.line, place.column, place.length]


def _warning(raw: list[Any]) -> Diagnostic:
    code, message, place, secret, label, help, related = raw
    return Diagnostic(
        code,
        message,
        place and Place(*place),
        label,
        help,
        tuple((Place(*each), words) for each, words in related),
        "warning",
        secret and Place(*secret),
    )


def _read(path: Path) -> bytes:
    """Return the bytes of a kept file that nobody else can have written.

    Raises:
        OSError: there is none, it is a link or no file, of another user or theirs to change, or
            too large.
    """
    # A link is not followed, and a pipe not waited for; Windows has neither flag.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or not _is_own(status) or status.st_size > MOST_BYTES:
            raise OSError(f"'{path}' is not trusted")
        return file.read(MOST_BYTES)


def _is_own(status: os.stat_result) -> bool:
    """Tell whether a file is this user's alone to change; Windows keeps that elsewhere."""
    if sys.platform == "win32":
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    # Written beside its place and renamed: a reader, or a crash, never sees half a file.
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
