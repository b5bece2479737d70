r"""How a JSON file writes its strings: which characters it escapes, and how.

Tools differ: some write `ü` and some `\u00fc`, some escape `/`, some `<` and `&`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|.)")
_ASCII = 0x80


@dataclass(frozen=True, slots=True)
class Style:
    r"""What a file escapes.

    Attributes:
        escaped: character → its escape, of those that JSON lets stand as they are.
        ascii_only: whether everything else than ASCII is escaped.
        upper: whether the letters of `\u00FC` are upper case.
    """

    escaped: Mapping[str, str]
    ascii_only: bool
    upper: bool

    def string(self, text: str) -> str:
        """Return a text as a JSON string."""
        return f'"{"".join(map(self._written, text))}"'

    def _written(self, character: str) -> str:
        if known := self.escaped.get(character):
            return known
        if ord(character) >= _ASCII and not self.ascii_only:
            return character
        plain = json.dumps(character)[1:-1]
        if not plain.startswith("\\u"):
            return plain
        return plain.upper().replace("\\U", "\\u") if self.upper else plain


def style_of(file: str) -> Style:
    """Return the style of a file, as far as what is in it tells."""
    rest = _ESCAPE.sub("", file)
    escaped: dict[str, str] = {}
    upper = False
    foreign = False
    for match in _ESCAPE.finditer(file):
        if match[1]:
            upper = upper or match[1] != match[1].lower()
            foreign = foreign or int(match[1], 16) >= _ASCII
            if int(match[1], 16) < _ASCII:
                escaped.setdefault(chr(int(match[1], 16)), match[0])
        elif match[0] == "\\/":
            escaped["/"] = match[0]
    only = {each: how for each, how in escaped.items() if each not in rest and each >= " "}
    return Style(only, foreign and rest.isascii(), upper)
