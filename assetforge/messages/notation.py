"""Messages written out for people, in ICU's notation: in reports, templates and error texts.

What ICU can express is read back as the same message. What it cannot is written in its spirit: the
forms of a PO file by their numbers, another message as `{$t(its.id)}`.
"""

from __future__ import annotations

import re
from typing import assert_never

from assetforge.messages.pattern import (
    Choice,
    Part,
    Pattern,
    Placeholder,
    Reference,
    Value,
    chosen_by,
)

_SPECIAL = re.compile(r"[{}']+")
_SPECIAL_NUMBERED = re.compile(r"[{}'#]+")
_WORDS = {
    "plural": "plural",
    "ordinal": "selectordinal",
    "select": "select",
    "gettext": "plural",
}


def written(value: Value) -> str:
    """Return a message in ICU's notation."""
    pattern = (value,) if isinstance(value, str) else value
    return _pattern(pattern, None)


def _pattern(pattern: Pattern, inside: Choice | None) -> str:
    return "".join(_part(part, inside) for part in pattern)


def _part(part: Part, inside: Choice | None) -> str:
    match part:
        case str():
            return _text(part, _SPECIAL if _is_word(inside) else _SPECIAL_NUMBERED)
        case Placeholder():
            return _placeholder(part, inside)
        case Choice():
            return _choice(part)
        case Reference():
            return _reference(part)
        case _:
            assert_never(part)


def _is_word(inside: Choice | None) -> bool:
    """Tell whether `#` is a character there, not the number that was chosen by."""
    return inside is None or inside.kind == "select"


def _text(text: str, special: re.Pattern[str]) -> str:
    return special.sub(_quoted, text)


def _quoted(special: re.Match[str]) -> str:
    """Return a run of special characters as ICU quotes them."""
    doubled = special[0].replace("'", "''")
    return doubled if set(special[0]) == {"'"} else f"'{doubled}'"


def _placeholder(place: Placeholder, inside: Choice | None) -> str:
    if inside is not None and not _is_word(inside) and place == chosen_by(inside):
        return "#"
    return f"{{{', '.join(filter(None, (place.name, *_format(place))))}}}"


def _format(place: Placeholder) -> tuple[str, str]:
    match place.format, place.style:
        case "percent", "whole":
            return "number", "::percent"
        case "percent", _:
            return "number", "percent"
        case "currency", code:
            return "number", f"::currency/{code}"
        case format, style:
            return format, style


def _choice(choice: Choice) -> str:
    offset = f"offset:{choice.offset} " if choice.offset else ""
    cases = " ".join(f"{key} {{{_pattern(case, choice)}}}" for key, case in choice.cases)
    return f"{{{choice.name}, {_WORDS[choice.kind]}, {offset}{cases}}}"


def _reference(shown: Reference) -> str:
    given = ", ".join(
        f"{name}: {_placeholder(value, None) if isinstance(value, Placeholder) else value}"
        for name, value in shown.values
    )
    return f"{{$t({', '.join(filter(None, (shown.id, given)))})}}"
