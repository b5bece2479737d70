"""Edits gettext PO files, as msgmerge and editors of PO files would.

A text that a person has written is no longer doubtful: its entry loses the flag `fuzzy`, and what
it said before (`#|`). A new entry stands behind the last one, before those that are obsolete.

Source: GNU gettext manual, "The Format of PO Files".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from assetforge.catalogs.editors.base import Change, Written, WrittenTexts
from assetforge.catalogs.editors.po_strings import STRINGS, model_of, quoted, written_like
from assetforge.catalogs.editors.raw_text import Patch, RawText
from assetforge.catalogs.formats.po import CONTEXT_SEPARATOR
from assetforge.catalogs.formats.po_header import OddHeader, is_template, plural_forms
from assetforge.catalogs.formats.po_text import Entry, PoText

_ONE = rf"[ \t]*+({STRINGS})[ \t]*+\n?[ \t\f\v\n]*+"
_KEYWORD = re.compile(rf"(msgctxt|msgid_plural|msgid|msgstr(?:\[[0-9]+\])?){_ONE}")
_ENTRY = re.compile(
    rf"(?:msgctxt{_ONE})?msgid{_ONE}(?:msgid_plural{_ONE})?(?:msgstr(?:\[[0-9]+\])?{_ONE})*+"
)
_COMMENT = re.compile(r"^[ \t]*#([,|~])([^\n]*)\n?", re.MULTILINE)
FUZZY = "fuzzy"

KEPT = 8
"""How many files are known as they were read: of one, many texts are asked for in a row."""


class _Place(NamedTuple):
    """Where an entry stands: its comments, its whole, and each of its strings by keyword."""

    entry: Entry
    start: int
    end: int
    strings: dict[str, tuple[int, int]]

    @property
    def id(self) -> str:
        """The id that the reader gives it."""
        context = self.entry.context
        return f"{context}{CONTEXT_SEPARATOR}{self.entry.id}" if context else self.entry.id


class PoEditor:
    """Entries, with or without plural forms."""

    @staticmethod
    def texts(file: str, syntax: str) -> WrittenTexts:
        """Return the texts of all entries; a plural has all forms of the header."""
        read = _reading(file)
        return {each.id: read.texts_of(each) for each in read.places if each.entry.id}

    @staticmethod
    def forms(
        file: str, id: str, syntax: str, like: str, categories: Sequence[str]
    ) -> tuple[str, ...]:
        """Return the numbers of a plural's forms; those of a new one are as many as can be."""
        read = _reading(file)
        place = read.find(id)
        if place:
            return tuple(read.texts_of(place))
        model = _reading(like).find(id)
        return read.numbers if model and model.entry.plural else ("",)

    @staticmethod
    def edited(file: str, change: Change, syntax: str, like: str) -> str:
        """Return the file with one text changed, or one entry more."""
        read = _reading(file)
        place = read.find(change.id)
        if place:
            return read.raw.patched(_patches(read, place, change))
        entry = _new_entry(read, change, _reading(like))
        end = read.places[-1].end if read.places else len(read.plain)
        before = read.plain[:end]
        gap = "" if not before.strip("\n") else "\n\n"
        return read.raw.patched([Patch(end, end, gap + entry)])

    @staticmethod
    def excerpt(file: str, id: str, syntax: str, like: str) -> str:
        """Return the header and the entry."""
        read = _reading(file)
        kept = [each for each in read.places if not each.entry.id or each.id == id]
        return "\n\n".join(read.plain[each.start : each.end] for each in kept) + "\n"


class _Reading:
    """One file: its entries, and where they are."""

    def __init__(self, file: str) -> None:
        self.raw = RawText(file)
        self.plain = self.raw.plain.replace("\r", "\n")
        text = PoText(self.plain, "")
        self._spot = text.spot
        self.places = list(_placed(self.plain, text.entries))
        header = next((one.text for one in text.entries if not one.id + one.context), "")
        self.numbers = _numbers(header)
        self._by_id = {each.id: each for each in self.places if each.entry.id}

    def find(self, id: str) -> _Place | None:
        """Return the entry of a message."""
        return self._by_id.get(id)

    def string(self, place: _Place, keyword: str) -> str:
        """Return a string as it is written; an empty one where there is none."""
        start, end = place.strings.get(keyword, (0, 0))
        return self.plain[start:end]

    def texts_of(self, place: _Place) -> dict[str, Written]:
        """Return the texts of an entry by form."""
        entry = place.entry
        if entry.forms is None:
            return {"": Written(entry.text, self._spot(entry.start)[0])}
        there = {
            str(number): Written(text, self._spot(start)[0])
            for number, (start, text) in sorted(entry.forms.items())
        }
        return {number: there.get(number, Written("")) for number in (*self.numbers, *there)}


