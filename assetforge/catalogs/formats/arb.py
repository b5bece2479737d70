"""Catalogs as ARB, the Application Resource Bundles of Flutter: flat JSON of ICU messages.

`@key` describes `key`: its `description` is the comment of the message. `@@locale` may name the
locale; where the path names one too, the path counts.

Source: "Application Resource Bundle Specification", github.com/google/app-resource-bundle.
"""

from __future__ import annotations

from pathlib import Path

from assetforge.catalogs.base import Content, Message
from assetforge.catalogs.formats.entries import Entries
from assetforge.catalogs.formats.json_text import JsonText
from assetforge.catalogs.text import is_blank, plain_lines, read_text
from assetforge.locales import InvalidLocale, parse_locale

_MARK = "@"
_LOCALE = "@@locale"
_DESCRIPTION = "description"


def read(path: Path, name: str, locale: str, syntax: str) -> Content:
    """Return the messages of one ARB file.

    They are of the locale that the path names, or else of the one that the file names.

    Raises:
        InvalidSource: the file is damaged, or names no locale and its path neither; every problem
            in it, located.
    """
    file = JsonText(read_text(path, name), name)
    entries = Entries(name, syntax or "icu")
    entries.problems += file.problems
    messages = _messages(file, entries)
    inner = _locale(file, locale, entries)
    entries.check()
    warnings = tuple(entries.warnings)
    if locale:
        return Content(own=messages, warnings=warnings)
    return Content(others={inner: messages}, warnings=warnings)


def _messages(file: JsonText, entries: Entries) -> dict[str, Message]:
    comments = _comments(file)
    messages: dict[str, Message] = {}
    for keys, value, start, end in file.leaves:
        id = keys[0]
        if not id or id.startswith(_MARK):
            continue
        line, column = file.spot(start)
        if len(keys) > 1 or not (value is None or isinstance(value, str)):
            help = "write one text for each key; what describes it goes under '@key'"
            entries.problem("arb", f"message {id!r} is no text", line, column, help=help)
            continue
        text, comment = plain_lines(value or ""), comments.get(id, "")
        message = entries.message(id, text, line, column, end - start, comment=comment)
        entries.keep(messages, id, message)
    return messages


def _comments(file: JsonText) -> dict[str, str]:
    """Return the descriptions by the id they describe."""
    return {
        keys[0].removeprefix(_MARK): plain_lines(value).strip()
        for keys, value, _, _ in file.leaves
        if len(keys) == 2 and keys[1] == _DESCRIPTION and isinstance(value, str)
    }


def _locale(file: JsonText, locale: str, entries: Entries) -> str:
    """Return the locale that the file names; empty if it names none that is understood."""
    for keys, value, start, end in file.leaves:
        if keys == (_LOCALE,) and isinstance(value, str) and not is_blank(value):
            line, column = file.spot(start)
            if locale and not _same(locale, value):
                message = f"the file says it is of locale {value!r}, its path says {locale!r}"
                help = "the path counts; correct '@@locale'"
                entries.warning("wrong-locale", message, line, column, end - start, help)
            return value
    if not locale:
        help = f"add \"{_LOCALE}\" to the file, or '{{locale}}' to its pattern"
        entries.problem("no-locale", "neither the path nor the file names a locale", 1, 1, 1, help)
    return ""


def _same(locale: str, other: str) -> bool:
    try:
        return parse_locale(locale).tag == parse_locale(other).tag
    except InvalidLocale:
        return locale == other
