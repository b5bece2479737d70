"""Texts with C's conversions: `%s`, `%1$d`, Python's `%(name)s`, Apple's `%@` and `%lld`.

A value without a name is called by its position: `1`, `2`. Values are written as they are: flags,
width, precision and the kind of number say how C would, and are read past.
"""

from __future__ import annotations

import re

from assetforge.messages.faults import MessageSyntaxError
from assetforge.messages.pattern import Part, Placeholder, Value, simplest

# No space among the flags: in `50% off` the percent sign is one.
_SPECIAL = re.compile(
    r"""%(?:
        (?P<percent>%)
        | (?P<substitution>\#@)
        | (?:\((?P<name>[^()\n]+)\) | (?P<position>[1-9][0-9]?)\$)?
          [#0+'-]{0,5} [0-9]{0,4} (?:\.[0-9]{0,4})? (?:hh|h|ll|l|q|L|z|t|j)?
          [diouxXeEfFgGaAcCsSr@]
        | (?P<broken>\(|[1-9][0-9]?\$|\*)
    )""",
    re.VERBOSE,
)


def read(text: str) -> Value:
    """Return what a text says. A percent sign before anything else is one.

    Raises:
        MessageSyntaxError: a value is named or numbered, but no conversion such as `s` follows.
    """
    if "%" not in text:
        return text
    parts: list[Part] = []
    at = unnamed = 0
    for special in _SPECIAL.finditer(text):
        parts.append(text[at : special.start()])
        at = special.end()
        if special["percent"]:
            parts.append("%")
            continue
        if special["broken"] or special["substitution"]:
            raise _broken(special)
        name = special["name"] or special["position"]
        unnamed += name is None
        parts.append(Placeholder(name or str(unnamed)))
    return simplest([*parts, text[at:]])


def _broken(special: re.Match[str]) -> MessageSyntaxError:
    advice = "write such as '%(name)s', '%1$s' or '%s', or '%%' for a percent sign"
    return MessageSyntaxError(f"'{special[0]}' begins no conversion; {advice}", special.start())
