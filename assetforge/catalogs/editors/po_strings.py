"""Strings of a PO file as they are written: escaped, on one line or wrapped as gettext does it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assetforge.catalogs.text import is_blank
from assetforge.messages.measure import width

STRINGS = r'"(?:[^"\\\n]|\\.)*+"(?:[ \t]*+\n[ \t\f\v\n]*+"(?:[^"\\\n]|\\.)*+")*+'
"""One string, on as many lines as it has."""

_WIDTHS = (79, 77, 78, 76, 80, 100, 120, 10**9)
"""Columns of a line that tools wrap at: gettext's own, Weblate's, those of others, none."""

_ONE_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*+)"')
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t"}
# A line of Chinese or Japanese may end behind any character, but no line begins with a comma.
_WIDE = "\u2e80-\u2fdf\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff"
_OPENING, _CLOSING = "[「『（【《〈“‘]*+", "[、。，．：；？！）」』】》〉”’…]*+"
_PIECE = re.compile(
    rf"{_OPENING}[{_WIDE}]{_CLOSING} *|(?:(?!{_OPENING}[{_WIDE}])[^\\ ]|\\.)+ *|^ +"
)
_TRIED = 20


def quoted(text: str) -> str:
    """Return a text as one string on one line."""
    return f'"{_escaped(text)}"'


def written_like(text: str, model: str) -> str:
    """Return a text as a string that is wrapped as another one is."""
    lines = _ONE_STRING.findall(model)
    if len(lines) < 2:
        return quoted(text)
    escaped, before = _escaped(text), "".join(lines)
    hanging = bool(lines[0])
    widest = max(map(width, lines)) + len('""')
    tried = (*_WIDTHS, *range(widest, widest + _TRIED))
    same = (each for each in tried if _wrapped(before, each, hanging=hanging) == lines)
    found = _wrapped(escaped, next(same, _WIDTHS[0]), hanging=hanging)
    return "\n".join(f'"{each}"' for each in found)


def model_of(written: str, other: str) -> str:
    """Return the string whose lines another is wrapped like: one that says nothing is no model."""
    return other if is_blank("".join(_ONE_STRING.findall(written))) else written


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(each, each) for each in text)


def _wrapped(escaped: str, columns: int, *, hanging: bool) -> list[str]:
    """Return the lines of a string; `hanging`: the first one has no line of its own before it."""
    parts = re.findall(r"(?:[^\\]|\\[^n])*?\\n|(?:[^\\]|\\[^n])+", escaped)
    if len(parts) < 2 and width(escaped) + len('msgstr ""') <= columns:
        return [escaped]
    lines = [line for part in parts for line in _lines(part, columns - 2)]
    return lines if hanging else ["", *lines]


def _lines(part: str, columns: int) -> Iterator[str]:
    """Yield the lines of what has no break inside: as many words on each as there is room for."""
    line = ""
    for piece in _PIECE.findall(part):
        if line and width(line) + width(piece) > columns:
            yield line
            line = ""
        line += piece
    yield line
