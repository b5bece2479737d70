"""Catalogs as JSON files: flat, or nested with the ids joined by dots.

`{"banner": {"headline": "Hi"}}` and `{"banner.headline": "Hi"}` hold the same message; where both
stand in one file the key that is written out wins. A list gives `items.0`, `items.1`. A number is
its digits as written; `null` and empty texts are empty messages; `true` and `false` are none.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TypeAlias

from assetforge.catalogs.base import Content, Message
from assetforge.catalogs.formats import i18next_forms
from assetforge.catalogs.formats.entries import Entries
from assetforge.catalogs.formats.json_text import JsonText
from assetforge.catalogs.text import (
    MAX_PROBLEMS,
    duplicate,
    is_blank,
    place_at,
    plain_lines,
    read_text,
)
from assetforge.errors import Place

_Text: TypeAlias = tuple[int, str, int, int]
"""How many keys lead to a text; the text; the offsets of its start and end."""

PLAIN = "plain"
I18NEXT = "i18next"

_ICU = re.compile(r"\{\s*\w+\s*,\s*(?:plural|select|selectordinal)\s*,")
_SAY = "say `syntax: {}` for this catalog, or `syntax: plain` if it is meant so"


def read(path: Path, name: str, locale: str, syntax: str) -> Content:
    """Return the messages of one JSON file by dotted id.

    Raises:
        InvalidSource: the file is damaged; every problem in it, located.
    """
    text = read_text(path, name)
    file = JsonText(text, name)
    entries = Entries(name, syntax or PLAIN)
    entries.problems += file.problems
    messages = _messages(file, _by_id(file, entries), entries)
    if syntax == I18NEXT:
        messages = i18next_forms.grouped(messages, entries)
    entries.check()
    if not syntax:
        _suspect_syntax(text, messages, entries)
    return Content(own=messages, warnings=tuple(entries.warnings))


def _by_id(file: JsonText, entries: Entries) -> dict[str, _Text]:
    """Return the texts by id; of two for one id, the one with fewer, longer keys wins."""
    chosen: dict[str, _Text] = {}
    for path, value, start, end in file.leaves:
        if value is None:
            value = ""
        elif not isinstance(value, str):
            continue
        id = ".".join(path)
        text = len(path), value, start, end
        known = chosen.setdefault(id, text)
        if known is not text:
            chosen[id] = _better(known, text, id, file, entries)
    chosen.pop("", None)
    return chosen


def _better(known: _Text, text: _Text, id: str, file: JsonText, entries: Entries) -> _Text:
    """Return the text that is not blank, or else the one with fewer keys."""
    if is_blank(known[1]) or is_blank(text[1]):
        return text if is_blank(known[1]) else known
    if known[0] == text[0] and len(entries.problems) < MAX_PROBLEMS:
        places = (Place(entries.name, *file.spot(start)) for _, _, start, _ in (text, known))
        entries.problems.append(duplicate(f"message {id!r}", *places))
    return min(known, text)


def _messages(file: JsonText, texts: dict[str, _Text], entries: Entries) -> dict[str, Message]:
    messages = {}
    for id, (_, text, start, end) in texts.items():
        line, column = file.spot(start)
        messages[id] = entries.message(id, plain_lines(text), line, column, end - start)
    return messages


def _suspect_syntax(text: str, messages: dict[str, Message], entries: Entries) -> None:
    """Warn once about a file that was read as plain and looks like another syntax."""
    icu = _ICU.search(text)
    if icu:
        place = place_at(text, icu.start(), entries.name)
        _warn("ICU MessageFormat", "icu", place, entries)
        return
    forms = i18next_forms.first_plural(messages) if "{{" in text else None
    if forms:
        _warn("plurals of i18next", I18NEXT, forms.place(entries.name), entries)


def _warn(found: str, syntax: str, place: Place, entries: Entries) -> None:
    message = f"texts look like {found}, but are read as plain"
    entries.warning(
        "syntax-not-said", message, place.line, place.column, place.length, _SAY.format(syntax)
    )
