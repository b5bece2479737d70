"""What is wrong with a text, and where in it: spans are offsets in code points, for marking."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from assetforge.budgets import Excess, count
from assetforge.catalogs.text import find_unshowable
from assetforge.digest import Json
from assetforge.errors import Severity
from assetforge.length import UNITS
from assetforge.messages.differences import differences
from assetforge.messages.pattern import Value
from assetforge.messages.syntaxes import MessageSyntaxError, read_message

Kind: TypeAlias = Literal["too-long", "missing-glyph", "placeholder", "syntax", "empty"]
Span: TypeAlias = tuple[int, int]

SYNTAX_OF = {"arb": "icu", "po": "printf"}
"""What the texts of a format may be written in, where the pipeline file does not say."""

_WORD = re.compile(r"\S+")
_LINE_END = re.compile(r"\r\n|[\n\v\f\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a text, in one line for people."""

    kind: Kind
    severity: Severity
    words: str
    spans: tuple[Span, ...] = ()

    def json(self) -> dict[str, Json]:
        """Return it for a page."""
        spans: list[Json] = [[start, end] for start, end in self.spans]
        return {"kind": self.kind, "severity": self.severity, "words": self.words, "spans": spans}


def too_long(text: str, excess: Excess, slot: str, severity: Severity) -> Problem:
    """Return the problem of a text that is over a bound; what is too much stands at its end."""
    of_slot = f" of slot '{slot}'" if slot else ""
    return Problem("too-long", severity, f"{excess}{of_slot}", (_tail(text, excess),))


def _tail(text: str, excess: Excess) -> Span:
    """Return the part at the end of a text that has to go."""
    end = len(text.rstrip())
    if excess.unit == "words":
        words = list(_WORD.finditer(text))
        return words[max(0, len(words) - excess.has + excess.most)].start(), end
    if excess.unit == "lines":
        breaks = list(_LINE_END.finditer(text.strip()))
        lead = len(text) - len(text.lstrip())
        return lead + breaks[max(0, excess.most - 1)].end(), end
    unit = next(each for each in UNITS if each == excess.unit)
    room = count(text, unit) - (excess.has - excess.most)
    start = bisect_right(range(end), room, key=lambda at: count(text[:at], unit)) - 1
    return max(0, start), end


def other_values(text: str, source: Value, value: Value) -> Iterator[Problem]:
    """Yield the values that only one of the source text and its translation takes."""
    differ = differences(source, value)
    for name in sorted(differ.missing):
        yield Problem("placeholder", "error", f"lacks '{{{name}}}', which the source text has")
    for name in sorted(differ.unknown):
        words = f"has '{{{name}}}', which the source text lacks"
        yield Problem("placeholder", "error", words, spans_of_value(text, name))


def spans_of_value(text: str, name: str) -> tuple[Span, ...]:
    """Return where a text takes a value."""
    return tuple(each.span(1) for each in re.finditer(rf"[{{(]\s*({re.escape(name)})\b", text))


def misread(text: str, syntax: str, words: str) -> Problem:
    """Return the problem of a text that its reader refuses; `words` are the reader's."""
    at = find_unshowable(text)
    if at is None:
        try:
            read_message(text, syntax or "plain")
        except MessageSyntaxError as error:
            at, words = error.offset, error.message
    span = () if at is None else ((min(at, max(0, len(text) - 1)), min(at + 1, len(text))),)
    return Problem("syntax", "error", words, span)


def spans_of(text: str, characters: Iterable[str]) -> tuple[Span, ...]:
    """Return where characters stand in a text, neighbours as one."""
    found: list[Span] = []
    wanted = frozenset(characters)
    for at, character in enumerate(text):
        if character in wanted:
            start = found.pop()[0] if found and found[-1][1] == at else at
            found.append((start, at + 1))
    return tuple(found)


def unique(problems: Iterable[Problem]) -> Sequence[Problem]:
    """Return problems, each once, errors first."""
    return sorted(dict.fromkeys(problems), key=lambda each: each.severity != "error")
