"""A Fluent file cut up: messages of one plain line, and what Fluent's own parser has to read.

Nearly all messages of real files are plain, and the parser goes from character to character. It
is asked about everything that could mean something: braces, attributes, terms, more lines, spaces
at the end, and comments that stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

# Comment lines, and perhaps the message below them; behind it an entry begins, or the file ends.
# A repetition that gives nothing back (`*+`) keeps this from taking time that grows squared.
_ENTRY = re.compile(
    r"^((?:#(?: .*)?\n)*+)"
    r"(?:([A-Za-z][A-Za-z0-9_-]*+) *+= *+([^ {}\n][^{}\n]*+)(?<! )"
    r"(?:\n++(?![^A-Za-z#-])|\Z))?",
    re.MULTILINE,
)
_COMMENT_SIGN = re.compile("^# ?", re.MULTILINE)


class Plain(NamedTuple):
    """A message that is its text; `start` is the offset of its id in the file."""

    id: str
    text: str
    comment: str
    start: int


class Rest(NamedTuple):
    """Lines that may hold anything; `start` is the offset of the first in the file."""

    text: str
    start: int


Piece: TypeAlias = Plain | Rest


def cut(text: str) -> Iterator[Piece]:
    """Yield the pieces of a file in order.

    If the parser finds no fault in any of them alone, together they say what the file says. With
    a fault they may not: an open brace may reach over the end of its piece.
    """
    # The parser takes a `\r\n` for the end of a line, and any other `\r` for a character.
    entries = _ENTRY.finditer(text) if "\r" not in text else ()
    end = 0
    for entry in entries:
        comment, id, said = entry.groups()
        if id is None:
            continue
        if end < entry.start():
            yield Rest(text[end : entry.start()], end)
        yield Plain(id, said, _COMMENT_SIGN.sub("", comment) if comment else "", entry.start(2))
        end = entry.end()
    if end < len(text):
        yield Rest(text[end:], end)
