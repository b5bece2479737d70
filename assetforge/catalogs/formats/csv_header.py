"""The columns of a table of messages: which is the id, which are for translators, which are texts.

Source of the reserved names: what spreadsheets of translation services export.
"""

from __future__ import annotations

import re

from assetforge.catalogs.formats.csv_rows import Row
from assetforge.catalogs.formats.entries import Entries
from assetforge.catalogs.text import duplicate
from assetforge.errors import Diagnostic, Place, did_you_mean
from assetforge.locales import InvalidLocale, parse_locale

KEY, COMMENT, CONTEXT, MAX_LENGTH = "key", "comment", "context", "max_length"
MAX_COLUMNS = 2000

_MEANINGS = {
    KEY: KEY,
    COMMENT: COMMENT,
    "description": COMMENT,
    CONTEXT: CONTEXT,
    MAX_LENGTH: MAX_LENGTH,
}
_ID = re.compile(r"[A-Za-z0-9]+(?:[@+_.-][A-Za-z0-9]+)*")
_OWN = ("text", "value")
_HELP = "the first line names the columns: 'key', and one for each locale"


class Header:
    """What the columns of a table hold.

    Attributes:
        count: how many columns there are; those without a name count.
        numbers: of the columns that are no texts, by `key`, `comment`, `context`, `max_length`.
        locales: ids of the locales that the other columns are of, by number of the column.
    """

    def __init__(self, row: Row, locale: str, entries: Entries) -> None:
        """Read a header line; `locale` is the one that the path names, or empty."""
        self.count = len(row.cells)
        self.numbers: dict[str, int] = {}
        self.locales: dict[int, str] = {}
        self._locale = locale
        self._entries = entries
        self._first: dict[str, Place] = {}
        if self.count > MAX_COLUMNS:
            self._problem(
                f"a table may have {MAX_COLUMNS} columns", Place(entries.name, row.line, 1)
            )
            return
        for number, (cell, place) in enumerate(zip(row.cells, row.places(), strict=True)):
            if cell.strip():
                self._add(cell.strip(), number, Place(entries.name, *place))
        self._complain_of_missing(Place(entries.name, row.line, 1))

    def _add(self, name: str, number: int, place: Place) -> None:
        meaning = _MEANINGS.get(name.lower())
        if number == 0 and name.lower() == "id":
            meaning = KEY
        if meaning:
            self._once(meaning, name, place)
            self.numbers.setdefault(meaning, number)
            return
        locale = self._locale_of(name)
        tag = parse_or_keep(locale)
        advice = None if tag != name else _no_locale(name)
        if advice:
            self._problem(f"column {name!r} is no locale", place, advice)
            return
        self._once(tag, name, place)
        self.locales[number] = locale

    def _locale_of(self, name: str) -> str:
        same = parse_or_keep(name) == parse_or_keep(self._locale)
        return self._locale if self._locale and (same or name.lower() in _OWN) else name

    def _once(self, meaning: str, name: str, place: Place) -> None:
        first = self._first.setdefault(meaning, place)
        if first is not place:
            self._entries.problems.append(duplicate(f"column {name!r}", place, first))

    def _complain_of_missing(self, place: Place) -> None:
        if KEY not in self.numbers:
            self._problem("the table has no column 'key'", place)
        elif self._locale and self._locale not in self.locales.values():
            self._problem(f"the table has no column 'text' or {self._locale!r}", place)
        elif not self.locales and not self._entries.problems:
            self._problem("the table has no column for a locale", place)

    def _problem(self, message: str, place: Place, help: str = _HELP) -> None:
        self._entries.problems.append(Diagnostic("csv-header", message, place, help=help))


def _no_locale(name: str) -> str | None:
    """Return what to do about a column that cannot be a locale's, not even a declared one's."""
    try:
        parse_locale(name)
    except InvalidLocale:
        near = did_you_mean(name.lower(), _MEANINGS)
        return near or (None if _ID.fullmatch(name) else "name it 'comment' if it is no locale")
    return None


def parse_or_keep(locale: str) -> str:
    """Return the canonical tag of a locale; one that a project declares has none, but its id."""
    try:
        return parse_locale(locale).tag
    except InvalidLocale:
        return locale
