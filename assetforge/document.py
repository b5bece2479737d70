"""A YAML source as plain values, and the place of each of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import Any, TypeAlias

from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.node import Node
from assetforge.source import LINE_BREAK, MAX_BYTES, Lines, invalid, read_source, too_large

__all__ = ["Document", "DocumentPath", "Spot", "parse_document", "read_source"]

DocumentPath: TypeAlias = tuple[str | int, ...]
"""Keys and list positions from the top of a document down to a value."""

_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"
)
_YAML_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Document:
    """A source as plain values, and the place of each.

    Attributes:
        file: its name as places have it.
        text: what was parsed, without a byte order mark.
        value: mappings, lists, texts, numbers, true, false and None.
        root: the same with offsets.
    """

    file: str
    text: str
    value: Any
    root: Node = field(repr=False)
    _lines: Lines = field(repr=False)

    def place(self, path: DocumentPath, key: bool = False) -> Place:
        """Return the place of a value, or of the key that leads to it.

        A path that leads nowhere has the place of the nearest value around it. A value that is
        not written (`steps:` and nothing else) has the place of its key.
        """
        parent, node, step, _ = self._walk(path)
        if step is not None and (key or node.start == node.end) and step in parent.keys:
            return self._lines.place(*parent.keys[str(step)])
        return self._lines.place(*_extent(node))

    def text_place(self, path: DocumentPath, line: int, column: int, length: int = 1) -> Place:
        """Return the place of a spot inside a text, given as its 1-based line and column.

        Exact for `|` blocks and for texts on one line; otherwise the place of the whole text.
        """
        node = self._walk(path)[1]
        inside = _offset_in(node.text, line, column)
        start = None if inside is None else _offset_in_source(node, inside, self.text)
        if start is None:
            return self.place(path)
        place = self._lines.place(start, len(self.text))
        return Place(place.file, place.line, place.column, max(1, min(length, place.length)))

    def holds(self, path: DocumentPath) -> bool:
        """Tell whether a path leads to a value that is written."""
        return self._walk(path)[3] == len(path)

    def _walk(self, path: DocumentPath) -> tuple[Node, Node, str | int | None, int]:
        """Return parent, node, last step and length of the longest part of a path that exists."""
        parent, node = self.root, self.root
        last: str | int | None = None
        for depth, step in enumerate(path):
            items = node.items
            if isinstance(items, dict) and step in items:
                parent, node, last = node, items[str(step)], step
            elif isinstance(items, list) and isinstance(step, int) and 0 <= step < len(items):
                parent, node, last = node, items[step], step
            else:
                return parent, node, last, depth
        return parent, node, last, len(path)


@dataclass(frozen=True, slots=True)
class Spot:
    """A value of a document and its path. What is missing or of another type is like nothing."""

    value: Any
    path: DocumentPath = ()

    def __getitem__(self, key: str) -> Spot:
        """Return what a mapping holds under a key."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return Spot(found, (*self.path, key))

    def entries(self) -> list[tuple[str, Spot]]:
        """Return the entries of a mapping."""
        if not isinstance(self.value, dict):
            return []
        return [(key, Spot(value, (*self.path, key))) for key, value in self.value.items()]

    def items(self) -> list[Spot]:
        """Return the items of a list."""
        if not isinstance(self.value, list):
            return []
        return [Spot(value, (*self.path, index)) for index, value in enumerate(self.value)]

    def text(self) -> str | None:
        """Return a text, or a number as text."""
        value = self.value
        number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        return str(value) if number or isinstance(value, str) else None


def _extent(node: Node) -> tuple[int, int]:
    """Return what is underlined for a value: of a block its first key or dash."""
    if node.items is None or node.style:
        return node.start, node.end
    first = next(iter(node.keys.values()), (node.start, node.start + 1))
    return first if first[0] == node.start else (node.start, node.start + 1)


def _offset_in(text: str, line: int, column: int) -> int | None:
    """Return the offset of a line and column of a scalar's text; None when it has no such line."""
    starts = [0, *(match.end() for match in LINE_BREAK.finditer(text))]
    if not 1 <= line <= len(starts):
        return None
    end = starts[line] if line < len(starts) else len(text)
    return min(starts[line - 1] + max(column, 1) - 1, end)


_QUOTED_UNIT = {
    "'": re.compile(r"''|[^']"),
    '"': re.compile(r"\\x..|\\u.{4}|\\U.{8}|\\.|[^\"\\]"),
}


def _offset_in_source(node: Node, inside: int, source: str) -> int | None:
    """Return where the character at an offset of a scalar's text stands in the source."""
    raw = source[node.start : node.end]
    if node.items is not None or node.style == ">":
        return None
    if node.style == "|":
        return _offset_in_block(node, inside, source)
    if _YAML_BREAK.search(raw):
        return None
    if not node.style:
        return node.start + inside
    starts = [match.start() for match in _QUOTED_UNIT[node.style].finditer(raw, 1, len(raw) - 1)]
    return node.start + ([*starts, len(raw) - 1][inside] if inside <= len(starts) else 1)


def _offset_in_block(node: Node, inside: int, source: str) -> int | None:
    """Return the same for a `|` block, whose lines are those of the source without indentation."""
    number = len(_YAML_BREAK.findall(node.text, 0, inside))
    texts = _YAML_BREAK.split(node.text)
    breaks = _YAML_BREAK.finditer(source, node.start)
    start = next((match.end() for at, match in enumerate(breaks) if at == number), None)
    if start is None:
        return None
    end = _YAML_BREAK.search(source, start)
    width = (end.start() if end else len(source)) - start
    column = inside - sum(len(each) + 1 for each in texts[:number])
    return start + max(0, width - len(texts[number])) + column


def parse_document(text: str, file: str) -> Document:
    """Return a YAML document as plain values with their places.

    Raises:
        InvalidSource: every problem up to the first one that leaves the rest unreadable.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise too_large(file)
    lines = Lines(text, file)
    found = [
        Diagnostic(
            "control-character",
            f"the character U+{ord(match[0]):04X} is not allowed here",
            lines.place(match.start(), match.end()),
            help="remove it, or write it as an escape in double quotes",
        )
        for match in islice(_FORBIDDEN.finditer(text), 100)
    ]
    if found:
        raise InvalidSource(found)
    # Imported here: it loads YAML, and most processes find their pipeline file kept.
    from assetforge.composer import Composer

    root = Composer(text, lines).compose()
    if root is None or (root.value is None and root.start == root.end):
        raise invalid("empty-file", f"'{file}' is empty", file)
    return Document(file, text, root.value, root, lines)
