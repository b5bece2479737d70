"""The syntaxes that texts of catalogs are written in, each read into one `Value`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Final

from assetforge.messages.faults import MessageSyntaxError
from assetforge.messages.pattern import Choice, Kind, Value, as_pattern

__all__ = ["SYNTAXES", "MessageSyntaxError", "plural", "read_message"]

SYNTAXES: Final = ("plain", "icu", "i18next", "rails", "printf")
"""What a pipeline file calls each syntax; the module of that name reads it."""


def read_message(text: str, syntax: str) -> Value:
    """Return what a text says; `syntax` is one of `SYNTAXES`.

    Raises:
        MessageSyntaxError: the text is not of that syntax.
    """
    return _reader(syntax)(text)


@cache
def _reader(syntax: str) -> Callable[[str], Value]:
    """Return what reads a syntax, loaded when the first text is written in it."""
    assert syntax in SYNTAXES, f"BUG: unknown syntax '{syntax}'"
    read: Callable[[str], Value] = import_module(f"assetforge.messages.{syntax}").read
    return read


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
