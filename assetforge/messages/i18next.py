"""i18next's texts: `{{name}}`, `{{price, currency(EUR)}}`, `$t(other.message)`.

Forms of a plural are keys of their own there (`days_one`): the reader of the file puts them
together. source: i18next documentation, Interpolation, Formatting and Nesting, read 2026-11-21.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from assetforge.messages.faults import MessageSyntaxError
from assetforge.messages.pattern import Part, Placeholder, Reference, Value, simplest

FORMATS = ("number", "percent", "currency(EUR)", "datetime", "datetime(dateStyle: long)")
DATE_STYLES = ("short", "medium", "long", "full")

_SPECIAL = re.compile(r"\{\{|\$t\(")
_INSIDE = re.compile(r"-?\s*([\w.-]+)\s*(?:,\s*(.*))?", re.DOTALL)
_CALL = re.compile(r"(\w+)\s*(?:\((.*)\))?", re.DOTALL)
_CODE = re.compile(r"[A-Z]{3}")
_MESSAGE_ID = re.compile(r"""\s*([^\s(){},"'$](?:[^(){},"'$\n]*[^\s(){},"'$])?)\s*""")
_GIVEN = re.compile(
    r"""\s*(["']?)(?P<name>[\w.-]+)\1\s*:\s*(?:
        "(?P<double>[^"\\]*)" | '(?P<single>[^'\\]*)' | (?P<bare>-?[0-9]+(?:\.[0-9]+)?|true|false)
        | \{\{\s*(?P<value>[\w.-]+)\s*\}\}
    )\s*""",
    re.VERBOSE,
)
_VALUE = re.compile(r"\{\{-?\s*([\w.-]+)\s*\}\}")

_Given: TypeAlias = tuple[tuple[str, str | Placeholder], ...]


def read(text: str) -> Value:
    """Return what a text says.

    Raises:
        MessageSyntaxError: `{{` or `$t(` is never closed, or what stands in it is not known.
    """
    if "{{" not in text and "$t(" not in text:
        return text
    parts: list[Part] = []
    at = 0
    while special := _SPECIAL.search(text, at):
        parts.append(text[at : special.start()])
        read_part = _placeholder if special[0] == "{{" else _reference
        part, at = read_part(text, special.start())
        parts.append(part)
    return simplest([*parts, text[at:]])


def _placeholder(text: str, start: int) -> tuple[Part, int]:
    """Read `{{...}}`; return it, and where it ends."""
    end = text.find("}}", start + 2)
    if end < 0:
        raise MessageSyntaxError("'{{' is never closed", start)
    inside = _INSIDE.fullmatch(text[start + 2 : end].strip())
    if inside is None:
        raise MessageSyntaxError("a name is missing after '{{'", start + 2)
    name, wanted = inside[1], (inside[2] or "").strip()
    return (_formatted(name, wanted, start + 2) if wanted else Placeholder(name)), end + 2


def _formatted(name: str, wanted: str, at: int) -> Placeholder:
    """Return where a value is put that a format such as `currency(EUR)` writes."""
    call = _CALL.fullmatch(wanted)
    options = _options(call[2] or "") if call else {}
    match call[1] if call else "", options:
        case "number", {"style": "percent", **rest} if not rest:
            return Placeholder(name, "percent")
        case "number", {"style": "currency", "currency": code, **rest} if _is_code(code, rest):
            return Placeholder(name, "currency", code)
        case "number" | "percent" as format, {**rest} if not rest:
            return Placeholder(name, format)
        case "currency", {"": code, **rest} if _is_code(code, rest):
            return Placeholder(name, "currency", code)
        case "currency", {"currency": code, **rest} if _is_code(code, rest):
            return Placeholder(name, "currency", code)
        case "datetime", {"dateStyle": style, **rest} if style in DATE_STYLES and not rest:
            return Placeholder(name, "date", style)
        case "datetime", {**rest} if not rest:
            return Placeholder(name, "date", "short")
    known = ", ".join(FORMATS)
    shown = " ".join(wanted[:30].split())
    raise MessageSyntaxError(f"unknown format '{shown}'; known: {known}", at)


def _options(written: str) -> dict[str, str]:
    """Return options written `a: 1; b: 2`; one without a name, as in `EUR`, under no name."""
    pairs = (each.rpartition(":") for each in written.split(";") if each.strip())
    return {name.strip(): value.strip().strip("'\"") for name, _, value in pairs}


def _is_code(written: str, rest: dict[str, str]) -> bool:
    return _CODE.fullmatch(written) is not None and not rest


def _reference(text: str, start: int) -> tuple[Part, int]:
    """Read `$t(...)`; return it, and where it ends."""
    id = _MESSAGE_ID.match(text, start + 3)
    if id is None:
        raise MessageSyntaxError("a message id is missing after '$t('", start + 3)
    at = id.end()
    values: _Given = ()
    if text.startswith(",", at):
        values, at = _given(text, at + 1)
    if at >= len(text):
        raise MessageSyntaxError("'$t(' is never closed", start)
    if text[at] != ")":
        raise MessageSyntaxError(f"{text[at]!r} stands here; write ')' after the message id", at)
    return Reference(id[1], values), at + 1


def _given(text: str, at: int) -> tuple[_Given, int]:
    """Read the values given to a message, `{"count": 3}`; return them, and where they end."""
    at = _past(text, at, "{")
    values: list[tuple[str, str | Placeholder]] = []
    while given := _GIVEN.match(text, at):
        values.append((given["name"], _given_value(given)))
        at = given.end()
        if not text.startswith(",", at):
            break
        at += 1
    at = _past(text, at, "}")
    return tuple(values), at


def _given_value(given: re.Match[str]) -> str | Placeholder:
    if given["value"]:
        return Placeholder(given["value"])
    written = next(text for text in given.group("double", "single", "bare") if text is not None)
    value = _VALUE.fullmatch(written)
    return Placeholder(value[1]) if value else written


def _past(text: str, at: int, brace: str) -> int:
    """Return where the text goes on after a brace and the space round it."""
    at = _past_space(text, at)
    if not text.startswith(brace, at):
        raise MessageSyntaxError("write values as in '$t(days, {\"count\": 3})'", at)
    return _past_space(text, at + 1)


def _past_space(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at
