"""The plural forms of i18next (JSON v4), which are messages of their own in the file.

`item_one` and `item_other` are one message `item`, chosen by `count`; `place_ordinal_one` and
`place_ordinal_other` one message `place_ordinal`. `_zero` is for the number 0 in every language.
A context is part of the id: `friend_male_one` and `friend_male_other` are `friend_male`.

Source: i18next documentation, "JSON format" and "Plurals".
"""

from __future__ import annotations

from collections.abc import Mapping

from assetforge.catalogs.base import Message
from assetforge.catalogs.formats.entries import Entries
from assetforge.messages.pattern import Kind, names

COUNT = "count"
OTHER = "other"

_CATEGORIES = ("zero", "one", "two", "few", "many", OTHER)
_SUFFIXES = tuple(f"_{category}" for category in _CATEGORIES)
_ORDINAL = "_ordinal"


def grouped(messages: Mapping[str, Message], entries: Entries) -> dict[str, Message]:
    """Return the messages with the forms of each plural made one message."""
    result = dict(messages)
    for id, forms in _plurals(messages).items():
        if OTHER in forms:
            for category in forms:
                del result[f"{id}_{category}"]
            if id in result:
                _warn_hidden(id, result[id], entries)
            result[id] = _plural(id, forms, entries)
        elif len(forms) > 1 and any(COUNT in names(form.value) for form in forms.values()):
            last = max(forms.values(), key=lambda form: (form.line, form.column))
            message = f"plural {id!r} has no form '{id}_{OTHER}'"
            entries.problem(
                "plural-without-other", message, last.line, last.column, last.length, help="add it"
            )
    return result


def first_plural(messages: Mapping[str, Message]) -> Message | None:
    """Return the first form of a plural with `{{...}}` in it, in a file that was read as plain."""
    for forms in _plurals(messages).values():
        texts = [str(form.value) for form in forms.values()]
        if OTHER in forms and len(forms) > 1 and any("{{" in text for text in texts):
            return next(iter(forms.values()))
    return None


def _plurals(messages: Mapping[str, Message]) -> dict[str, dict[str, Message]]:
    """Return what may be forms of plurals, by id and category."""
    plurals: dict[str, dict[str, Message]] = {}
    for id, message in messages.items():
        if id.endswith(_SUFFIXES):
            stem, _, category = id.rpartition("_")
            if stem:
                plurals.setdefault(stem, {})[category] = message
    return plurals


def _plural(id: str, forms: Mapping[str, Message], entries: Entries) -> Message:
    """Return one message; it is empty if the form that every number may fall back to is."""
    if forms[OTHER].state == "empty":
        return forms[OTHER]
    kind: Kind = "ordinal" if id.endswith(_ORDINAL) else "plural"
    cases = {
        "=0" if category == "zero" else category: forms[category]
        for category in _CATEGORIES
        if category in forms and not forms[category].state
    }
    return entries.plural(next(iter(cases.values())), cases, COUNT, kind)


def _warn_hidden(id: str, hidden: Message, entries: Entries) -> None:
    message = f"message {id!r} is hidden by its plural forms"
    entries.warning("hidden-message", message, hidden.line, hidden.column, hidden.length)
