"""Diagnostics as a person reads them: the place, the line itself, a caret, and what to do."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TypeAlias

from assetforge.digest import Json
from assetforge.errors import Diagnostic, Place
from assetforge.secrets import blotted
from assetforge.source import LINE_BREAK

TAB = 4
"""Cells a tab takes in a shown line."""

LINE_CELLS = 110
"""Longer lines are cut around the caret."""

Sources: TypeAlias = Mapping[str, str] | Callable[[str], str | None]
"""File name as places have it → its text; a file without text is shown without its line."""

Cell: TypeAlias = tuple[str, int]
"""One code point as it is shown, and how many cells of a terminal that takes."""

Mark: TypeAlias = tuple[Place, str, bool]
"""A place to underline, its label, and whether it is the diagnostic's own place."""

RESET = "\x1b[0m"
COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "frame": "\x1b[1;34m", "bold": "\x1b[1m"}


def render(diagnostics: Iterable[Diagnostic], sources: Sources, colour: bool = False) -> str:
    """Return every diagnostic in the order of places, and a last line with their number."""
    ordered = in_order(diagnostics)
    if not ordered:
        return ""
    secrets = [each.secret for each in ordered if each.secret]
    painter = _Painter(sources, secrets, colour)
    return "\n\n".join(["\n".join(painter.block(each)) for each in ordered] + [count(ordered)])


def as_json(diagnostics: Iterable[Diagnostic]) -> list[dict[str, Json]]:
    """Return every diagnostic as plain data, in the order of places; fields are only ever added."""
    return [
        {
            "code": each.code,
            "severity": each.severity,
            "message": blotted(each.message),
            "help": each.help,
            **_place_as_json(each.place),
            "label": each.label,
            "related": [{**_place_as_json(place), "label": label} for place, label in each.related],
        }
        for each in in_order(diagnostics)
    ]


