"""The pattern of a message: text, places for values, choices between forms, other messages.

Every syntax is read into this one shape, so that formatting, checks, pseudo-locales and extraction
know one language. A pattern is data: nothing in it can execute anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias, cast

Kind: TypeAlias = Literal["plural", "ordinal", "select", "gettext"]
"""By what a choice is made: CLDR's cardinal or ordinal category of a number, a word, or the
expression in the header of a PO file."""

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
"""CLDR's categories of numbers, in its order."""

MAX_DEPTH = 20
"""How many choices may stand in each other, in a text that a person wrote."""


@dataclass(frozen=True, slots=True)
class Placeholder:
    """Where a value is put.

    Attributes:
        name: of the value.
        format: how it is written: `number`, `percent`, `currency`, `date`, or empty: as it is.
        style: what the format takes, such as `EUR` or `long`.
        offset: taken off the number first; ICU's `offset:` of the plural it stands in.
    """

    name: str
    format: str = ""
    style: str = ""
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several patterns, chosen by a value.

    Attributes:
        name: of the value it is chosen by.
        kind: see `Kind`.
        cases: key and pattern, in order. Keys are categories (`one`, `other`), exact numbers
            (`=0`), words of a `select`, or the numbers of gettext's forms (`0`, `1`).
        offset: taken off the number before its category is looked up; not before `=N`.
        rule: gettext's expression in C, such as `(n != 1)`; empty for the other kinds.
    """

    name: str
    kind: Kind
    cases: tuple[tuple[str, Pattern], ...]
    offset: int = 0
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """Another message of the same locale, shown in place.

    It is given the values of the message it stands in, and before those its own.

    Attributes:
        id: of the message.
        values: by name: a text, or what the message it stands in would put there.
    """

    id: str
    values: tuple[tuple[str, str | Placeholder], ...] = ()


Part: TypeAlias = "str | Placeholder | Choice | Reference"
Pattern: TypeAlias = tuple[Part, ...]
Value: TypeAlias = "str | Pattern"
"""What a message says: a text to be shown as it is, or a pattern."""


def merged(parts: Iterable[Part]) -> Pattern:
    """Return parts as a pattern: without empty texts, neighbouring texts as one."""
    result: list[Part] = []
    run: list[str] = []
    for part in (*parts, None):
        if isinstance(part, str):
            run.append(part)
            continue
        if text := "".join(run):
            result.append(text)
        run.clear()
        if part is not None:
            result.append(part)
    return tuple(result)


def simplest(parts: Iterable[Part]) -> Value:
    """Return parts as a value: as a bare text where nothing is put in."""
    pattern = merged(parts)
    return "".join(cast("tuple[str, ...]", pattern)) if _only_text(pattern) else pattern


def as_pattern(value: Value) -> Pattern:
    """Return a value as a pattern, which is what a case of a choice has."""
    return merged((value,)) if isinstance(value, str) else value


def chosen_by(choice: Choice) -> Placeholder:
    """Return the place for the number that a choice is made by: ICU's `#`."""
    return Placeholder(choice.name, "number", "", choice.offset)


def exact_key(number: Decimal) -> str:
    """Return the key of the case for one number only: `=1` for 1, 01 and 1.0."""
    if not number:
        return "=0"
    whole = number.to_integral_value()
    return f"={whole:f}" if number == whole else f"={number:f}".rstrip("0")


def names(value: Value) -> frozenset[str]:
    """Return the names of all values that a message takes, those it chooses by included."""
    return frozenset(_names(value))


def references(value: Value) -> frozenset[str]:
    """Return the ids of all messages that a message shows inside it."""
    return frozenset(part.id for part in _all_parts(value) if isinstance(part, Reference))


def choices(value: Value) -> tuple[Choice, ...]:
    """Return all choices of a message, outer ones first."""
    return tuple(part for part in _all_parts(value) if isinstance(part, Choice))


def map_texts(value: Value, change: Callable[[str], str]) -> Value:
    """Return a message with each of its texts changed; what is put in stays."""
    if isinstance(value, str):
        return change(value)
    return tuple(_changed(part, change) for part in value)


def _names(value: Value) -> Iterator[str]:
    for part in _all_parts(value):
        if isinstance(part, Placeholder | Choice):
            yield part.name
        elif isinstance(part, Reference):
            yield from (given.name for _, given in part.values if isinstance(given, Placeholder))


def _only_text(pattern: Pattern) -> bool:
    return all(isinstance(part, str) for part in pattern)


def _all_parts(value: Value) -> Iterator[Part]:
    for part in (value,) if isinstance(value, str) else value:
        yield part
        if isinstance(part, Choice):
            for _, pattern in part.cases:
                yield from _all_parts(pattern)


def _changed(part: Part, change: Callable[[str], str]) -> Part:
    if isinstance(part, str):
        return change(part)
    if not isinstance(part, Choice):
        return part
    cases = tuple((key, tuple(_changed(each, change) for each in case)) for key, case in part.cases)
    return Choice(part.name, part.kind, cases, part.offset, part.rule)
