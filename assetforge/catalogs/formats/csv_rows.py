"""The rows of a CSV or TSV table, with the place of each cell.

The standard library reads; it knows the line a row ends at, and nothing about cells. Their places
are found again in what is written.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

TAB = "\t"
DELIMITERS = (",", ";", TAB)

_CELLS = {
    delimiter: re.compile(rf'("(?:[^"]|"")*+"|[^{delimiter}\n]*+)(?:[{delimiter}\n]|\Z)')
    for delimiter in DELIMITERS
}
_QUOTED = re.compile(r'"[^"\n]*+"')
_SAID = {
    "unexpected end of data": "a quoted cell is not closed",
    "field larger": "a cell is too long, or a quote before it is not closed",
}


class BrokenRow(ValueError):
    """A row that cannot be read; `str` is what is wrong, in words; `line` is where it begins."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        cells: its texts, unquoted.
        written: what is in the file.
        line: where it begins, 1-based.
        delimiter: what stands between its cells.
    """

    cells: list[str]
    written: str
    line: int
    delimiter: str

    def places(self) -> list[tuple[int, int, int]]:
        """Return line, column and length of each cell, with its quotes."""
        if '"' in self.written:
            return self._places_of_quoted()
        places, column = [], 1
        for cell in self.cells:
            places.append((self.line, column, len(cell) or 1))
            column += len(cell) + 1
        return places

    def _places_of_quoted(self) -> list[tuple[int, int, int]]:
        places, offset, line, line_start = [], 0, self.line, 0
        pattern = _CELLS[self.delimiter]
        for _ in self.cells:
            match = pattern.match(self.written, offset)
            assert match, "BUG: the file has fewer cells than were read from it"
            first_line = match[1].split("\n", 1)[0]
            places.append((line, offset - line_start + 1, len(first_line) or 1))
            if "\n" in match[1]:
                line += match[1].count("\n")
                line_start = offset + match[1].rindex("\n") + 1
            offset = match.end()
        return places


def delimiter_of(text: str) -> str:
    """Return what most likely stands between the cells of a table, by its first line."""
    header = _QUOTED.sub("", text.lstrip("\n").split("\n", 1)[0])
    return max(DELIMITERS, key=header.count)


def rows(text: str, delimiter: str) -> Iterator[Row]:
    r"""Yield the rows of a table with `\n` at line ends, without those that are blank.

    Raises:
        BrokenRow: a quote is wrong.
    """
    lines = text.split("\n")
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BrokenRow(_in_our_words(str(error)), line) from None
        if cells is None:
            return
        if any(cells):
            yield Row(cells, "\n".join(lines[line - 1 : reader.line_num]), line, delimiter)
        line = reader.line_num + 1


def _in_our_words(message: str) -> str:
    said = (ours for theirs, ours in _SAID.items() if message.startswith(theirs))
    return next(said, "a quoted cell goes on behind its closing quote")
