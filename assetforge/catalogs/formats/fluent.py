"""Catalogs as Fluent files (`.ftl`); the one door to fluent.syntax, which is an extra.

A message is the id, an attribute of it `id.attribute`, a term `-id`. What a message takes from
another, or from a term, is a reference: the other may stand in any file of the locale. No isolation
marks are put round values: a picture would show them.

Fluent chooses by any word or number. A choice whose variants are all plural categories and numbers
is one by number, and its variable is written as a number everywhere in the message.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple, TypeAlias, TypeGuard, TypeVar

from assetforge.catalogs.base import Content, Message
from assetforge.catalogs.formats.entries import Entries
from assetforge.catalogs.formats.fluent_text import Plain, cut
from assetforge.catalogs.text import read_text
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.messages.pattern import (
    Choice,
    Part,
    Pattern,
    Placeholder,
    Reference,
    Value,
    choices,
    exact_key,
    map_texts,
    simplest,
)

try:
    from fluent.syntax import FluentParser, ast
    from fluent.syntax.stream import FluentParserStream
except ImportError:
    HAS_FLUENT = False
else:
    HAS_FLUENT = True

    class _QuickParser(FluentParser):
        """Fluent's parser, taking a name or a line of text at once: twice as fast on real files."""

        def get_identifier(self, ps: FluentParserStream) -> ast.Identifier:
            found = _NAME.match(ps.string, ps.index)
            if found is None:
                return super().get_identifier(ps)
            return _taken(found, ast.Identifier(found[0]), ps)

        def get_text_element(self, ps: FluentParserStream) -> ast.TextElement:
            found = _TEXT.match(ps.string, ps.index)
            assert found, "BUG: a text may be empty"
            return _taken(found, ast.TextElement(found[0]), ps)


MAX_CHARACTERS = 1_000_000
"""The largest Fluent file that is read: its parser takes seconds for as much."""

_NAME = re.compile("[A-Za-z][A-Za-z0-9_-]*+")
_TEXT = re.compile(r"(?:[^{}\r\n]|\r(?!\n))*+")
CATEGORIES = ("zero", "one", "two", "few", "many", "other")

_Kind: TypeAlias = Literal["plural", "ordinal", "select"]
_Taken = TypeVar("_Taken", bound="ast.SyntaxNode")


class Parsed(NamedTuple):
    """Entries as Fluent's parser returns them; their spans are counted from `start`."""

    body: Sequence[ast.EntryType]
    start: int


class _Unreadable(Exception):
    """An expression that has no meaning here."""

    def __init__(self, message: str, node: ast.SyntaxNode) -> None:
        super().__init__(message)
        self.message = message
        self.span = node.span


def read(path: Path, name: str, locale: str, syntax: str) -> Content:
    """Return the messages, attributes and terms of one file by id; Fluent has its own syntax.

    Raises:
        InvalidSource: the file is damaged; every problem in it, located. Or the extra is lacking.
    """
    text = read_text(path, name)
    if not HAS_FLUENT:
        advice = "install it: pip install 'assetforge[fluent]'"
        problem = Diagnostic("no-fluent", "Fluent files need a package", Place(name), help=advice)
        raise InvalidSource([problem])
    if len(text) > MAX_CHARACTERS:
        message = f"has more than {MAX_CHARACTERS:,} characters"
        raise InvalidSource([Diagnostic("too-large", message, Place(name), help="split it")])
    try:
        pieces = read_pieces(text)
    except RecursionError:
        raise InvalidSource([Diagnostic("too-deep", "nested too deeply", Place(name))]) from None
    return _Reading(text, Entries(name, "plain")).content(pieces)


def read_pieces(text: str) -> list[Plain | Parsed]:
    """Return the entries of a file; if there is a fault, all as the parser has them."""
    pieces = [
        piece if isinstance(piece, Plain) else Parsed(_parse(piece.text), piece.start)
        for piece in cut(text)
    ]
    parsed = (entry for piece in pieces if isinstance(piece, Parsed) for entry in piece.body)
    if any(isinstance(entry, ast.Junk) for entry in parsed):
        return [Parsed(_parse(text), 0)]
    return pieces


def _parse(text: str) -> Sequence[ast.EntryType]:
    return _QuickParser(with_spans=True).parse(text).body


