"""A YAML file as a tree: the second door to PyYAML, its events without recursion and with caps.

Unlike the pipeline file's, every scalar is a text as it is written: `no` is Norwegian, `1.10` and
`12:30` are no numbers; only `null`, `~` and an empty value are nothing. A merge key `<<` puts the
entries of other mappings in, below those that are written out, as YAML 1.1 has it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn, TypeAlias

import yaml
from yaml.reader import Reader

from assetforge.catalogs.text import duplicate
from assetforge.errors import Diagnostic, InvalidSource, Place

MAX_DEPTH = 64
"""How deep lists and mappings may nest."""

MAX_NODES = 500_000
"""How many values a file may hold, and how many entries merging may copy."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_STRING_TAGS = frozenset({None, "!", "tag:yaml.org,2002:str"})
_COLLECTION_TAGS = frozenset({None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})
_NULL_TAG = "tag:yaml.org,2002:null"
_MERGE = "<<"

Span: TypeAlias = tuple[int, int]
Node: TypeAlias = "Leaf | Mapping | List"


class Leaf(NamedTuple):
    """One scalar: its text, empty if null, and the span it has in the file."""

    text: str
    start: int
    end: int
    is_merge: bool


@dataclass(slots=True, eq=False)
class Mapping:
    """One mapping: by key, the span of the key and its value."""

    start: int
    end: int
    items: dict[str, tuple[Span, Node]] = field(default_factory=dict)
    merged: list[Node] = field(default_factory=list)
    key: Leaf | None = None


@dataclass(slots=True, eq=False)
class List:
    """One list of values."""

    start: int
    end: int
    items: list[Node] = field(default_factory=list)


