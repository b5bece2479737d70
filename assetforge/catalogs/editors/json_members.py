"""Where the members of a JSON file stand, those of objects and lists inside it too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]:,]|[^\s{}\[\]:,"]++')

Path: TypeAlias = tuple[str, ...]


class Member(NamedTuple):
    """One member of an object, or item of a list.

    Attributes:
        path: the keys that lead to it; items of lists have their position.
        start, end: of the whole, from its key to the end of its value.
        value: offset at which its value starts; an item starts with its value.
        is_object: whether its value is an object.
    """

    path: Path
    start: int
    end: int
    value: int
    is_object: bool


def members(file: str) -> list[Member]:
    """Return all members of a file that is one JSON object; an outer one before those inside."""
    tokens = _TOKEN.finditer(file)
    found: list[Member | None] = []
    next(tokens)
    _object((), tokens, found)
    return [each for each in found if each is not None]


_Tokens: TypeAlias = "Iterator[re.Match[str]]"


def _object(path: Path, tokens: _Tokens, found: list[Member | None]) -> int:
    """Collect the members of an object behind its brace; return the offset of its end."""
    while (token := next(tokens))[0] != "}":
        if token[0] != ",":
            next(tokens)
            _member((*path, json.loads(token[0])), token.start(), next(tokens), tokens, found)
    return token.end()


def _list(path: Path, tokens: _Tokens, found: list[Member | None]) -> int:
    position = 0
    while (token := next(tokens))[0] != "]":
        if token[0] != ",":
            _member((*path, str(position)), token.start(), token, tokens, found)
            position += 1
    return token.end()


def _member(
    path: Path, start: int, value: re.Match[str], tokens: _Tokens, found: list[Member | None]
) -> None:
    at, end = len(found), value.end()
    found.append(None)
    if value[0] == "{":
        end = _object(path, tokens, found)
    elif value[0] == "[":
        end = _list(path, tokens, found)
    found[at] = Member(path, start, end, value.start(), value[0] == "{")