def _taken(found: re.Match[str], node: _Taken, stream: FluentParserStream) -> _Taken:
    """Return the node of what was found, with the stream behind it."""
    node.add_span(*found.span())
    stream.index = found.end()
    stream.reset_peek()
    return node


class _Reading:
    """Turns the entries of one file into messages."""

    def __init__(self, text: str, entries: Entries) -> None:
        self._entries = entries
        self._messages: dict[str, Message] = {}
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._offset = 0

    def content(self, pieces: Sequence[Plain | Parsed]) -> Content:
        """Return what a file holds.

        Raises:
            InvalidSource: every problem in it.
        """
        parsed = [piece for piece in pieces if isinstance(piece, Parsed)]
        patterns = _Patterns(
            _attributes_of_terms(chain.from_iterable(each.body for each in parsed))
        )
        for piece in pieces:
            if isinstance(piece, Plain):
                self._plain(piece)
            else:
                self._parsed(piece, patterns)
        self._entries.check()
        return Content(own=self._messages, warnings=tuple(self._entries.warnings))

    def _plain(self, plain: Plain) -> None:
        id, text, comment, start = plain
        line = bisect_right(self._starts, start)
        comment = " ".join(comment.split())
        message = self._entries.message(id, text, line, 1, len(id), comment=comment)
        self._entries.keep(self._messages, id, message)

    def _parsed(self, parsed: Parsed, patterns: _Patterns) -> None:
        self._offset = parsed.start
        for entry in parsed.body:
            if isinstance(entry, ast.Message | ast.Term):
                self._entry(entry, patterns)
            elif isinstance(entry, ast.Junk):
                self._junk(entry)

    def _entry(self, entry: ast.Message | ast.Term, patterns: _Patterns) -> None:
        id = f"-{entry.id.name}" if isinstance(entry, ast.Term) else entry.id.name
        comment = " ".join((entry.comment.content or "").split()) if entry.comment else ""
        if entry.value is not None:
            self._keep(id, entry, entry.value, comment, patterns)
        for each in entry.attributes:
            self._keep(f"{id}.{each.id.name}", each, each.value, comment, patterns)

    def _keep(
        self,
        id: str,
        node: ast.Message | ast.Term | ast.Attribute,
        pattern: ast.Pattern,
        comment: str,
        patterns: _Patterns,
    ) -> None:
        """Keep one message; it stands where its id does."""
        line, column = self._spot(node.id.span)
        at = line, column, len(node.id.name)
        value: Value = ""
        try:
            value = patterns.value(pattern)
        except _Unreadable as error:
            line, column = self._spot(error.span)
            self._entries.problem("fluent-expression", error.message, line, column)
        for option in patterns.left_out:
            said = f"'{option.name.name}' has no meaning here, and is left out"
            line, column = self._spot(option.span)
            self._entries.warning("fluent-option", said, line, column, len(option.name.name))
        patterns.left_out.clear()
        message = self._entries.message(id, _shown(value), *at, comment=comment, syntax="plain")
        message = message if message.state else message._replace(value=value)
        self._entries.keep(self._messages, id, message)

    def _junk(self, junk: ast.Junk) -> None:
        for each in junk.annotations:
            said = each.message or "this is no Fluent"
            words = (said[0].lower() + said[1:]).rstrip(".").replace('"', "'")
            self._entries.problem("fluent-syntax", words, *self._spot(each.span))

    def _spot(self, span: ast.Span | None) -> tuple[int, int]:
        """Return the line and column of a span; Fluent counts code points."""
        start = self._offset + (span.start if span else 0)
        line = bisect_right(self._starts, start)
        return line, start - self._starts[line - 1] + 1


def _attributes_of_terms(body: Iterable[ast.EntryType]) -> dict[tuple[str, str], str]:
    """Return the attributes of terms that are a bare text, such as a gender."""
    return {
        (term.id.name, attribute.id.name): "".join(
            element.value for element in attribute.value.elements if _is_text(element)
        )
        for term in body
        if isinstance(term, ast.Term)
        for attribute in term.attributes
        if all(map(_is_text, attribute.value.elements))
    }


def _is_text(element: ast.TextElement | ast.Placeable) -> TypeGuard[ast.TextElement]:
    return isinstance(element, ast.TextElement)


