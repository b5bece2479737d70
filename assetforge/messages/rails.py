"""Texts of Rails: `%{name}` is a value, `%%` is a percent sign, so `%%{name}` is `%{name}`."""

from __future__ import annotations

import re

from assetforge.messages.faults import MessageSyntaxError
from assetforge.messages.pattern import Part, Placeholder, Value, simplest

_SPECIAL = re.compile(r"%(?:%|\{([\w.-]+)\}|[{<])")


def read(text: str) -> Value:
    """Return what a text says. A percent sign before anything else is one.

    Raises:
        MessageSyntaxError: `%{` names no value, or a number is written by a format of C, `%<n>d`.
    """
    if "%" not in text:
        return text
    parts: list[Part] = []
    at = 0
    for special in _SPECIAL.finditer(text):
        parts += [text[at : special.start()], _part(special)]
        at = special.end()
    return simplest([*parts, text[at:]])


def _part(special: re.Match[str]) -> Part:
    if special[0] == "%%":
        return "%"
    if special[1]:
        return Placeholder(special[1])
    if special[0] == "%{":
        advice = "write '%{name}', or '%%{' for a brace after a percent sign"
        raise MessageSyntaxError(f"'%{{' names no value; {advice}", special.start())
    advice = "write '%{name}', or '%%<' for the characters"
    raise MessageSyntaxError(f"'%<' is a format of C; {advice}", special.start())