@lru_cache(maxsize=KEPT)
def _reading(file: str) -> _Reading:
    return _Reading(file)


def _placed(plain: str, entries: Sequence[Entry]) -> Iterator[_Place]:
    offset = 0
    for entry in entries:
        whole = _ENTRY.match(plain, offset + len(entry.comments))
        assert whole, "BUG: an entry that is none"
        found = list(_KEYWORD.finditer(plain, whole.start(), whole.end()))
        strings = {_numbered(match[1]): match.span(2) for match in found}
        yield _Place(entry, offset, found[-1].end(2), strings)
        offset = whole.end()


def _numbered(keyword: str) -> str:
    """Return a keyword with its number in its plain form."""
    name, _, number = keyword.rstrip("]").partition("[")
    return _keyword(str(int(number[:9]))) if number else name


def _keyword(form: str) -> str:
    return f"msgstr[{form}]" if form else "msgstr"


def _numbers(header: str) -> tuple[str, ...]:
    """Return the numbers of a plural's forms; none where the header does not say."""
    try:
        known = None if is_template(header) else plural_forms(header)
    except OddHeader:  # the reader says so, once it has something to form
        known = None
    return tuple(map(str, range(known.count))) if known else ()


def _patches(read: _Reading, place: _Place, change: Change) -> Iterator[Patch]:
    """Yield what has to change in an entry that is there."""
    keyword = _keyword(change.form)
    model = model_of(read.string(place, keyword), read.string(place, "msgid"))
    written = read.texts_of(place)[change.form]
    if keyword not in place.strings:
        yield Patch(place.end, place.end, f"\n{keyword} {written_like(change.text, model)}")
    elif written.text != change.text:
        yield Patch(*place.strings[keyword], written_like(change.text, model))
    yield from _sure(place)


def _sure(place: _Place) -> Iterator[Patch]:
    """Yield what takes its doubt from an entry: the flag, and what the entry said before."""
    patches: list[Patch] = []
    doubtful = False
    for match in _COMMENT.finditer(place.entry.comments):
        span = place.start + match.start(), place.start + match.end()
        if match[1] == "~":  # all so far belongs to an entry that is obsolete
            patches, doubtful = [], False
        elif match[1] == "|":
            patches.append(Patch(*span, ""))
        elif FUZZY in (flags := [each.strip() for each in match[2].split(",")]):
            doubtful = True
            left = [each for each in match[2].split(",") if each.strip() != FUZZY]
            patches.append(Patch(*span, f"#,{','.join(left)}\n" if len(flags) > 1 else ""))
    if doubtful:
        yield from patches


def _new_entry(read: _Reading, change: Change, like: _Reading) -> str:
    """Return an entry that the file lacks, without a line break at its end."""
    model = like.find(change.id)
    context, _, id = change.id.rpartition(CONTEXT_SEPARATOR)
    lines = {"msgctxt": quoted(context)} if context else {}
    lines["msgid"] = quoted(id)
    if model:
        names = ("msgctxt", "msgid", "msgid_plural")
        lines = {name: like.string(model, name) for name in names if name in model.strings}
    forms = read.numbers if "msgid_plural" in lines else ("",)
    for form in forms or (change.form,):
        text = change.text if form == change.form else ""
        lines[_keyword(form)] = written_like(text, lines["msgid"])
    flags = _flags(model) if model else ""
    return flags + "\n".join(f"{keyword} {string}" for keyword, string in lines.items())


def _flags(place: _Place) -> str:
    """Return the line of an entry's flags, without doubt; empty where it has none."""
    found = ""
    for match in _COMMENT.finditer(place.entry.comments):
        if match[1] == "~":
            found = ""
        elif match[1] == ",":
            found += f",{match[2]}"
    flags = [each.strip() for each in found.split(",")]
    kept = [each for each in flags if each not in ("", FUZZY)]
    return f"#, {', '.join(kept)}\n" if kept else ""
