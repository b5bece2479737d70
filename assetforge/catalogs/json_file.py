"""Catalogs as JSON files: flat, or nested with the ids joined by dots.

`{"banner": {"headline": "Hi"}}` and `{"banner.headline": "Hi"}` hold the same message; where both
stand in one file the key that is written out wins. A list gives `items.0`, `items.1`. A number is
its digits as written; `null`, `true`, `false` and empty texts are missing. The standard library's
reader is not used because it gives no places and drops duplicate keys.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from assetforge.catalogs.base import Message
from assetforge.catalogs.text import duplicate, is_blank, plain_lines, read_text, unshowable
from assetforge.errors import Diagnostic, InvalidSource, Place

MAX_DEPTH = 64

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"[^"\\\x00-\x1f]*(?:\\.[^"\\\x00-\x1f]*)*"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORD = re.compile(r"null|true|false")


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One text of the file: the keys that lead to it, and the span of its value."""

    keys: tuple[str, ...]
    text: str
    start: int
    end: int


class _Damaged(Exception):
    """The text is no JSON from here on."""

    def __init__(self, message: str, offset: int) -> None:
        self.message = message
        self.offset = offset


def read(path: Path, name: str) -> dict[str, Message]:
    """Return the messages of one JSON file by dotted id.

    Raises:
        InvalidSource: the file is damaged; every problem in it, located.
    """
    scan = _Scan(read_text(path, name), name)
    try:
        scan.document()
    except _Damaged as error:
        damage = Diagnostic("json-syntax", error.message, scan.place(error.offset))
        raise InvalidSource([*scan.problems, damage]) from None
    messages = scan.messages()
    problems = [*scan.problems, *unshowable(messages)]
    if problems:
        raise InvalidSource(problems)
    return messages


class _Scan:
    """One pass over the text of a file; `problems` are those that do not stop it.

    Its readers take the offset where a value starts and return the offset behind it.
    """

    def __init__(self, text: str, name: str) -> None:
        self.text = text
        self.name = name
        self.leaves: list[_Leaf] = []
        self.problems: list[Diagnostic] = []
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def place(self, start: int, end: int = 0) -> Place:
        """Return the place of a span, cut off at the end of its first line."""
        line = bisect_right(self._line_starts, start)
        length = len(self.text[start:end].split("\n")[0])
        return Place(self.name, line, start - self._line_starts[line - 1] + 1, max(length, 1))

    def messages(self) -> dict[str, Message]:
        """Return the leaves by id; of two for one id, the one with fewer, longer keys wins."""
        chosen: dict[str, _Leaf] = {}
        for leaf in self.leaves:
            id = ".".join(leaf.keys)
            if is_blank(leaf.text) or not id:
                continue
            known = chosen.setdefault(id, leaf)
            if len(leaf.keys) < len(known.keys):
                chosen[id] = leaf
            elif known is not leaf and len(leaf.keys) == len(known.keys):
                self._twice(f"message {id!r}", leaf.start, known.start)
        return {
            id: Message(leaf.text, self.place(leaf.start, leaf.end)) for id, leaf in chosen.items()
        }

    def document(self) -> None:
        """Collect all leaves.

        Raises:
            _Damaged: the text is not one JSON object.
        """
        start = self._skip(0)
        if not self.text.startswith("{", start):
            raise _Damaged("a catalog must be one JSON object, {...}", start)
        end = self._skip(self._object(start, ()))
        if end < len(self.text):
            raise _Damaged("there is more text after the closing '}'", end)

    def _twice(self, what: str, start: int, first: int) -> None:
        self.problems.append(duplicate(what, self.place(start), self.place(first)))

    def _skip(self, offset: int) -> int:
        space = _SPACE.match(self.text, offset)
        return space.end() if space else offset

    def _value(self, start: int, keys: tuple[str, ...]) -> int:
        if len(keys) > MAX_DEPTH:
            raise _Damaged(f"nested more than {MAX_DEPTH} levels deep", start)
        match self.text[start : start + 1]:
            case "{":
                return self._object(start, keys)
            case "[":
                return self._list(start, keys)
            case '"':
                text, end = self._string(start)
                self.leaves.append(_Leaf(keys, plain_lines(text), start, end))
                return end
        number = _NUMBER.match(self.text, start)
        if number:
            self.leaves.append(_Leaf(keys, number[0], start, number.end()))
        word = number or _WORD.match(self.text, start)
        if word is None:
            raise _Damaged("expected a value", start)
        return word.end()

    def _object(self, start: int, keys: tuple[str, ...]) -> int:
        seen: dict[str, int] = {}
        at = self._skip(start + 1)
        if self.text.startswith("}", at):
            return at + 1
        while True:
            if not self.text.startswith('"', at):
                raise _Damaged("expected a key in double quotes", at)
            key, end = self._string(at)
            colon = self._skip(end)
            if not self.text.startswith(":", colon):
                raise _Damaged("expected ':' after the key", colon)
            before = len(self.leaves)
            end = self._skip(self._value(self._skip(colon + 1), (*keys, key)))
            if seen.setdefault(key, at) != at:
                self._twice(f"key {key!r}", at, seen[key])
                del self.leaves[before:]
            at = end
            if self.text.startswith("}", at):
                return at + 1
            at = self._comma(at, "}")

    def _list(self, start: int, keys: tuple[str, ...]) -> int:
        index, at = 0, self._skip(start + 1)
        if self.text.startswith("]", at):
            return at + 1
        while True:
            at = self._skip(self._value(at, (*keys, str(index))))
            if self.text.startswith("]", at):
                return at + 1
            index, at = index + 1, self._comma(at, "]")

    def _comma(self, at: int, closing: str) -> int:
        if not self.text.startswith(",", at):
            raise _Damaged(f"expected ',' or '{closing}'", at)
        behind = self._skip(at + 1)
        if self.text.startswith(closing, behind):
            raise _Damaged(f"no ',' may stand before '{closing}'", at)
        return behind

    def _string(self, start: int) -> tuple[str, int]:
        found = _STRING.match(self.text, start)
        if found is None:
            raise _Damaged("string is not closed on its line", start)
        try:
            return str(json.loads(found[0])), found.end()
        except json.JSONDecodeError as error:
            raise _Damaged("unknown escape in a string", start + error.pos) from None
