"""Messages with values put in: the text that a picture shows.

A message is data. A value is written as its `str`, or as one of four formats: nothing is looked
into, nothing is called, and what comes out is bounded.

A number that a plural is chosen by is the same number in its form: without zeros at its end that
say nothing, for the category and for the text. `1.0` is `1 day`, not `1 days` nor `1.0 day`.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TypeAlias, assert_never, cast

from assetforge import locales
from assetforge.errors import did_you_mean
from assetforge.locales.exact import MAX_DIGITS, exact_number
from assetforge.messages.forms import form_number
from assetforge.messages.pattern import (
    Choice,
    Pattern,
    Placeholder,
    Reference,
    Value,
    exact_key,
)

MAX_CHARACTERS = 100_000  # of one message with all that is put in
MAX_REFERENCES = 1_000  # shown in one message, directly or in each other
MAX_REFERENCE_DEPTH = 20

_EXACT = Context(prec=3 * MAX_DIGITS)  # the usual one rounds to 28 digits

Show: TypeAlias = Callable[[str, Mapping[str, object]], str]
"""Returns the text of another message, by its id and the values put into it."""


class MissingValue(ValueError):
    """A message takes a value that was not given.

    Attributes:
        name: of the value.
        known: names of those that were given, sorted.
    """

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(sorted(known))
        advice = did_you_mean(name, self.known) or f"known: {', '.join(self.known) or 'none'}"
        super().__init__(f"unknown placeholder '{{{name}}}'; {advice}")


class WrongValue(ValueError):
    """A value is not of the kind that its message takes.

    Attributes:
        name: of the value.
        value: what was given.
    """

    def __init__(self, name: str, value: object, reason: str) -> None:
        self.name = name
        self.value = value
        super().__init__(f"the value of '{{{name}}}' does not fit: {reason}")


class EndlessReference(ValueError):
    """Messages show each other in a circle, or more of them than anybody would write.

    Attributes:
        id: of the message at which it was noticed.
    """

    def __init__(self, id: str, reason: str) -> None:
        self.id = id
        super().__init__(f"the message '{id}' cannot be shown inside another: {reason}")


class TooLong(ValueError):
    """A message with its values is longer than any picture can show."""

    def __init__(self) -> None:
        super().__init__(f"with its values a message has over {MAX_CHARACTERS:,} characters")


def format_value(
    value: Value, values: Mapping[str, object], locale: str, formats: str, reference: Show
) -> str:
    """Return a message with values put in.

    Args:
        value: what the message says.
        values: by name; a `str`, a number, a day, or anything whose `str` is to be shown.
        locale: tag of the locale that supplied the text; its plural rules choose the form.
        formats: tag of the locale that is shown; it writes numbers and days.
        reference: shows another message; it may call this function again.

    Raises:
        MissingValue: a value is needed that is not there.
        WrongValue: one is no number or no day, though the message takes it for one.
        EndlessReference: messages show each other without end.
        TooLong: the text has over `MAX_CHARACTERS`.
    """
    if isinstance(value, str):
        return value
    return _bounded(_Formatter(values, locale, formats, reference).pieces(value))


def _bounded(pieces: Iterable[str]) -> str:
    length = 0
    kept: list[str] = []
    for piece in pieces:
        length += len(piece)
        if length > MAX_CHARACTERS:
            raise TooLong
        kept.append(piece)
    return "".join(kept)


@dataclass(frozen=True, slots=True)
class _Formatter:
    """Puts the values of one message in."""

    values: Mapping[str, object]
    locale: str
    formats: str
    reference: Show

    def pieces(self, pattern: Pattern, counted: frozenset[str] = frozenset()) -> Iterator[str]:
        """Yield what a pattern shows; `counted` are the numbers that it was chosen by."""
        for part in pattern:
            match part:
                case str():
                    yield part
                case Placeholder():
                    yield self._written(part, counted)
                case Choice():
                    by = frozenset() if part.kind == "select" else frozenset({part.name})
                    yield from self.pieces(self._chosen(part), counted | by)
                case Reference():
                    yield self._shown(part)
                case _:
                    assert_never(part)

    def _value(self, name: str) -> object:
        if name not in self.values:
            raise MissingValue(name, self.values)
        return self.values[name]

    def _number(self, name: str) -> Decimal:
        """Return a value that has to be a number, exactly."""
        value = self._value(name)
        if isinstance(value, bool):
            raise WrongValue(name, value, f"'{value}' is not a number")
        number = value if isinstance(value, int | Decimal) else str(value)
        try:
            return _shortest(exact_number(number))
        except ValueError as error:
            raise WrongValue(name, value, str(error)) from None

    def _written(self, place: Placeholder, counted: frozenset[str]) -> str:
        if not place.format:
            known = self._number if place.name in counted else self._value
            return _plain(known(place.name))
        if place.format == "date":
            return self._day(place)
        number = _EXACT.subtract(self._number(place.name), place.offset)
        try:
            return _as_number(number, place, self.formats)
        except ValueError as error:
            raise WrongValue(place.name, number, str(error)) from None

    def _day(self, place: Placeholder) -> str:
        value = self._value(place.name)
        try:
            # A day stays one; text, and whatever shows as text, is read as 2026-11-21.
            day = value if isinstance(value, date) else str(value)
            return locales.date(day, place.style, self.formats)
        except ValueError as error:
            raise WrongValue(place.name, value, str(error)) from None

    def _chosen(self, choice: Choice) -> Pattern:
        """Return the case of a choice: the exact number's, the key's, or `other`."""
        cases = dict(choice.cases)
        for key in self._keys(choice):
            if key in cases:
                return cases[key]
        raise WrongValue(choice.name, self._value(choice.name), "no form is for it, nor 'other'")

    def _keys(self, choice: Choice) -> Iterator[str]:
        """Yield the keys of cases that fit, best first."""
        match choice.kind:
            case "plural" | "ordinal" as kind:
                number = self._number(choice.name)
                yield exact_key(number)
                at = _EXACT.subtract(number, choice.offset)
                yield locales.plural_category(self.locale, at, ordinal=kind == "ordinal")
            case "select":
                yield _plain(self._value(choice.name))
            case "gettext":
                yield str(self._form(choice))
            case _:
                assert_never(choice.kind)
        yield "other"

    def _form(self, choice: Choice) -> int:
        number = self._number(choice.name)
        if number != number.to_integral_value():
            raise WrongValue(choice.name, number, f"'{number}' is not a whole number")
        return form_number(choice.rule, int(number))

    def _shown(self, shown: Reference) -> str:
        own: dict[str, object] = {
            name: self._value(given.name) if isinstance(given, Placeholder) else given
            for name, given in shown.values
        }
        with _within(shown.id):
            # Not copied: some values note which of them were asked for.
            ours = cast("MutableMapping[str, object]", self.values)
            return self.reference(shown.id, ChainMap(own, ours))


def _as_number(number: Decimal, place: Placeholder, formats: str) -> str:
    match place.format, place.style:
        case "number", "integer":
            return locales.number(number.to_integral_value(ROUND_HALF_EVEN), formats)
        case "number", _:
            return locales.number(number, formats)
        case "percent", "whole":
            return locales.percent(_EXACT.scaleb(number, -2), formats)
        case "percent", _:
            return locales.percent(number, formats)
        case "currency", code:
            return locales.currency(number, code, formats)
    raise ValueError(f"unknown format '{place.format}'")


def _plain(value: object) -> str:
    """Return a value as it is written in a pipeline file: `true`, and `1000` for `1E+3`."""
    if isinstance(value, bool):
        return str(value).lower()
    # A number of more digits than any picture shows stays short.
    if isinstance(value, Decimal) and abs(value.adjusted()) <= MAX_DIGITS:
        return f"{value:f}"
    return str(value)


def _shortest(number: Decimal) -> Decimal:
    """Return a number without zeros behind its last decimal, and without an exponent."""
    whole = number.to_integral_value()
    return Decimal(int(whole)) if number == whole else number.normalize(_EXACT)


@dataclass(slots=True)
class _Shown:
    """The messages that are being shown inside each other, and how many there were so far."""

    ids: list[str] = field(default_factory=list)
    count: int = 0


# `reference` calls back from outside: an argument would have to be carried through foreign code.
_SHOWN: ContextVar[_Shown | None] = ContextVar("_SHOWN", default=None)


@contextmanager
def _within(id: str) -> Iterator[None]:
    """Note that a message is being shown inside another.

    Raises:
        EndlessReference: it is being shown already, or there are too many.
    """
    shown = _SHOWN.get()
    if shown is None:
        shown = _Shown()
        token = _SHOWN.set(shown)
        try:
            with _noted(shown, id):
                yield
        finally:
            _SHOWN.reset(token)
    else:
        with _noted(shown, id):
            yield


@contextmanager
def _noted(shown: _Shown, id: str) -> Iterator[None]:
    _refuse_endless(shown, id)
    shown.ids.append(id)
    shown.count += 1
    try:
        yield
    finally:
        shown.ids.pop()


def _refuse_endless(shown: _Shown, id: str) -> None:
    if id in shown.ids:
        raise EndlessReference(id, " -> ".join([*shown.ids[shown.ids.index(id) :], id]))
    if len(shown.ids) == MAX_REFERENCE_DEPTH:
        raise EndlessReference(id, f"over {MAX_REFERENCE_DEPTH} messages stand in each other")
    if shown.count == MAX_REFERENCES:
        raise EndlessReference(id, f"over {MAX_REFERENCES:,} messages are shown in one")
