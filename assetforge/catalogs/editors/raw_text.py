r"""A file as it is, beside what its reader makes of it: no BOM, and `\n` at line ends."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from typing import NamedTuple

from assetforge.catalogs.text import plain_lines

_BOM = "\ufeff"
_LINE_END = re.compile(r"\r\n|\n|\r")


class Patch(NamedTuple):
    """A new text for what stands between two offsets."""

    start: int
    end: int
    text: str


class RawText:
    r"""One file.

    Attributes:
        plain: as a reader sees it.
        line_end: what its first line ends in; `\n` where there is only one line.
    """

    def __init__(self, raw: str) -> None:
        self._raw = raw
        self._bom = len(raw) - len(raw.removeprefix(_BOM))
        inside = raw[self._bom :]
        self.plain = plain_lines(inside)
        first = _LINE_END.search(inside)
        self.line_end = first[0] if first else "\n"
        # Where in `plain` a line ends that has two characters at its end in the file.
        found = re.finditer("\r\n", inside)
        self._longer = [match.start() - before for before, match in enumerate(found)]

    def patched(self, patches: Iterable[Patch]) -> str:
        """Return the file with parts replaced; offsets are those of `plain`, and never overlap."""
        pieces, offset = [], 0
        for start, end, text in sorted(patches):
            pieces += [self._raw[offset : self._at(start)], text.replace("\n", self.line_end)]
            offset = self._at(end)
        return "".join([*pieces, self._raw[offset:]])

    def _at(self, offset: int) -> int:
        return self._bom + offset + bisect_left(self._longer, offset)
