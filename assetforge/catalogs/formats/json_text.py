"""JSON with the place of each value, for the catalog formats that are JSON.

The standard library reads, and keeps every pair of an object, so that none is lost where a key
stands twice. It gives no places; but keys and values stand in a file in the order in which a walk
meets them, so that one pass over the words of the file gives each its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NoReturn, TypeAlias

from assetforge.catalogs.text import MAX_PROBLEMS, MAX_TEXTS, Spots, duplicate, place_at
from assetforge.errors import Diagnostic, InvalidSource, Place

MAX_DEPTH = 64

# A string, or a number, `true`, `false`, `null`.
_WORD = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[^\s{}\[\]:,"]+')
_BRACKET_OR_STRING = re.compile(r'[{\[}\]]|"[^"\\]*(?:\\.[^"\\]*)*"')
_NO_NUMBER = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|(-?Infinity|NaN)')
_STRING_OR_REST = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|$)')
_SPACE = re.compile(r"[ \t\n\r]*")

_SAID = {
    "Expecting property name": "expected a key in double quotes",
    "Expecting ':'": "expected ':' after the key",
    "Expecting value": "expected a value",
    "Invalid control": "a control character stands in a string",
    "Unterminated string": "string is not closed on its line",
    "Invalid \\escape": "unknown escape in a string",
    "Invalid \\uXXXX": "unknown escape in a string",
    "Extra data": "there is more text after the closing '}'",
}


class _Number(str):
    """The digits of a number, as written."""

    __slots__ = ()


_Object: TypeAlias = "tuple[tuple[str, _Json], ...]"
_Json: TypeAlias = "str | bool | list[_Json] | _Object | None"


Leaf: TypeAlias = "tuple[tuple[str, ...], str | bool | tuple[()] | None, int, int]"
"""A value that holds no others.

