"""Catalogs as CSV or TSV tables: one row for each message, one column for each locale.

The first line names the columns. `key` (or `id`, as first column) is the id; `context` is put
before it, as in PO: `context|key`. `comment` (or `description`) and `max_length` are for all
locales. Every other column is a locale. Where the path names the locale, its texts are in a column
`text`, `value`, or named as that locale; other locales may stand beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from assetforge.catalogs.base import Content, Message
from assetforge.catalogs.formats.csv_header import COMMENT, CONTEXT, KEY, MAX_LENGTH, Header
from assetforge.catalogs.formats.csv_rows import TAB, BrokenRow, Row, delimiter_of, rows
from assetforge.catalogs.formats.entries import Entries
from assetforge.catalogs.text import MAX_PROBLEMS, duplicate, read_text
from assetforge.errors import Place

CONTEXT_SEPARATOR = "|"

_LENGTH = re.compile(r"[1-9][0-9]{0,8}")


def read(path: Path, name: str, locale: str, syntax: str) -> Content:
    """Return the messages of one table, by locale.

    Raises:
        InvalidSource: the file is damaged; every problem in it, located.
    """
    text = read_text(path, name).replace("\r", "\n")
    delimiter = TAB if path.suffix.lower() == ".tsv" else delimiter_of(text)
    entries = Entries(name, syntax or "plain")
    catalogs: dict[str, dict[str, Message]] = {}
    try:
        catalogs = _read_table(rows(text, delimiter), locale, entries)
    except BrokenRow as error:
        help = "put a text that holds quotes in quotes, and write each of its own twice"
        entries.problem("csv-syntax", str(error), error.line, 1, help=help)
    entries.check()
    own = catalogs.pop(locale, {}) if locale else {}
    return Content(own=own, others=catalogs)


def _read_table(
    table: Iterator[Row], locale: str, entries: Entries
) -> dict[str, dict[str, Message]]:
    first = next(table, None)
    if first is None:
        help = "begin it with a line that names the columns: 'key', and one for each locale"
        entries.problem("csv-header", "the table is empty", 1, 1, help=help)
        return {}
    header = Header(first, locale, entries)
    if entries.problems:
        return {}
    reading = _Reading(header, entries)
    for row in table:
        reading.add(row)
    return reading.catalogs


class _Reading:
    """Turns the rows of one table into messages."""

    def __init__(self, header: Header, entries: Entries) -> None:
        self.catalogs: dict[str, dict[str, Message]] = {
            locale: {} for locale in header.locales.values()
        }
        self._header = header
        self._entries = entries
        self._first: dict[str, Place] = {}

    def add(self, row: Row) -> None:
        """Add the messages of a row."""
        if len(row.cells) != self._header.count:
            self._refuse_ragged(row)
            return
        places = row.places()
        id = self._id(row, places)
        if id is None:
            return
        comment = self._cell(row, COMMENT).strip()
        max_length = self._max_length(row, places)
        for number, locale in self._header.locales.items():
            self.catalogs[locale][id] = self._entries.message(
                id, row.cells[number], *places[number], comment=comment, max_length=max_length
            )

    def _refuse_ragged(self, row: Row) -> None:
        found, expected = len(row.cells), self._header.count
        help = f"put a text that holds {row.delimiter!r} or a line break in quotes"
        message = f"row has {_cells(found)}, the header {expected}"
        self._entries.problem("csv-row", message, row.line, 1, help=help)

    def _id(self, row: Row, places: list[tuple[int, int, int]]) -> str | None:
        number = self._header.numbers[KEY]
        key, context = row.cells[number].strip(), self._cell(row, CONTEXT).strip()
        if not key:
            help = "give each row its id"
            self._entries.problem("csv-row", "row has no key", *places[number], help=help)
            return None
        id = f"{context}{CONTEXT_SEPARATOR}{key}" if context else key
        place = Place(self._entries.name, *places[number])
        first = self._first.setdefault(id, place)
        if first is not place:
            if len(self._entries.problems) < MAX_PROBLEMS:
                self._entries.problems.append(duplicate(f"message {id!r}", place, first))
            return None
        return id

    def _max_length(self, row: Row, places: list[tuple[int, int, int]]) -> int | None:
        written = self._cell(row, MAX_LENGTH).strip()
        if not written:
            return None
        if not _LENGTH.fullmatch(written):
            place = places[self._header.numbers[MAX_LENGTH]]
            help = "write how many characters a text may have, or nothing"
            message = f"max_length {written[:40]!r} is no whole number above 0"
            self._entries.problem("csv-max-length", message, *place, help=help)
            return None
        return int(written)

    def _cell(self, row: Row, meaning: str) -> str:
        number = self._header.numbers.get(meaning)
        return "" if number is None else row.cells[number]


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"
