"""Catalogs as gettext PO files.

The id of a message is its msgid, which may be a key (`banner.headline`) or the source text itself.
With a msgctxt the id is `context|msgid`, as gettext's own `sgettext` writes it. Fuzzy, empty and
obsolete entries are missing. Entries with plural forms are left out: nothing here has a count yet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import polib

from assetforge.catalogs.base import Message
from assetforge.catalogs.text import (
    Messages,
    duplicate,
    is_blank,
    plain_lines,
    read_text,
    unshowable,
)
from assetforge.errors import Diagnostic, InvalidSource, Place

CONTEXT_SEPARATOR = "|"

_STRING = r'"[^"\\]*(?:\\.[^"\\]*)*"'
_LINE = re.compile(rf"(?:(?:msgctxt|msgid|msgid_plural|msgstr|msgstr\[[0-9]\])\s+)?{_STRING}")
_CHARSET = re.compile(r'"Content-Type:[^"]*?charset=([\w.:-]+)')
_UTF8_NAMES = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "charset"})  # CHARSET: a template
_LINE_OF_POLIB = re.compile(r"\(line (\d+)\)")
# One word that no banner shows: `banner.headline`, `headline`, `cta_title`, `CTA_TITLE`.
_KEY = re.compile(r"[\w-]+(?:[.:/][\w-]+)+|[a-z][\w-]*|[A-Z0-9]+(?:_[A-Z0-9]+)+", re.ASCII)


def read(path: Path, name: str) -> Messages:
    """Return the translated messages of one PO file, and what all of them say in the source locale.

    In the source locale an empty msgstr stands for the msgid, unless that looks like a key.

    Raises:
        InvalidSource: the file is damaged; every problem in it, located.
    """
    lines = read_text(path, name).replace("\r", "\n").split("\n")
    problems = [*_broken_lines(lines, name), *_charset_problems(lines, name)]
    if problems:
        raise InvalidSource(problems)
    messages, source_texts, problems = _collect(_parse(path, name), lines, name)
    problems += unshowable(messages)
    if problems:
        raise InvalidSource(problems)
    return Messages(messages, source_texts)


def _broken_lines(lines: Sequence[str], name: str) -> Iterator[Diagnostic]:
    """Yield lines that are no PO; polib reads some of them, such as an open string, wrongly."""
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text and not text.startswith("#") and not _LINE.fullmatch(text):
            column = len(line) - len(line.lstrip()) + 1
            yield _syntax(_what_is_wrong(text), Place(name, number, column, len(text)))


def _what_is_wrong(text: str) -> str:
    word = text.split(None, 1)[0]
    if '"' not in text:
        return f"{word[:40]!r} starts no PO line"
    return "string is not closed" if text.count('"') % 2 else "string or keyword is broken"


def _syntax(message: str, place: Place) -> Diagnostic:
    return Diagnostic("po-syntax", message, place)


def _charset_problems(lines: Sequence[str], name: str) -> Iterator[Diagnostic]:
    """Yield a header that declares another charset; polib would follow it."""
    for number, line in enumerate(lines, 1):
        found = _CHARSET.search(line)
        if found:
            if found[1].lower() not in _UTF8_NAMES:
                yield Diagnostic(
                    "po-charset",
                    f"charset '{found[1]}' is not UTF-8",
                    Place(name, number, found.start(1) + 1, len(found[1])),
                    help="convert the file with `msgconv --to-code=UTF-8`",
                )
            return


def _parse(path: Path, name: str) -> polib.POFile:
    try:
        # By path: polib splits a string at U+2028 too, which is legal inside a text.
        return polib.pofile(str(path), encoding="utf-8")
    except (OSError, ValueError) as error:
        line = _LINE_OF_POLIB.search(str(error))
        place = Place(name, int(line[1]), 1) if line else Place(name)
        problem = "entry is incomplete or out of order" if line else "cannot be read as PO"
        raise InvalidSource([_syntax(problem, place)]) from None


def _collect(
    file: polib.POFile, lines: Sequence[str], name: str
) -> tuple[dict[str, Message], dict[str, Message], list[Diagnostic]]:
    """Return translations, source texts and duplicates of all entries."""
    messages: dict[str, Message] = {}
    source_texts: dict[str, Message] = {}
    places: dict[str, Place] = {}
    problems = []
    for entry in file:
        if entry.obsolete or entry.msgid_plural or not entry.msgid:
            continue
        id, place = _id(entry), _place(entry, lines, name)
        if id in places:
            problems.append(duplicate(f"message {id!r}", place, places[id]))
        places.setdefault(id, place)
        text, source = plain_lines(entry.msgstr), plain_lines(entry.msgid)
        if not is_blank(text) and not entry.fuzzy:
            messages[id] = Message(text, place)
        if not is_blank(source) and not _KEY.fullmatch(source):
            source_texts[id] = Message(source, place)
    return messages, source_texts, problems


def _id(entry: polib.POEntry) -> str:
    return f"{entry.msgctxt}{CONTEXT_SEPARATOR}{entry.msgid}" if entry.msgctxt else entry.msgid


def _place(entry: polib.POEntry, lines: Sequence[str], name: str) -> Place:
    """Return where the translation is; polib knows only the first line of the entry."""
    start = entry.linenum or 1
    for number, line in enumerate(lines[start - 1 :], start):
        if line.lstrip().startswith("msgstr"):
            return Place(name, number, line.index("msgstr") + 1, len("msgstr"))
    return Place(name, start, 1)
