"""ICU MessageFormat: `{name}`, `{n, plural, one {# day} other {# days}}`, `{who, select, ...}`.

The grammar and its quoting are those of ICU's `MessagePattern` with `DOUBLE_OPTIONAL` apostrophes.
Of its formats there are those that a picture needs; one that is unknown is an error. Stricter than
ICU: a case may stand only once, and names of plural categories are checked. More lenient: a name
may hold `-` and `.`.
"""

from __future__ import annotations

import re
from decimal import Decimal

from assetforge.errors import did_you_mean
from assetforge.messages.faults import MessageSyntaxError
from assetforge.messages.pattern import (
    CATEGORIES,
    MAX_DEPTH,
    Choice,
    Kind,
    Part,
    Pattern,
    Placeholder,
    Value,
    chosen_by,
    exact_key,
    merged,
    simplest,
)

FORMATS = ("number", "date", "plural", "selectordinal", "select")
NUMBER_STYLES = ("integer", "percent", "::percent", "::currency/EUR")
DATE_STYLES = ("short", "medium", "long", "full")

_CHOICES: dict[str, Kind] = {"plural": "plural", "selectordinal": "ordinal", "select": "select"}
_NUMBERED = frozenset({"plural", "ordinal"})  # kinds of choice in which `#` is the number

# ICU's Pattern_White_Space.
_SPACE = re.compile("[\t-\r \x85\u200e\u200f\u2028\u2029]*")
_NAME = re.compile(r"[\w.-]+")
_WORD = re.compile(r"[^\s!-/:-@\[-^`{-~\x85\u200e\u200f]+")
_EXACT = re.compile(r"=(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)(?![\w.])")
_OFFSET = re.compile(r"offset:")
_WHOLE = re.compile(r"-?[0-9]{1,9}(?![\w.])")
_CURRENCY = re.compile(r"::currency/([A-Z]{3})")
_PLAIN = {False: re.compile(r"[^'{}]+"), True: re.compile(r"[^'{}#]+")}
_QUOTED = re.compile(r"[^']+")
_STYLE = re.compile(r"[^'{}]+")


def read(text: str) -> Value:
    """Return what a text says.

    Raises:
        MessageSyntaxError: a brace is never closed, or what stands in it is not known.
    """
    if "{" not in text and "''" not in text and "'}" not in text:
        return text
    return simplest(_Reader(text).message(0, None))