class YamlText:
    """One YAML file whose top is a mapping.

    Attributes:
        root: the mapping; an empty one if the file holds nothing.
        problems: keys that stand twice in a mapping, and tags.
    """

    def __init__(self, text: str, name: str) -> None:
        """Read a file; `name` is as a person should see it.

        Raises:
            InvalidSource: it is no YAML, or no mapping; every problem that was found.
        """
        self.problems: list[Diagnostic] = []
        self._text = text
        self._name = name
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self._open: list[Mapping | List] = []
        self._anchors: dict[str, Node] = {}
        self._top: Node | None = None
        self._count = 0
        try:
            self._read()
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            self._refuse(*self._in_our_words(error))
        self.root = self._mapping(self._top)

    def spot(self, start: int, end: int) -> tuple[int, int, int]:
        """Return line, column and length of a span, cut at the end of its first line."""
        line = bisect_right(self._starts, start)
        behind = self._starts[line] - 1 if line < len(self._starts) else len(self._text)
        return line, start - self._starts[line - 1] + 1, max(1, min(end, behind) - start)

    def place(self, start: int, end: int) -> Place:
        """Return the place of a span."""
        return Place(self._name, *self.spot(start, end))

    def _mapping(self, top: Node | None) -> Mapping:
        if top is None or (isinstance(top, Leaf) and not top.text):
            return Mapping(0, 0)
        if not isinstance(top, Mapping):
            self._refuse("yaml-syntax", "a catalog must be one mapping", (top.start, top.end))
        return top

    def _read(self) -> None:
        loader = _LOADER(self._text)
        try:
            while (event := loader.get_event()) is not None:
                if type(event) is yaml.ScalarEvent:
                    self._add(self._scalar(event), event.anchor)
                else:
                    self._take(event)
        finally:
            loader.dispose()

    def _take(self, event: Any) -> None:
        if isinstance(event, yaml.CollectionStartEvent):
            self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._finish(_span(event)[1])
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent) and self._top is not None:
            message = "a second document begins here"
            self._refuse("multiple-documents", message, _span(event), "remove the '---'")

    def _scalar(self, event: Any) -> Leaf:
        text, tag = event.value, event.tag
        if tag == _NULL_TAG or (tag is None and not event.style and text in _NULLS):
            text = ""
        elif tag not in _STRING_TAGS:
            self._unknown_tag(tag, _span(event))
        start, end = event.start_mark.index, event.end_mark.index
        return Leaf(text, start, end, text == _MERGE and not event.style)

    def _start(self, event: Any) -> None:
        span = _span(event)
        if event.tag not in _COLLECTION_TAGS:
            self._unknown_tag(event.tag, span)
        if len(self._open) >= MAX_DEPTH:
            self._refuse("too-deep", f"nested more than {MAX_DEPTH} levels deep", span)
        mapping = isinstance(event, yaml.MappingStartEvent)
        node = Mapping(*span) if mapping else List(*span)
        if event.anchor:
            self._anchors[event.anchor] = node
        self._open.append(node)

    def _finish(self, end: int) -> None:
        node = self._open.pop()
        node.end = end
        if isinstance(node, Mapping) and node.merged:
            self._merge(node)
        self._add(node, None)

    def _alias(self, event: Any) -> None:
        node = self._anchors.get(event.anchor)
        if node is None:
            message = f"there is no anchor '&{event.anchor}' above"
            self._refuse("unknown-anchor", message, _span(event))
        if any(node is around for around in self._open):
            message = f"'*{event.anchor}' stands for a value around it"
            self._refuse("alias-cycle", message, _span(event))
        self._add(node, None)

    def _add(self, node: Node, anchor: str | None) -> None:
        """Put a finished node where it belongs."""
        self._bound(1, node)
        if anchor:
            self._anchors[anchor] = node
        if not self._open:
            self._top = node
            return
        parent = self._open[-1]
        if isinstance(parent, List):
            parent.items.append(node)
        elif parent.key is None:
            parent.key = self._key(node)
        else:
            self._entry(parent, parent.key, node)
            parent.key = None

    def _key(self, node: Node) -> Leaf:
        if not isinstance(node, Leaf):
            advice = "put a text that starts with '{' or '[' in quotes"
            self._refuse("key-not-text", "a key must be a text", (node.start, node.end), advice)
        return node

    def _entry(self, parent: Mapping, key: Leaf, node: Node) -> None:
        if key.is_merge:
            parent.merged.append(node)
            return
        # A null as a key is what is written: `null` may be the id of a message.
        text = key.text or self._text[key.start : key.end].strip("\"'")
        span = key.start, key.end
        known = parent.items.get(text)
        if known is None:
            parent.items[text] = span, node
        else:
            places = self.place(*span), self.place(*known[0])
            self.problems.append(duplicate(f"key {text!r}", *places))

    def _merge(self, node: Mapping) -> None:
        """Put the entries of merged mappings below those of a mapping; earlier ones win."""
        for merged in node.merged:
            for each in merged.items if isinstance(merged, List) else (merged,):
                if not isinstance(each, Mapping):
                    message = "'<<' takes a mapping, or a list of mappings"
                    self._refuse("merge-key", message, (node.start, node.end))
                self._bound(len(each.items) + len(node.items), each)
                node.items = {**each.items, **node.items}

    def _bound(self, more: int, node: Node) -> None:
        self._count += more
        if self._count > MAX_NODES:
            self._refuse("too-large", f"more than {MAX_NODES} values", (node.start, node.end))

    def _unknown_tag(self, tag: str, span: Span) -> None:
        shown = tag.replace("tag:yaml.org,2002:", "!!")
        problem = f"the tag '{shown}' has no meaning here"
        self.problems.append(Diagnostic("unknown-tag", problem, self.place(*span)))

    def _in_our_words(self, error: Exception) -> tuple[str, str, Span, str]:
        """Return what the parser says, at the place that it names."""
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or str(error).partition("\n")[0]
        control = Reader.NON_PRINTABLE.search(self._text)
        found = mark.index if mark else control.start() if control else len(self._text)
        start = min(found, len(self._text.rstrip()))
        advice = "check the indentation, and put a text that holds ': ' or ' #' in quotes"
        return "yaml-syntax", f"this is no valid YAML: {said}", (start, start + 1), advice

    def _refuse(self, code: str, message: str, span: Span, advice: str | None = None) -> NoReturn:
        problem = Diagnostic(code, message, self.place(*span), help=advice)
        raise InvalidSource([*self.problems, problem])


def _span(event: Any) -> Span:
    return event.start_mark.index, event.end_mark.index