The keys that lead to it, where positions in a list are keys `0`, `1` and so on; its text, or the
digits of a number, or `()` for an empty object; and the offsets of its start and end in the file.
"""


class JsonText:
    """One JSON file whose top is an object.

    Attributes:
        leaves: all its values that hold no others, in the order of the file.
        problems: keys that stand twice in an object.
        spot: returns line and column of an offset, 1-based.
    """

    def __init__(self, text: str, name: str) -> None:
        """Read a file; `name` is as a person should see it.

        Raises:
            InvalidSource: it is no JSON object, or nested too deep; located.
        """
        self.leaves: list[Leaf] = []
        self.problems: list[Diagnostic] = []
        self._text = text
        self._name = name
        top = _parse(text, name)
        self.spot = Spots(text).at
        self._words = iter([match.span() for match in _WORD.finditer(text)])
        self._object(top, (), (0, 0))

    def _note_too_many(self) -> NoReturn:
        message = f"holds more than {MAX_TEXTS} values"
        raise InvalidSource([Diagnostic("too-large", message, Place(self._name))])

    def _object(self, pairs: _Object, path: tuple[str, ...], key_span: tuple[int, int]) -> None:
        """Collect the leaves of an object whose own key stands at a span."""
        if len(path) >= MAX_DEPTH:
            _refuse_depth(self._text, self._name)
        if len(self.leaves) > MAX_TEXTS:
            self._note_too_many()
        if not pairs and path:
            self.leaves.append((path, (), *key_span))
        if len(dict(pairs)) < len(pairs):
            self._keep_unique(pairs, path)
            return
        words, leaves = self._words, self.leaves
        for key, value in pairs:
            span = next(words)
            if type(value) is str:
                leaves.append(((*path, key), value, *next(words)))
            else:
                self._value(value, (*path, key), span)

    def _value(self, value: _Json, path: tuple[str, ...], span: tuple[int, int]) -> None:
        if isinstance(value, tuple):
            self._object(value, path, span)
        elif isinstance(value, list):
            self._list(value, path, span)
        else:
            self.leaves.append((path, value, *next(self._words)))

    def _list(self, values: list[_Json], path: tuple[str, ...], span: tuple[int, int]) -> None:
        if len(path) >= MAX_DEPTH:
            _refuse_depth(self._text, self._name)
        if len(self.leaves) + len(values) > MAX_TEXTS:
            self._note_too_many()
        for index, value in enumerate(values):
            self._value(value, (*path, str(index)), span)

    def _keep_unique(self, pairs: _Object, path: tuple[str, ...]) -> None:
        """Collect the leaves of an object in which a key stands twice: those of the first."""
        first: dict[str, tuple[int, int]] = {}
        for key, value in pairs:
            span, before = next(self._words), len(self.leaves)
            self._value(value, (*path, key), span)
            if first.setdefault(key, span) is not span:
                del self.leaves[before:]
                self._note_twice(key, span, first[key])

    def _note_twice(self, key: str, span: tuple[int, int], first: tuple[int, int]) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            places = self._place(span), self._place(first)
            self.problems.append(duplicate(f"key {key!r}", *places))

    def _place(self, span: tuple[int, int]) -> Place:
        return Place(self._name, *self.spot(span[0]))


def _parse(text: str, name: str) -> _Object:
    space = _SPACE.match(text)
    start = space.end() if space else 0
    if not text.startswith("{", start):
        _refuse("a catalog must be one JSON object, {...}", text, start, name)
    try:
        top: _Object = json.loads(
            text,
            object_pairs_hook=tuple,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=_no_number,
        )
    except json.JSONDecodeError as error:
        _refuse(*_in_our_words(error, text), name)
    except _NoNumber:
        _refuse("expected a value", text, _first_no_number(text), name)
    except RecursionError:
        _refuse_depth(text, name)
    return top


class _NoNumber(Exception):
    """One of the words for what is no number, which JSON does not have."""


def _no_number(word: str) -> NoReturn:
    raise _NoNumber(word)


def _first_no_number(text: str) -> int:
    return next(match.start() for match in _NO_NUMBER.finditer(text) if match[1])


def _in_our_words(error: json.JSONDecodeError, text: str) -> tuple[str, str, int]:
    """Return what is wrong with a file, its text, and the offset of the damage."""
    comma = _comma_before_bracket(text, error.pos)
    if comma is not None:
        closing = text[_skip(text, comma + 1)]
        return f"no ',' may stand before '{closing}'", text, comma
    if error.msg.startswith("Expecting ','"):
        return f"expected ',' or '{_open_bracket(text, error.pos)}'", text, error.pos
    if error.msg.startswith("Invalid control") and text[error.pos] == "\n":
        return "string is not closed on its line", text, _open_string(text, error.pos)
    said = (ours for theirs, ours in _SAID.items() if error.msg.startswith(theirs))
    return next(said, "this is no JSON"), text, error.pos


def _comma_before_bracket(text: str, offset: int) -> int | None:
    """Return the offset of a comma, at or before an offset, that a bracket follows."""
    before = text[: offset + 1].rstrip("}] \t\n\r")
    if not before.endswith(",") or text[_skip(text, len(before)) :][:1] not in ("}", "]"):
        return None
    return len(before) - 1


def _skip(text: str, offset: int) -> int:
    space = _SPACE.match(text, offset)
    return space.end() if space else offset


def _open_bracket(text: str, offset: int) -> str:
    """Return the bracket that would close what is open at an offset."""
    closing: list[str] = []
    for bracket, _ in _brackets(text[:offset]):
        if bracket in "{[":
            closing.append("}" if bracket == "{" else "]")
        else:
            closing.pop()
    return closing[-1]


def _open_string(text: str, end: int) -> int:
    """Return the offset of the string that is still open at the end of its line."""
    line_start = text.rfind("\n", 0, end) + 1
    quoted = [match.start() for match in _STRING_OR_REST.finditer(text, line_start, end)]
    return quoted[-1]


def _brackets(text: str) -> Iterator[tuple[str, int]]:
    """Yield each bracket outside of strings, with its offset."""
    for match in _BRACKET_OR_STRING.finditer(text):
        if not match[0].startswith('"'):
            yield match[0], match.start()


def _refuse_depth(text: str, name: str) -> NoReturn:
    depth = 0
    for bracket, offset in _brackets(text):
        depth += 1 if bracket in "{[" else -1
        if depth > MAX_DEPTH:
            _refuse(f"nested more than {MAX_DEPTH} levels deep", text, offset, name)
    _refuse("nested too deep", text, 0, name)


def _refuse(message: str, text: str, offset: int, name: str) -> NoReturn:
    raise InvalidSource([Diagnostic("json-syntax", message, place_at(text, offset, name))])