class _Reader:
    """Reads one text from its start to its end; `at` is how far it has come."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def message(self, depth: int, inside: Choice | None) -> Pattern:
        """Read a whole message, or one case of the choice it is inside, up to its brace."""
        parts: list[Part] = []
        numbered = inside is not None and inside.kind in _NUMBERED
        while self.at < len(self.text):
            plain = _PLAIN[numbered].match(self.text, self.at)
            if plain:
                parts.append(plain[0])
                self.at = plain.end()
                continue
            match self.text[self.at]:
                case "'":
                    parts.append(self._apostrophe(numbered))
                case "{":
                    parts.append(self._argument(depth))
                case "}" if inside is not None:
                    return merged(parts)
                case "#" if inside is not None and numbered:
                    parts.append(chosen_by(inside))
                    self.at += 1
                case brace:
                    parts.append(brace)
                    self.at += 1
        return merged(parts)

    def _apostrophe(self, numbered: bool) -> str:
        """Read `''`, a quotation such as `'{'`, or an apostrophe that is one."""
        following = self.text[self.at + 1 : self.at + 2]
        if following == "'":
            self.at += 2
            return "'"
        self.at += 1
        quotes = following in ("{", "}") or (numbered and following == "#")
        return self._quotation() if quotes else "'"

    def _quotation(self) -> str:
        """Read up to the closing apostrophe; one that is left out stands at the end."""
        pieces: list[str] = []
        while self.at < len(self.text):
            if quoted := _QUOTED.match(self.text, self.at):
                pieces.append(quoted[0])
                self.at = quoted.end()
            elif self.text.startswith("''", self.at):
                pieces.append("'")
                self.at += 2
            else:
                self.at += 1
                break
        return "".join(pieces)

    def _argument(self, depth: int) -> Part:
        """Read `{...}` with all that stands in it."""
        start = self.at
        self.at += 1
        name = self._name()
        if self._closes(start):
            return Placeholder(name)
        self._expect(",", start, f"write ',' or '}}' after '{name}'")
        self._skip_space()
        at, word = self.at, self._word()
        kind = _CHOICES.get(word.lower())
        if kind is not None:
            if depth == MAX_DEPTH:
                raise MessageSyntaxError(f"choices may stand {MAX_DEPTH} deep in each other", start)
            self._skip_space()
            self._expect(",", start, f"write ',' and the cases after '{word}'")
            return self._choice(name, kind, start, depth)
        if word not in FORMATS:
            raise MessageSyntaxError(_unknown("format", word, FORMATS), at)
        style, at = ("", self.at) if self._closes(start) else self._style(start, word)
        return _number(name, style, at) if word == "number" else _date(name, style, at)

    def _name(self) -> str:
        self._skip_space()
        found = _NAME.match(self.text, self.at)
        if found is None:
            advice = "a '{' that is no placeholder is written '{' in apostrophes"
            raise MessageSyntaxError(f"a name is missing; {advice}", self.at)
        self.at = found.end()
        return found[0]

    def _style(self, start: int, word: str) -> tuple[str, int]:
        """Read the style up to the closing brace; return it, and where it begins."""
        self._expect(",", start, f"write ',' or '}}' after '{word}'")
        self._skip_space()
        begin, nested = self.at, 0
        while self.at < len(self.text):
            if plain := _STYLE.match(self.text, self.at):
                self.at = plain.end()
                continue
            character = self.text[self.at]
            self.at += 1
            if character == "'":
                self._quotation()
            elif character == "{":
                nested += 1
            elif nested:
                nested -= 1
            else:
                return self.text[begin : self.at - 1].rstrip(), begin
        raise _never_closed(start)

    def _choice(self, name: str, kind: Kind, start: int, depth: int) -> Choice:
        """Read the cases of a choice and its closing brace."""
        choice = Choice(name, kind, (), self._offset() if kind in _NUMBERED else 0)
        cases: dict[str, Pattern] = {}
        while not self._closes(start):
            at = self.at
            key = self._case_key(kind)
            if key in cases:
                raise MessageSyntaxError(f"the case '{key}' stands twice", at)
            self._skip_space()
            self._expect("{", start, f"write '{{' and a text after the case '{key}'")
            opened = self.at - 1
            cases[key] = self.message(depth + 1, choice)
            if self.at == len(self.text):
                raise _never_closed(opened)
            self.at += 1
        if "other" not in cases:
            raise MessageSyntaxError(f"the choice by '{name}' has no case 'other'", start)
        return Choice(name, kind, tuple(cases.items()), choice.offset)

    def _offset(self) -> int:
        """Read `offset:1` where it stands before the cases."""
        self._skip_space()
        if not (written := _OFFSET.match(self.text, self.at)):
            return 0
        self.at = written.end()
        self._skip_space()
        number = _WHOLE.match(self.text, self.at)
        if number is None:
            raise MessageSyntaxError("'offset:' takes a whole number", self.at)
        self.at = number.end()
        return int(number[0])

    def _case_key(self, kind: Kind) -> str:
        """Read what stands before a case's text; `=01` is the number `=1`."""
        at = self.at
        if kind in _NUMBERED and (exact := _EXACT.match(self.text, at)):
            self.at = exact.end()
            return exact_key(Decimal(exact[1]))
        word = self._word()
        if not word:
            raise MessageSyntaxError("a case is missing, such as 'other {...}'", at)
        if kind in _NUMBERED and word not in CATEGORIES:
            raise MessageSyntaxError(_unknown("plural category", word, CATEGORIES), at)
        return word

    def _word(self) -> str:
        found = _WORD.match(self.text, self.at)
        if found is None:
            return ""
        self.at = found.end()
        return found[0]

    def _closes(self, start: int) -> bool:
        """Tell whether the closing brace comes next, and read it.

        Raises:
            MessageSyntaxError: the text ends here; `start` is where it should have been closed.
        """
        self._skip_space()
        if self.at == len(self.text):
            raise _never_closed(start)
        closes = self.text[self.at] == "}"
        self.at += closes
        return closes

    def _expect(self, character: str, start: int, advice: str) -> None:
        if self.at == len(self.text):
            raise _never_closed(start)
        if self.text[self.at] != character:
            raise MessageSyntaxError(f"{self.text[self.at]!r} stands here; {advice}", self.at)
        self.at += 1

    def _skip_space(self) -> None:
        found = _SPACE.match(self.text, self.at)
        assert found is not None, "BUG: no space is a match too"
        self.at = found.end()


def _number(name: str, style: str, at: int) -> Placeholder:
    """Return where a number is put. `::percent` writes 25 as `25%`, `percent` writes 0.25 so."""
    currency = _CURRENCY.fullmatch(style)
    if currency:
        return Placeholder(name, "currency", currency[1])
    match style:
        case "" | "integer":
            return Placeholder(name, "number", style)
        case "percent" | "::percent scale/100":
            return Placeholder(name, "percent")
        case "::percent":
            return Placeholder(name, "percent", "whole")
    raise MessageSyntaxError(_unknown("number style", style, NUMBER_STYLES), at)


def _date(name: str, style: str, at: int) -> Placeholder:
    if style and style not in DATE_STYLES:
        raise MessageSyntaxError(_unknown("date style", style, DATE_STYLES), at)
    return Placeholder(name, "date", style or "medium")


def _unknown(what: str, word: str, known: tuple[str, ...]) -> str:
    advice = did_you_mean(word, known) or f"known: {', '.join(known)}"
    return f"unknown {what} '{' '.join(word[:30].split())}'; {advice}"


def _never_closed(offset: int) -> MessageSyntaxError:
    return MessageSyntaxError("'{' is never closed", offset)
