"""The one door to PyYAML: its events to nodes, without recursion and with caps.

Only the core schema of YAML 1.2 is known: `no`, `12:30`, `1_000` and dates are texts, a fraction is
a `Decimal` with the digits as written, and a key is always a text. No file can crash or stall this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

import yaml

from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.node import Node
from assetforge.source import Lines

MAX_DEPTH = 100
"""How deep lists and mappings may nest."""

MAX_NODES = 500_000
"""How many values a document may hold, each alias counted with all it stands for."""

MAX_DIGITS = 100
"""Length of the longest number as written, and its largest power of ten."""

Value: TypeAlias = "dict[str, Value] | list[Value] | str | int | bool | Decimal | None"
"""What a document holds. Values behind an alias are the same object; none may be changed."""

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


_SURROGATE = re.compile("[\ud800-\udfff]")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_NUMBER_START = frozenset("+-.0123456789")
_WHOLE = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_STRING_TAGS = ("!", "tag:yaml.org,2002:str")


class _Stop(Exception):
    """The rest of the document cannot be read."""


class Composer:
    """Builds nodes from the parser's events.

    `open` holds the collections that are not closed yet, `waiting` the key that each of them has
    read and still lacks the value of.
    """

    def __init__(self, text: str, lines: Lines) -> None:
        self._text = text
        self._lines = lines
        self._problems: list[Diagnostic] = []
        self._anchors: dict[str, Node] = {}
        self._open: list[Node] = []
        self._waiting: list[str | None] = []
        self._root: Node | None = None
        self._count = 0

    def compose(self) -> Node | None:
        """Return the root; None when there is no document.

        Raises:
            InvalidSource: every problem that was found.
        """
        try:
            for event in _events(self._text):
                self._take(event)
        except _Stop:
            pass
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            self._problems.append(_syntax_problem(error, self._text, self._lines))
        if self._problems:
            raise InvalidSource(self._problems)
        return self._root

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._add(self._scalar(event), event.anchor)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._finish(_span(event)[1])
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent) and self._root is not None:
            self._report(
                "multiple-documents",
                "a second document begins here",
                _span(event),
                "keep one document in a file: remove the '---'",
            )
            raise _Stop

    def _start(self, event: Any) -> None:
        span = _span(event)
        mapping = isinstance(event, yaml.MappingStartEvent)
        self._check_tag(event.tag, span, "tag:yaml.org,2002:" + ("map" if mapping else "seq"))
        if len(self._open) >= MAX_DEPTH:
            self._too_much("too-deep", f"more than {MAX_DEPTH} levels of nesting", span)
        style = "{" if event.flow_style else ""
        items: dict[str, Node] | list[Node] = {} if mapping else []
        node = Node({} if mapping else [], *span, style, items=items)
        if event.anchor:
            self._anchors[event.anchor] = node
        self._open.append(node)
        self._waiting.append(None)

    def _finish(self, end: int) -> None:
        node = self._open.pop()
        self._waiting.pop()
        node.end = end
        self._add(node, None)

    def _alias(self, event: Any) -> None:
        span = _span(event)
        node = self._anchors.get(event.anchor)
        if node is None:
            self._report("unknown-anchor", f"there is no anchor '&{event.anchor}' above", span)
            raise _Stop
        if node in self._open:
            self._report("alias-cycle", f"'*{event.anchor}' stands for a value around it", span)
            raise _Stop
        self._count += node.count - 1
        if len(self._open) + node.height > MAX_DEPTH:
            self._too_much("too-deep", f"more than {MAX_DEPTH} levels of nesting", span)
        self._add(node, None, span)

    def _add(self, node: Node, anchor: str | None, span: tuple[int, int] | None = None) -> None:
        """Put a finished node where it belongs; `span` is where it is used, if by an alias."""
        self._count += 1
        if self._count > MAX_NODES:
            self._too_much("too-large", f"more than {MAX_NODES} values", (node.start, node.end))
        if anchor:
            self._anchors[anchor] = node
        if not self._open:
            self._root = node
            return
        parent, key = self._open[-1], self._waiting[-1]
        if isinstance(parent.items, list):
            parent.items.append(node)
            parent.value.append(node.value)
        elif parent.items is not None and key is None:
            self._waiting[-1] = self._key(node, span or (node.start, node.end), parent)
            return
        elif parent.items is not None and key is not None:
            parent.items[key] = node
            parent.value[key] = node.value
            self._waiting[-1] = None
        parent.count += node.count
        parent.height = max(parent.height, node.height + 1)

    def _key(self, node: Node, span: tuple[int, int], parent: Node) -> str:
        """Return the text of a key, and remember its place in the mapping it belongs to."""
        if node.items is not None:
            template = self._text.startswith("{{", span[0] - 1)
            advice = 'put the template in quotes: "{{ ... }}"' if template else None
            self._report("key-not-text", "a key must be a text", span, advice)
        elif node.text in parent.keys:
            first = self._lines.place(*parent.keys[node.text])
            self._problems.append(
                Diagnostic(
                    "duplicate-key",
                    f"duplicate key '{node.text}'",
                    self._lines.place(*span),
                    "second definition",
                    related=((first, "first defined here"),),
                )
            )
        else:
            parent.keys[node.text] = span
        return node.text

    def _scalar(self, event: Any) -> Node:
        span = _span(event)
        self._check_tag(event.tag, span, *_STRING_TAGS)
        text: str = event.value
        node = Node(text, *span, event.style or "", text)
        if not text.isascii() and _SURROGATE.search(text):
            self._report("control-character", "an escape stands for half a character", span)
        if not event.style and not event.tag:
            node.value = self._resolve(text, span)
        return node

    def _resolve(self, text: str, span: tuple[int, int]) -> Value:
        """Return what a scalar without quotes stands for."""
        if text in _WORDS:
            return _WORDS[text]
        if text[0] not in _NUMBER_START:
            return text
        try:
            number = _number(text)
        except ValueError:
            self._report(
                "number-too-large", "this number is too large", span, "put a text in quotes"
            )
            return 0
        return text if number is None else number

    def _check_tag(self, tag: str | None, span: tuple[int, int], *known: str) -> None:
        if tag is not None and tag not in known:
            shown = tag.replace("tag:yaml.org,2002:", "!!")
            self._report("unknown-tag", f"the tag '{shown}' has no meaning here", span)

    def _too_much(self, code: str, message: str, span: tuple[int, int]) -> None:
        self._report(code, message, span)
        raise _Stop

    def _report(
        self, code: str, message: str, span: tuple[int, int], advice: str | None = None
    ) -> None:
        self._problems.append(Diagnostic(code, message, self._lines.place(*span), help=advice))


def _span(event: Any) -> tuple[int, int]:
    return event.start_mark.index, event.end_mark.index


def _events(text: str) -> Iterator[Any]:
    return iter(yaml.parse(text, Loader=LOADER))


def _number(text: str) -> int | Decimal | None:
    """Return the number a text stands for in YAML's core schema; None when it is none.

    Raises:
        ValueError: the number is too long, or its power of ten too large.
    """
    whole = _WHOLE.fullmatch(text)
    if not whole and not _FRACTION.fullmatch(text):
        word = text.lower().replace(".", "")
        return Decimal(word) if _NOT_FINITE.fullmatch(text) else None
    if len(text) > MAX_DIGITS:
        raise ValueError(text)
    if whole:
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueError(text) from error
    if abs(number.adjusted()) > MAX_DIGITS:
        raise ValueError(text)
    return number


_SYNTAX: Sequence[tuple[str, str, str | None]] = (
    (
        "mapping values are not allowed",
        "a ':' is not expected here",
        "put a text that holds ': ' in quotes, or check the indentation of this line",
    ),
    (
        "could not find expected ':'",
        "a ':' is missing after a key",
        "write 'key: value', with a space after the colon",
    ),
    (
        "did not find expected '-' indicator",
        "an item of the list is not aligned with the others",
        "start every item of one list with '-' in the same column",
    ),
    (
        "did not find expected ',' or ']'",
        "a list in brackets is not closed",
        "put ',' between its items and ']' at its end",
    ),
    (
        "did not find expected ',' or '}'",
        "a mapping in braces is not closed",
        "put ',' between its entries and '}' at its end; put a template in quotes",
    ),
    ("expected ',' or ']'", "a list in brackets is not closed", "put ']' at its end"),
    ("expected ',' or '}'", "a mapping in braces is not closed", "put '}' at its end"),
    (
        "did not find expected key",
        "this line fits no block above it",
        "start all keys of one block in the same column; close every quote",
    ),
    (
        "expected <block end>",
        "this line fits no block above it",
        "start all keys of one block in the same column; close every quote",
    ),
    (
        "escape character",
        "a backslash in double quotes starts no known escape",
        "write two backslashes, or use single quotes",
    ),
    (
        "expected <document start>",
        "the document has ended before this line",
        "check the indentation of this line",
    ),
    ("unexpected document indicator", "a quote is opened and not closed", "close the quote"),
    ("tag handle", "a tag has no meaning here", "put a text that starts with '!' in quotes"),
)


def _syntax_problem(error: Exception, text: str, lines: Lines) -> Diagnostic:
    """Return a parser's error in words that help."""
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
    mark = getattr(error, "problem_mark", None)
    start = min(mark.index if mark else len(text), len(text.rstrip()))
    context, opened = getattr(error, "context", None), getattr(error, "context_mark", None)
    if "quoted scalar" in str(context) and "end of stream" in problem and opened:
        place = lines.place(opened.index, opened.index + 1)
        return Diagnostic(
            "yaml-syntax", "a quote is opened and not closed", place, help="close the quote"
        )
    place = lines.place(start, start + 1)
    if "cannot start any token" in problem:
        return _bad_start(text[start : start + 1], place)
    words = ((message, advice) for needle, message, advice in _SYNTAX if needle in problem)
    message, advice = next(words, (f"this is no valid YAML: {problem}", None))
    return Diagnostic("yaml-syntax", message, place, help=advice)


def _bad_start(character: str, place: Place) -> Diagnostic:
    if character == "\t":
        return Diagnostic(
            "yaml-syntax", "a tab is used for indentation", place, help="indent with spaces"
        )
    return Diagnostic(
        "yaml-syntax",
        f"a text cannot start with '{character}'",
        place,
        help="put the text in quotes",
    )
