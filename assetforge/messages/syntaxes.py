"""The syntaxes that texts of catalogs are written in, each read into one `Value`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from assetforge.messages import i18next, icu, plain, printf, rails
from assetforge.messages.faults import MessageSyntaxError
from assetforge.messages.pattern import Choice, Kind, Value, as_pattern

__all__ = ["SYNTAXES", "MessageSyntaxError", "plural", "read_message"]

SYNTAXES: Mapping[str, Callable[[str], Value]] = MappingProxyType(
    {
        "plain": plain.read,
        "icu": icu.read,
        "i18next": i18next.read,
        "rails": rails.read,
        "printf": printf.read,
    }
)
"""What reads a text, by the name that a pipeline file gives its syntax."""


def read_message(text: str, syntax: str) -> Value:
    """Return what a text says; `syntax` is one of `SYNTAXES`.

    Raises:
        MessageSyntaxError: the text is not of that syntax.
    """
    return SYNTAXES[syntax](text)


def plural(
    forms: Mapping[str, Value], name: str = "count", kind: Kind = "plural", rule: str = ""
) -> Value:
    """Return a message with a form for each category (or number of gettext's forms).

    Args:
        forms: what it says, by `one`, `other`, `=0` and so on; for `gettext` by `0`, `1`.
        name: of the value that chooses.
        kind: how it chooses.
        rule: gettext's expression in C; empty for the other kinds.
    """
    cases = tuple((key, as_pattern(form)) for key, form in forms.items())
    return (Choice(name, kind, cases, rule=rule),)
