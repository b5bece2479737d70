"""Messages as JSON, for the cache of parsed catalogs: a text as itself, a pattern as short lists.

A place for a value is `["p", name, format, style, offset]`, without what is empty at its end; a
choice is `["c", kind, name, offset, rule, key, pattern, key, pattern, ...]`; another message is
`["r", id, name, value, name, value, ...]`.
"""

from __future__ import annotations

from itertools import chain
from typing import TypeAlias, TypeGuard, assert_never, cast, get_args

from assetforge.messages.pattern import Choice, Kind, Part, Pattern, Placeholder, Reference, Value

Json: TypeAlias = "str | int | list[Json]"

MAX_DEPTH = 100  # of lists; more than any reader gives, and less than what Python can follow

_DEFAULTS = ("", "", 0)


def to_json(value: Value) -> Json:
    """Return a message as JSON; `from_json` gives it back."""
    return value if isinstance(value, str) else _pattern_to(value)


def from_json(raw: object) -> Value:
    """Return the message that `to_json` wrote.

    Raises:
        ValueError: it did not write this.
    """
    return raw if isinstance(raw, str) else _pattern_from(raw, 0)


def _pattern_to(pattern: Pattern) -> list[Json]:
    return [_part_to(part) for part in pattern]


def _part_to(part: Part) -> Json:
    match part:
        case str():
            return part
        case Placeholder():
            return _placeholder_to(part)
        case Choice(name, kind, cases, offset, rule):
            flat = [each for key, case in cases for each in (key, _pattern_to(case))]
            return ["c", kind, name, offset, rule, *flat]
        case Reference(id, values):
            given = [
                each
                for name, value in values
                for each in (name, value if isinstance(value, str) else _placeholder_to(value))
            ]
            return ["r", id, *given]
        case _:
            assert_never(part)


def _placeholder_to(place: Placeholder) -> list[Json]:
    described: list[Json] = ["p", place.name, place.format, place.style, place.offset]
    while len(described) > 2 and not described[-1]:
        described.pop()
    return described


def _pattern_from(raw: object, depth: int) -> Pattern:
    if not isinstance(raw, list) or depth > MAX_DEPTH:
        raise _damaged()
    return tuple(each if isinstance(each, str) else _part_from(each, depth) for each in raw)


def _part_from(raw: object, depth: int) -> Part:
    match raw:
        case ["p", *_]:
            return _placeholder_from(raw)
        case ["c", kind, str(name), offset, str(rule), *flat] if _is_kind(kind):
            return Choice(name, kind, _cases_from(flat, depth), _whole(offset), rule)
        case ["r", str(id), *flat]:
            pairs = _pairs(flat)
            return Reference(id, tuple((name, _given_from(value)) for name, value in pairs))
    raise _damaged()


def _placeholder_from(raw: object) -> Placeholder:
    match raw:
        case ["p", str(name), *rest] if len(rest) <= len(_DEFAULTS):
            format, style, offset = chain(rest, _DEFAULTS[len(rest) :])
            if isinstance(format, str) and isinstance(style, str):
                return Placeholder(name, format, style, _whole(offset))
    raise _damaged()


def _given_from(raw: object) -> str | Placeholder:
    return raw if isinstance(raw, str) else _placeholder_from(raw)


def _cases_from(flat: list[object], depth: int) -> tuple[tuple[str, Pattern], ...]:
    return tuple((key, _pattern_from(case, depth + 1)) for key, case in _pairs(flat))


def _pairs(flat: list[object]) -> list[tuple[str, object]]:
    keys, values = flat[::2], flat[1::2]
    if len(keys) != len(values) or not all(isinstance(key, str) for key in keys):
        raise _damaged()
    return list(zip(cast("list[str]", keys), values, strict=True))


def _is_kind(raw: object) -> TypeGuard[Kind]:
    return raw in get_args(Kind)


def _whole(raw: object) -> int:
    if type(raw) is not int:  # a bool is no offset
        raise _damaged()
    return raw


def _damaged() -> ValueError:
    return ValueError("not a message as it was written")