def _shown(value: Value) -> str:
    """Return all texts of a message, and a sign if anything is put in."""
    if isinstance(value, str):
        return value
    shown = ["{}"]

    def keep(text: str) -> str:
        shown.append(text)
        return text

    map_texts(value, keep)
    return "".join(shown)


class _Patterns:
    """Turns Fluent's patterns into ours.

    Attributes:
        left_out: options of functions that have no meaning here.
    """

    def __init__(self, attributes: Mapping[tuple[str, str], str]) -> None:
        self.left_out: list[ast.NamedArgument] = []
        self._attributes = attributes

    def value(self, pattern: ast.Pattern) -> Value:
        """Return what a pattern says.

        Raises:
            _Unreadable: it holds an expression that has no meaning here.
        """
        value = simplest(self._parts(pattern))
        if isinstance(value, str):
            return value
        counted = {choice.name for choice in choices(value) if choice.kind == "plural"}
        return tuple(_numbered(value, counted)) if counted else value

    def _parts(self, pattern: ast.Pattern) -> Iterator[Part]:
        for element in pattern.elements:
            if isinstance(element, ast.TextElement):
                yield element.value
            else:
                yield from self._placeable(element.expression)

    def _placeable(self, node: ast.SyntaxNode) -> Iterator[Part]:
        match node:
            case ast.Placeable(expression=inner):
                yield from self._placeable(inner)
            case ast.StringLiteral():
                yield str(node.parse()["value"])
            case ast.NumberLiteral(value=digits):
                yield digits
            case ast.VariableReference(id=id):
                yield Placeholder(id.name)
            case ast.MessageReference(id=id, attribute=attribute):
                yield Reference(f"{id.name}.{attribute.name}" if attribute else id.name)
            case ast.TermReference(id=id, arguments=arguments):
                yield Reference(f"-{id.name}", _arguments(arguments))
            case ast.FunctionReference():
                yield self._function(node)
            case _:
                assert isinstance(node, ast.SelectExpression), f"BUG: {type(node)} in a pattern"
                yield from self._select(node)

    def _function(self, node: ast.FunctionReference) -> Part:
        """Return what NUMBER or DATETIME writes."""
        function, value = node.id.name, _first(node)
        options = {each.name.name: each for each in node.arguments.named}
        if function not in _FORMATS:
            known = "NUMBER and DATETIME"
            raise _Unreadable(f"the function '{function}' is not known; known: {known}", node)
        if isinstance(value, ast.NumberLiteral) and not options:
            return value.value
        if not isinstance(value, ast.VariableReference):
            raise _Unreadable(f"'{function}' takes a variable, such as '$count'", node)
        said = {name: _literal(each.value) for name, each in options.items()}
        format, style, used = _FORMATS[function](said)
        self.left_out.extend(each for name, each in options.items() if name not in used)
        return Placeholder(value.id.name, format, style)

    def _select(self, node: ast.SelectExpression) -> Pattern:
        selector = node.selector
        if isinstance(selector, ast.TermReference):
            return tuple(self._parts(self._known_variant(selector, node.variants)))
        kind, name = self._chosen_by(selector, node.variants)
        key = _word if kind == "select" else _number_key
        cases = [(key(each.key), tuple(self._parts(each.value))) for each in node.variants]
        default = next(index for index, each in enumerate(node.variants) if each.default)
        if kind == "select":
            return (Choice(name, kind, _select_cases(cases, default, node)),)
        return (Choice(name, kind, _plural_cases(cases, default)),)

    def _chosen_by(
        self, selector: ast.SyntaxNode, variants: Iterable[ast.Variant]
    ) -> tuple[_Kind, str]:
        """Return how a choice is made, and the name of the value that it is made by."""
        if isinstance(selector, ast.VariableReference):
            keys = list(variants)
            # A default alone says nothing of numbers.
            numeric = len(keys) > 1 and all(map(_is_number_key, keys))
            return "plural" if numeric else "select", selector.id.name
        return self._number_selector(selector)

    def _known_variant(
        self, selector: ast.TermReference, variants: Iterable[ast.Variant]
    ) -> ast.Pattern:
        """Return the variant for an attribute of a term, which has to be in the same file."""
        term, attribute = selector.id.name, selector.attribute
        name = attribute.name if attribute else ""
        text = self._attributes.get((term, name))
        if text is None:
            said = f"'-{term}.{name}' is no text in this file, and a choice by it needs one"
            raise _Unreadable(said, selector)
        fitting = [each for each in variants if each.default or _word(each.key) == text]
        return min(fitting, key=lambda each: _word(each.key) != text).value

    def _number_selector(self, selector: ast.SyntaxNode) -> tuple[_Kind, str]:
        """Return what a choice by `NUMBER($count, type: "ordinal")` is."""
        if isinstance(selector, ast.FunctionReference) and selector.id.name == "NUMBER":
            value = _first(selector)
            if isinstance(value, ast.VariableReference):
                said = {each.name.name: _literal(each.value) for each in selector.arguments.named}
                return ("ordinal" if said.get("type") == "ordinal" else "plural"), value.id.name
        raise _Unreadable("a choice is by a variable, such as '$count'", selector)


