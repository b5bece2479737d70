r"""XML as a tree with places, for the catalog formats that are XML.

Read with expat, which nests nothing on our stack. A document type is refused, and with it every
entity but the five of XML itself: no file can name another file, or grow when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias
from xml.parsers import expat

from assetforge.catalogs.base import Message
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.messages.pattern import Choice, Part, Pattern, Value, simplest

MAX_DEPTH = 64
"""How deep elements may nest."""

MAX_ELEMENTS = 500_000
"""How many elements a file may hold."""

XML = "http://www.w3.org/XML/1998/namespace"

# U+FFFF is no character of XML: no text of a file can look like one of these.
_MARK = re.compile("\uffff([0-9]+)\uffff")
_SEPARATOR = "\x1f"


@dataclass(slots=True, eq=False)
class Element:
    """One element.

    Attributes:
        name: without its prefix.
        namespace: what its prefix stands for, empty if nothing.
        attributes: by name; those of XML itself with their prefix (`xml:space`).
        line, column, length: of its start tag's `<name`, 1-based.
        comment: the text of the comment directly before it, if there is one.
        content: texts and elements inside it, in order.
    """

    name: str
    namespace: str
    attributes: dict[str, str]
    line: int
    column: int
    length: int
    comment: str = ""
    content: list[Node] = field(default_factory=list)

    def elements(self, *names: str) -> Iterator[Element]:
        """Yield the elements directly inside it; with names: those of such a name."""
        for node in self.content:
            if isinstance(node, Element) and (not names or node.name in names):
                yield node

    def first(self, name: str) -> Element | None:
        """Return the first element of a name directly inside it, if there is one."""
        return next(self.elements(name), None)

    def firsts(self) -> dict[str, Element]:
        """Return the first element of each name directly inside it."""
        found: dict[str, Element] = {}
        for node in self.content:
            if not isinstance(node, str):
                found.setdefault(node.name, node)
        return found

    def text(self) -> str:
        """Return all text inside it, without the tags."""
        return "".join(texts(self))


Node: TypeAlias = "str | Element"


def texts(element: Element) -> Iterator[str]:
    """Yield each text inside an element, at any depth."""
    for node in element.content:
        if isinstance(node, str):
            yield node
        else:
            yield from texts(node)


def read_tree(text: str, name: str) -> Element:
    """Return the outermost element of a file.

    Raises:
        InvalidSource: it is no XML, too deep or too large, or has a document type; located.
    """
    tree = _Tree(name)
    try:
        tree.parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        said = expat.errors.messages.get(error.code, str(error))
        place = Place(name, error.lineno, error.offset + 1)
        raise InvalidSource([Diagnostic("xml-syntax", _in_our_words(said), place)]) from None
    finally:
        # Its handlers lead back to the tree: only the garbage collector would end that circle.
        del tree.parser
    return tree.top


class Inline:
    """What stands in an element: its text, with a mark in place of each part that is no text.

    Attributes:
        pieces: of the text, in order.
        parts: what the marks stand for.
    """

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.parts: list[Part] = []

    def add(self, part: Part) -> None:
        """Add a text, or anything that stands between texts."""
        if isinstance(part, str):
            self.pieces.append(part)
        else:
            self.pieces.append(f"\uffff{len(self.parts)}\uffff")
            self.parts.append(part)

    def text(self) -> str:
        """Return the text with its marks."""
        return "".join(self.pieces)

    def restored(self, message: Message) -> Message:
        """Return the message that was read from the text, with its parts in their places."""
        if not self.parts or message.state == "empty":
            return message
        return message._replace(value=self._value(message.value))

    def _value(self, value: Value) -> Value:
        return simplest(self._all((value,) if isinstance(value, str) else value))

    def _all(self, pattern: Pattern) -> Iterator[Part]:
        for part in pattern:
            if isinstance(part, str):
                yield from restored(part, self.parts)
            elif isinstance(part, Choice):
                cases = tuple((key, tuple(self._all(case))) for key, case in part.cases)
                yield Choice(part.name, part.kind, cases, part.offset, part.rule)
            else:
                yield part


def restored(text: str, parts: Sequence[Part]) -> Iterator[Part]:
    """Yield a text cut at its marks, with the part that each mark stands for."""
    # `split` with one group gives text, number, text, number, ..., text.
    for index, piece in enumerate(_MARK.split(text)):
        if index % 2:
            yield parts[int(piece)]
        elif piece:
            yield piece


class _Tree:
    """Builds elements from the parser's events; `open` are those not closed yet."""

    def __init__(self, name: str) -> None:
        self.parser = expat.ParserCreate("utf-8", _SEPARATOR)
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.CommentHandler = self._comment
        self.top = Element("", "", {}, 0, 0, 1)
        self._name = name
        self._open: list[Element] = []
        self._count = 0
        self._said = ""

    def _doctype(self, *_: object) -> None:
        self._refuse("doctype", "a document type is not allowed", "remove '<!DOCTYPE ...>'")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) >= MAX_DEPTH:
            self._refuse("too-deep", f"nested more than {MAX_DEPTH} levels deep")
        if self._count > MAX_ELEMENTS:
            self._refuse("too-large", f"more than {MAX_ELEMENTS} elements")
        namespace, _, local = name.rpartition(_SEPARATOR)
        if _SEPARATOR in "".join(attributes):
            attributes = {_attribute(key): value for key, value in attributes.items()}
        line, column = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        element = Element(
            local, namespace, attributes, line, column, len(local) + 1, self._said, []
        )
        self._said = ""
        if self._open:
            self._open[-1].content.append(element)
        else:
            self.top = element
        self._open.append(element)

    def _end(self, name: str) -> None:
        self._open.pop()
        self._said = ""

    def _text(self, text: str) -> None:
        self._open[-1].content.append(text)
        if self._said and text.strip():
            self._said = ""

    def _comment(self, text: str) -> None:
        self._said = " ".join(text.split())

    def _refuse(self, code: str, message: str, advice: str | None = None) -> None:
        place = Place(
            self._name, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
        )
        raise InvalidSource([Diagnostic(code, message, place, help=advice)])


def _attribute(name: str) -> str:
    """Return the name of an attribute, without its namespace unless that is XML's own."""
    namespace, _, local = name.rpartition(_SEPARATOR)
    return f"xml:{local}" if namespace == XML else local


_SAID = {
    "no element found": "the file ends before its outermost element is closed",
    "not well-formed (invalid token)": "no valid XML here: write '&amp;' for '&', '&lt;' for '<'",
    "mismatched tag": "this tag closes another element than the one that is open",
    "undefined entity": "this entity is not known: write the character itself",
    "junk after document element": "there is more text after the outermost element",
}


def _in_our_words(said: str) -> str:
    return _SAID.get(said, f"this is no valid XML: {said}")
