"""The entries of a PO file as they are written, each with its places.

One pattern takes a whole entry; only where it does not fit are single lines looked at, to say why.

Source: GNU gettext manual, "The Format of PO Files".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from assetforge.catalogs.text import MAX_PROBLEMS, Spots, plain_lines
from assetforge.errors import Diagnostic, Place

_STRING = r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"'
_TEXT = rf"{_STRING}(?:[ \t]*+\n[ \t\f\v\n]*+{_STRING})*+"
_END = r"[ \t]*+(?:\n[ \t\f\v\n]*+|\Z)"
_START = (
    r"((?:[ \t\f\v\n]|\#[^\n]*)*+)"
    rf"(?:msgctxt[ \t]*+({_TEXT}){_END})?"
    rf"(?:(msgid)[ \t]*+({_TEXT}){_END})"
)
_PLURAL = rf"(?:msgid_plural[ \t]*+({_TEXT}){_END})"
_FORMS = rf"((?:msgstr\[[0-9]+\][ \t]*+{_TEXT}{_END})++)"
_ENTRY = re.compile(rf"{_START}(?:(msgstr)[ \t]*+({_TEXT}){_END}|{_PLURAL}{_FORMS}|\Z)")
# As far as an entry goes that is not whole.
_INCOMPLETE = re.compile(
    rf"(?:[ \t\f\v\n]|\#[^\n]*)*+(?:msgctxt[ \t]*+{_TEXT}{_END})?+"
    rf"(?:msgid[ \t]*+{_TEXT}{_END}(?:msgid_plural[ \t]*+{_TEXT}{_END})?+)?+"
)
_BLANK = re.compile(r"(?:[ \t\f\v\n]|\#[^\n]*)*+")
_NEXT = re.compile(r"^[ \t\f\v]*+(?:msgctxt|msgid)(?![\w])", re.MULTILINE)
_FORM = re.compile(rf"msgstr\[([0-9]+)\][ \t]*+({_TEXT})")
_LINE = re.compile(
    rf"[ \t\f\v]*+(?:(?:(?:msgctxt|msgid_plural|msgid|msgstr(?:\[[0-9]+\])?)[ \t]*+)?+{_STRING}"
    r"|\#[^\n]*|)[ \t\f\v]*+"
)
_ONE_STRING = re.compile(_STRING)
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "v": "\v",
    "f": "\f",
    "b": "\b",
    "a": "\a",
    '"': '"',
    "\\": "\\",
}
_ORDER = "an entry is msgctxt if it has one, msgid, msgid_plural if it has one, and msgstr"


class Entry(NamedTuple):
    """One entry; its strings are joined, their escapes read, and line ends plain.

    Attributes:
        comments: the lines before it that begin with `#`.
        context, id, plural: what follows msgctxt, msgid and msgid_plural; empty if there is none.
        text: the msgstr.
        forms: of an entry with a plural, the offset and text of each msgstr, by its number.
        start: offset of the (first) msgstr; of the msgid where there is none.
    """

    comments: str
    context: str
    id: str
    plural: str
    text: str
    forms: dict[int, tuple[int, str]] | None
    start: int


class PoText:
    """One PO file.

    Attributes:
        text: what is in it.
        entries: all that are not obsolete, in the order of the file.
        problems: what is no PO; the entries are not all there then.
        spot: returns line and column of an offset, 1-based.
    """

    def __init__(self, text: str, name: str) -> None:
        r"""Read a file with `\n` at line ends; `name` is as a person should see it."""
        self.problems: list[Diagnostic] = []
        self.text = text
        self._name = name
        self.spot = Spots(text).at
        self.entries = list(self._entries())

    def _entries(self) -> Iterator[Entry]:
        text, offset = self.text, 0
        while offset < len(text) and len(self.problems) < MAX_PROBLEMS:
            match = _ENTRY.match(text, offset)
            if match:
                yield self._entry(match)
                offset = match.end()
            else:
                offset = self._skip_damage(offset)

    def _entry(self, match: re.Match[str]) -> Entry:
        comments, context, _, id, msgstr, text, plural, forms = match.groups()
        return Entry(
            comments,
            self._string(context, match.start(2)) if context else "",
            self._string(id, match.start(4)),
            self._string(plural, match.start(7)) if plural else "",
            self._string(text, match.start(6)) if msgstr else "",
            self._forms(match) if forms else None,
            match.start(5) if msgstr else match.start(8) if forms else match.start(3),
        )

    def _forms(self, match: re.Match[str]) -> dict[int, tuple[int, str]]:
        forms: dict[int, tuple[int, str]] = {}
        for form in _FORM.finditer(self.text, match.start(8), match.end(8)):
            # Longer numbers are none that a program prints; `int` refuses those of 4300 digits.
            number = int(form[1][:9])
            if number in forms:
                self._problem(f"form msgstr[{number}] is there twice", form.start())
            forms[number] = form.start(), self._string(form[2], form.start(2))
        return forms

    def _string(self, written: str, start: int) -> str:
        text = written[1:-1]
        if "\n" in written:
            text = "".join([string[1:-1] for string in _ONE_STRING.findall(written)])
        if "\\" not in text:
            return text
        for escape in _ESCAPE.finditer(written):
            if escape[1] not in _ESCAPED:
                self._problem(f"unknown escape {escape[0]!r} in a string", start + escape.start())
        return plain_lines(_ESCAPE.sub(lambda escape: _ESCAPED.get(escape[1], escape[1]), text))

    def _skip_damage(self, offset: int) -> int:
        """Note what is wrong with the entry at an offset, and return where the next one may be."""
        start = _end(_BLANK, self.text, offset)
        if start == len(self.text):
            return start
        # The first line of the entry may be whole: then the next entry begins behind it.
        first = _end(_INCOMPLETE, self.text, offset)
        following = _NEXT.search(self.text, max(first, start + 1))
        end = following.start() if following else len(self.text)
        if not self._note_broken_lines(start, end):
            self._problem("entry is incomplete or out of order", first, help=_ORDER)
        return end

    def _note_broken_lines(self, start: int, end: int) -> bool:
        """Note each line between two offsets that can be in no PO file; tell if there is one."""
        known = len(self.problems)
        for line in self.text[start:end].split("\n"):
            if not _LINE.fullmatch(line):
                indent = len(line) - len(line.lstrip(" \t\f\v"))
                shown = line.strip(" \t\f\v")
                self._problem(_what_is_wrong(shown), start + indent, len(shown))
            start += len(line) + 1
        return len(self.problems) > known

    def _problem(self, message: str, start: int, length: int = 1, help: str | None = None) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            place = Place(self._name, *self.spot(start), length)
            self.problems.append(Diagnostic("po-syntax", message, place, help=help))


def _end(pattern: re.Pattern[str], text: str, offset: int) -> int:
    match = pattern.match(text, offset)
    return match.end() if match else offset


def _what_is_wrong(line: str) -> str:
    if '"' not in line:
        return f"{line.split(' ', 1)[0][:40]!r} starts no PO line"
    return "string is not closed" if line.count('"') % 2 else "string or keyword is broken"
