"""What all catalog formats share: reading a file, cleaning its text, naming its faults."""

from __future__ import annotations

import re
import stat
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path

from assetforge.errors import Diagnostic, InvalidSource, Place

MAX_BYTES = 20 * 2**20
"""The largest catalog file that is read: a bound on memory, far above real ones."""

# U+0085 is not among them: like U+2028, Unicode's line breaking takes it for the end of a line.
_FORBIDDEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]")
MAX_TEXTS = 1_000_000
"""The most texts that one catalog file may hold, for the same reason."""

MAX_PROBLEMS = 1000
"""How many problems of one file are collected; nobody reads more."""

_FIRST_NUMBER = re.compile(
    r"(?<!%)%1\$(?=[0-9]*(?:hh|h|ll|l|q)?[diu])|\A((?:[^%]|%%)*+)%(?=[0-9]*(?:hh|h|ll|l|q)?[diu])"
)
_CONFLICT = re.compile(r"^(?:<{7}|>{7}|\|{7})(?= |$)", re.MULTILINE)


def read_text(path: Path, name: str) -> str:
    r"""Return the text of a UTF-8 file, without its BOM and with `\n` at line ends.

    Raises:
        InvalidSource: it is no readable text file, too large, not UTF-8, or holds merge conflicts.
    """
    data = _read_bytes(path, name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidSource([_not_utf8(error.object, error.start, name)]) from None
    text = plain_lines(text)
    conflicts = [
        Diagnostic("merge-conflict", "merge conflict is not resolved", place_at(text, hit, name, 7))
        for hit in _conflicts(text)
    ]
    if conflicts:
        raise InvalidSource(conflicts)
    return text


def plain_lines(text: str) -> str:
    r"""Return a text with `\n` for every `\r\n`."""
    return text.replace("\r\n", "\n")


def counted(text: str) -> str:
    """Return a printf text whose first number, if it has no name, is called `count`."""
    return _FIRST_NUMBER.sub(r"\1%(count)", text)


def is_blank(text: str) -> bool:
    """Tell whether a text shows nothing: such a message is missing."""
    return not text.strip()


def place_at(text: str, offset: int, name: str, length: int = 1) -> Place:
    """Return the place of a character of a file."""
    line_start = text.rfind("\n", 0, offset) + 1
    return Place(name, text.count("\n", 0, offset) + 1, offset - line_start + 1, length)


class Spots:
    """Line and column of offsets in one text; quick when they are asked for in rising order."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._offset = 0
        self._line = 1
        self._line_start = 0
        self._line_starts: list[int] = []

    def at(self, offset: int) -> tuple[int, int]:
        """Return line and column of a character, 1-based."""
        if offset < self._offset:
            return self._behind(offset)
        passed = self._text.count("\n", self._offset, offset)
        if passed:
            self._line += passed
            self._line_start = self._text.rfind("\n", self._offset, offset) + 1
        self._offset = offset
        return self._line, offset - self._line_start + 1

    def _behind(self, offset: int) -> tuple[int, int]:
        if not self._line_starts:
            self._line_starts = [0, *(match.end() for match in re.finditer("\n", self._text))]
        line = bisect_right(self._line_starts, offset)
        return line, offset - self._line_starts[line - 1] + 1


def find_unshowable(text: str) -> int | None:
    """Return the offset of the first character that no picture can show, if there is one."""
    hit = _FORBIDDEN.search(text)
    return hit.start() if hit else None


def unshowable_character(character: str, place: Place, where: str) -> Diagnostic:
    """Return the problem of one control character or lone surrogate."""
    code = f"U+{ord(character):04X}"
    if "\ud800" <= character <= "\udfff":
        return Diagnostic("lone-surrogate", f"{where} half of a character ({code})", place)
    kind = "a tab" if character == "\t" else "a control character"
    return Diagnostic(
        "control-character",
        f"{where} {kind} ({code})",
        place,
        help="only line breaks are allowed; remove it",
    )


def duplicate(what: str, place: Place, first: Place) -> Diagnostic:
    """Return the problem of two values for one id, at the second."""
    related = ((first, "first here"),)
    return Diagnostic("duplicate-message", f"{what} is there twice", place, related=related)


def unreadable(name: str, error: OSError) -> InvalidSource:
    """Return the error for a file or folder that the system does not give."""
    reason = (error.strerror or type(error).__name__).lower()
    return InvalidSource([Diagnostic("unreadable", f"cannot be read: {reason}", Place(name))])


def _conflicts(text: str) -> Iterator[int]:
    """Yield the offset of each line that a merge left where both sides changed a file."""
    # Looking for a word is much faster than looking at the start of every line.
    if any(mark in text for mark in ("<" * 7, ">" * 7, "|" * 7)):
        for match in _CONFLICT.finditer(text):
            yield match.start()


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InvalidSource([Diagnostic("unreadable", "is not a file", Place(name))])
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise unreadable(name, error) from None
    if len(data) > MAX_BYTES:
        message = f"is larger than {MAX_BYTES // 2**20} MB"
        raise InvalidSource([Diagnostic("too-large", message, Place(name))])
    return data


def _not_utf8(data: bytes, start: int, name: str) -> Diagnostic:
    line_start = data.rfind(b"\n", 0, start) + 1
    before = data[line_start:start].decode()
    place = Place(name, data.count(b"\n", 0, start) + 1, len(before) + 1)
    utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    found = "is UTF-16" if utf16 else f"the byte 0x{data[start]:02x} is no UTF-8"
    return Diagnostic("not-utf8", found, place, help="save the file as UTF-8")