def in_order(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Return diagnostics without repetitions, sorted by place; those without a place come first."""
    nowhere = Place("")
    return sorted(
        dict.fromkeys(diagnostics),
        key=lambda each: (each.place or nowhere, each.severity, each.code, each.message),
    )


def count(diagnostics: Iterable[Diagnostic]) -> str:
    """Return how many errors and warnings there are, such as `2 errors, 1 warning`."""
    severities = [each.severity for each in diagnostics]
    amounts = [(severities.count(each), each) for each in ("error", "warning")]
    return ", ".join(
        f"{amount} {word}{'' if amount == 1 else 's'}" for amount, word in amounts if amount
    )


def printable(text: str) -> str:
    """Return text with control and direction characters written out, safe for a terminal."""
    return "".join(shown for shown, _ in map(_cell, text))


def _place_as_json(place: Place | None) -> dict[str, Json]:
    if place is None:
        return {"file": None, "line": None, "column": None, "length": None}
    if not place.line:
        return {"file": place.file, "line": None, "column": None, "length": None}
    return {
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "length": place.length,
    }


def _cell(character: str) -> Cell:
    category = unicodedata.category(character)
    if category in ("Cc", "Cs", "Zl", "Zp") or unicodedata.bidirectional(character) in _DIRECTIONS:
        shown = character.encode("unicode_escape").decode()
        return shown, len(shown)
    if category in ("Mn", "Me", "Cf"):
        return character, 0
    return character, 2 if unicodedata.east_asian_width(character) in "WF" else 1


_DIRECTIONS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def _cells(line: str) -> list[Cell]:
    """Return one cell for each code point, so that columns stay columns."""
    cells: list[Cell] = []
    used = 0
    for character in line:
        width = TAB - used % TAB
        cells.append((" " * width, width) if character == "\t" else _cell(character))
        used += cells[-1][1]
    return cells


class _Painter:
    """Draws diagnostics; keeps the lines of every file it has shown, without their secrets."""

    def __init__(self, sources: Sources, secrets: Iterable[Place], colour: bool) -> None:
        self._read = sources if callable(sources) else sources.get
        self._secrets = tuple(secrets)
        self._colour = colour
        self._files: dict[str, Sequence[str]] = {}

    def block(self, diagnostic: Diagnostic) -> Iterator[str]:
        head = self._paint(f"{diagnostic.severity}[{diagnostic.code}]", diagnostic.severity)
        yield head + self._paint(f": {printable(blotted(diagnostic.message))}", "bold")
        marks = _marks(diagnostic)
        gutter = max((len(str(place.line)) for place, _, _ in marks), default=1)
        for position, (file, group) in enumerate(groupby(marks, key=lambda mark: mark[0].file)):
            within = list(group)
            arrow = self._paint(" " * gutter + (" :::" if position else "-->"), "frame")
            own = next((place for place, _, is_own in within if is_own), within[0][0])
            yield f"{arrow} {printable(str(own))}"
            yield from self._snippet(file, within, gutter, diagnostic.severity)
        if diagnostic.help:
            bar = self._paint(" " * gutter + " =", "frame")
            yield f"{bar} {self._paint('help:', 'bold')} {printable(diagnostic.help)}"

    def _snippet(
        self, file: str, marks: Sequence[Mark], gutter: int, severity: str
    ) -> Iterator[str]:
        """Yield the lines of one file that have a mark, each with its marks below."""
        shown = [mark for mark in marks if 0 < mark[0].line <= len(self._lines(file))]
        bar = self._paint(" " * gutter + " |", "frame")
        if shown:
            yield bar
        previous = 0
        for number, group in groupby(shown, key=lambda mark: mark[0].line):
            if previous and number > previous + 1:
                yield self._paint("...", "frame")
            within = list(group)
            cells, cut = _window(_cells(self._lines(file)[number - 1]), within)
            yield f"{self._paint(f'{number:>{gutter}} |', 'frame')} {_text(cells)}".rstrip()
            for place, label, own in within:
                underline = _underline(place, cells, cut, "^" if own else "-")
                words = f"{underline} {printable(label)}".rstrip()
                indent = len(words) - len(words.lstrip())
                painted = self._paint(words[indent:], severity if own else "frame")
                yield f"{bar} {' ' * indent}{painted}"
            previous = number

    def _lines(self, file: str) -> Sequence[str]:
        if file not in self._files:
            text = self._read(file)
            lines = [] if text is None else LINE_BREAK.split(text.lstrip("\ufeff"))
            for place in self._secrets:
                if place.file == file and 0 < place.line <= len(lines):
                    lines[place.line - 1] = _covered(lines[place.line - 1], place)
            self._files[file] = [blotted(line) for line in lines]
        return self._files[file]

    def _paint(self, text: str, colour: str) -> str:
        return f"{COLOURS[colour]}{text}{RESET}" if self._colour and text else text


def _covered(line: str, place: Place) -> str:
    """Return a line with an asterisk for each character of a place."""
    start, end = place.column - 1, place.column - 1 + place.length
    return line[:start] + "*" * len(line[start:end]) + line[end:]


def _marks(diagnostic: Diagnostic) -> list[Mark]:
    """Return all places to show: those in the diagnostic's own file first, each file by line."""
    if diagnostic.place is None:
        return [(place, label, False) for place, label in diagnostic.related]
    own = diagnostic.place
    marks = [(own, diagnostic.label, True)]
    marks += [(place, label, False) for place, label in diagnostic.related]
    return sorted(marks, key=lambda mark: (mark[0].file != own.file, mark[0]))


def _window(cells: list[Cell], marks: Sequence[Mark]) -> tuple[list[Cell], int]:
    """Return the part of a line that is shown, and how many code points were cut before it.

    An ellipsis stands for what is cut and counts as one code point at either end.
    """
    if sum(width for _, width in cells) <= LINE_CELLS:
        return cells, 0
    column = min(place.column for place, _, _ in marks)
    first = max(0, min(column - 1, len(cells)) - LINE_CELLS // 3)
    last, used = first, 0
    while last < len(cells) and used < LINE_CELLS:
        used += cells[last][1]
        last += 1
    shown = [("…", 1)] * (first > 0) + cells[first:last] + [("…", 1)] * (last < len(cells))
    return shown, first - (first > 0)


def _text(cells: Sequence[Cell]) -> str:
    return "".join(shown for shown, _ in cells)


def _underline(place: Place, cells: Sequence[Cell], cut: int, mark: str) -> str:
    """Return blanks up to the place and marks below it, in cells; at least one mark."""
    start = max(0, min(place.column - 1 - cut, len(cells)))
    end = max(start, min(start + max(place.length, 1), len(cells)))
    before = sum(width for _, width in cells[:start])
    return " " * before + mark * max(1, sum(width for _, width in cells[start:end]))
