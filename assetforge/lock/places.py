"""Where in a JSON text its keys stand. Asked for only when there is something to say of one."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Final

from assetforge.errors import Place
from assetforge.source import Lines

TOKEN: Final = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|[{}\[\]]')


class Places:
    """The places of the keys of a text that is valid JSON; read through once, and late."""

    def __init__(self, text: str, file: str) -> None:
        self._text = text
        self._file = file

    def of(self, path: tuple[str, ...], turn: int = 0) -> Place:
        """Return the place of a key, or of the nearest one around it; the file when there is none.

        `turn` counts those that stand at one path, from 0.
        """
        for length in range(len(path), 0, -1):
            found = self._spots.get(path[:length], [])
            if found:
                return self._lines.place(*found[min(turn, len(found) - 1)])
        return Place(self._file)

    def offset(self, start: int, end: int) -> Place:
        """Return the place of a span."""
        return self._lines.place(start, end)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self._text, self._file)

    @cached_property
    def _spots(self) -> dict[tuple[str, ...], list[tuple[int, int]]]:
        """Return path → where its key stands, in order."""
        found: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        around: list[str] = []
        key = ""
        for token in TOKEN.finditer(self._text):
            if token[2] is not None:
                key = json.loads(token[1])
                found.setdefault((*around[1:], key), []).append(token.span(1))
            elif token[0] in "{[":
                around.append(key)
            elif token[0] in "}]":
                around.pop()
        return found