def _numbered(pattern: Pattern, names: Set[str]) -> Iterator[Part]:
    """Yield parts with the values that a choice takes for numbers written as numbers."""
    for part in pattern:
        if isinstance(part, Placeholder) and part.name in names and not part.format:
            yield Placeholder(part.name, "number")
        elif isinstance(part, Choice):
            cases = tuple((key, tuple(_numbered(case, names))) for key, case in part.cases)
            yield Choice(part.name, part.kind, cases)
        else:
            yield part


def _select_cases(
    cases: Sequence[tuple[str, Pattern]], default: int, node: ast.SelectExpression
) -> tuple[tuple[str, Pattern], ...]:
    """Return the cases of a choice by words: the default one is `other`."""
    found = dict(reversed([*cases[:default], *cases[default + 1 :]]))
    if "other" in found:
        raise _Unreadable("where there is a variant 'other', it must be the default one", node)
    return (*reversed(found.items()), ("other", cases[default][1]))


def _plural_cases(
    cases: Sequence[tuple[str, Pattern]], default: int
) -> tuple[tuple[str, Pattern], ...]:
    """Return the cases of a choice by a number: whatever is not named takes the default one."""
    found = dict(reversed(cases))
    lacking = CATEGORIES if "other" in found and cases[default][0] != "other" else ("other",)
    added = {each: cases[default][1] for each in lacking if each not in found}
    return (*reversed(found.items()), *added.items())


def _number_key(key: ast.Identifier | ast.NumberLiteral) -> str:
    return exact_key(Decimal(key.value)) if isinstance(key, ast.NumberLiteral) else key.name


def _word(key: ast.Identifier | ast.NumberLiteral) -> str:
    return _number_key(key).removeprefix("=")


def _is_number_key(variant: ast.Variant) -> bool:
    return isinstance(variant.key, ast.NumberLiteral) or variant.key.name in CATEGORIES


def _first(node: ast.FunctionReference) -> ast.SyntaxNode | None:
    return next(iter(node.arguments.positional), None)


def _arguments(arguments: ast.CallArguments | None) -> tuple[tuple[str, str], ...]:
    """Return the values that a term is given."""
    named = arguments.named if arguments else ()
    return tuple((each.name.name, _literal(each.value)) for each in named)


def _literal(node: ast.StringLiteral | ast.NumberLiteral) -> str:
    return str(node.parse()["value"]) if isinstance(node, ast.StringLiteral) else node.value


def _number_format(said: Mapping[str, str]) -> tuple[str, str, Set[str]]:
    """Return format, style, and the options of `NUMBER` that they stand for."""
    match said.get("style"), said.get("currency"):
        case "percent", _:
            return "percent", "", {"style"}
        case "currency", str(code):
            return "currency", code, {"style", "currency"}
    return "number", "", {"type"}


def _date_format(said: Mapping[str, str]) -> tuple[str, str, Set[str]]:
    """Return format, style, and the options of `DATETIME` that they stand for."""
    style = said.get("dateStyle")
    known = style in ("short", "medium", "long", "full")
    return "date", style if known and style else "medium", {"dateStyle"} if known else set()


_FORMATS = {"NUMBER": _number_format, "DATETIME": _date_format}
