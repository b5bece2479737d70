"""Catalogs as YAML files: flat, nested with the ids joined by dots, or with a locale as the root.

`banner: {headline: Hi}` and `banner.headline: Hi` hold the same message; where both stand in one
file the key that is written out wins. A list gives `items.0`, `items.1`. Every scalar is a text as
it is written; only `null`, `~` and an empty value are missing.

When all keys of the root are locale ids with mappings below them, as in Rails, each is a locale;
its texts are written in `rails` unless the pipeline file says otherwise, and a mapping of plural
categories (`one`, `other`) is one message, chosen by `count`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from assetforge.catalogs.base import Content, Message
from assetforge.catalogs.formats.entries import Entries
from assetforge.catalogs.formats.yaml_tree import Leaf, List, Mapping, Node, Span, YamlText
from assetforge.catalogs.text import duplicate, plain_lines, read_text
from assetforge.errors import Diagnostic, InvalidSource
from assetforge.locales import InvalidLocale, parse_locale

MAX_DEPTH = 64
"""How deep lists and mappings may nest, aliases followed."""

MAX_VALUES = 500_000
"""How many values a file may hold, each alias counted with all it stands for."""

CATEGORIES = frozenset({"zero", "one", "two", "few", "many", "other"})

_Roots: TypeAlias = dict[str, tuple[Span, Node]]


def read(path: Path, name: str, locale: str, syntax: str) -> Content:
    """Return the messages of one YAML file by dotted id.

    Raises:
        InvalidSource: the file is damaged; every problem in it, located.
    """
    file = YamlText(read_text(path, name), name)
    roots = _locale_roots(file.root, locale)
    syntax = syntax or ("rails" if roots else "plain")
    entries = Entries(name, syntax)
    entries.problems.extend(file.problems)
    reading = _Reading(file, entries, plurals=syntax == "rails")
    if not roots:
        content = Content(own=reading.messages(file.root))
    elif locale:
        content = Content(own=reading.messages(_root_of(locale, roots, file, entries)))
    else:
        content = Content(others={id: reading.messages(node) for id, (_, node) in roots.items()})
    entries.check()
    return content


def _locale_roots(root: Mapping, locale: str) -> _Roots:
    """Return the root's entries if each of them is a locale; none otherwise."""
    if all(_is_locale(key, node, locale) for key, (_, node) in root.items.items()):
        return root.items
    return {}


def _is_locale(key: str, node: Node, locale: str) -> bool:
    """Tell whether an entry holds a locale.

    `cta` and `app` are tags of languages, and more often keys: so a tag must be one that CLDR has
    a name for, or the one that the file's path names.
    """
    if isinstance(node, List) or (isinstance(node, Leaf) and node.text):
        return False
    return _means(key, locale) or (bool(_tag(key)) and parse_locale(key).name != key)


def _means(key: str, locale: str) -> bool:
    return bool(locale) and (key == locale or _tag(key) == _tag(locale) != "")


def _tag(id: str) -> str:
    """Return the canonical tag of a locale; empty if it is none."""
    try:
        return parse_locale(id).tag
    except InvalidLocale:
        return ""


def _root_of(locale: str, roots: _Roots, file: YamlText, entries: Entries) -> Node:
    """Return the root of the locale that the path names; each other root is a problem."""
    found: list[tuple[Span, Node]] = []
    for key, (span, node) in roots.items():
        if not _means(key, locale):
            problem = f"root '{key}' is for another locale than '{locale}', which the path names"
            advice = "keep each locale in a file of its own"
            place = file.place(*span)
            entries.problems.append(Diagnostic("wrong-locale", problem, place, help=advice))
            continue
        if found:
            places = file.place(*span), file.place(*found[0][0])
            entries.problems.append(duplicate(f"locale '{locale}'", *places))
        found.append((span, node))
    return found[0][1] if found else Mapping(0, 0)


class _Reading:
    """Turns the leaves of a file into messages."""

    def __init__(self, file: YamlText, entries: Entries, plurals: bool) -> None:
        self._file = file
        self._entries = entries
        self._plurals = plurals
        self._count = 0

    def messages(self, root: Node) -> dict[str, Message]:
        """Return the messages below a node by id; of two for one id, the one with fewer keys wins.

        Raises:
            InvalidSource: aliases stand for too much.
        """
        found: dict[str, tuple[int, Message]] = {}
        for id, depth, message in self._walk(root, "", 1):
            known = found.get(id)
            if known is None or depth < known[0]:
                found[id] = depth, message
            elif depth == known[0]:
                second, first = (each.place(self._entries.name) for each in (message, known[1]))
                self._entries.problems.append(duplicate(f"message {id!r}", second, first))
        return {id: message for id, (_, message) in found.items()}

    def _walk(self, node: Node, prefix: str, depth: int) -> Iterator[tuple[str, int, Message]]:
        """Yield id, number of keys, and message of everything below a node."""
        for key, each in self._values(node, depth):
            id = prefix + key
            if isinstance(each, Leaf):
                if id:
                    yield id, depth, self._message(id, each)
            elif self._plurals and (forms := _plural_forms(each)):
                yield id, depth, self._plural(id, forms)
            else:
                yield from self._walk(each, f"{id}.", depth + 1)

    def _values(self, node: Node, depth: int) -> list[tuple[str, Node]]:
        """Return what a node holds by key or by position; a null in place of a mapping: nothing."""
        if isinstance(node, Leaf):
            return []
        self._count += len(node.items)
        if self._count > MAX_VALUES or depth > MAX_DEPTH:
            problem = f"aliases stand for more than {MAX_VALUES} values or {MAX_DEPTH} levels"
            place = self._file.place(node.start, node.end)
            raise InvalidSource([*self._entries.problems, Diagnostic("too-large", problem, place)])
        if isinstance(node, List):
            return [(str(index), each) for index, each in enumerate(node.items)]
        return [(key, each) for key, (_, each) in node.items.items()]

    def _message(self, id: str, leaf: Leaf) -> Message:
        at = self._file.spot(leaf.start, leaf.end)
        return self._entries.message(id, plain_lines(leaf.text), *at)

    def _plural(self, id: str, forms: dict[str, Leaf]) -> Message:
        """Return one message of several forms: empty if `other` is; others may be."""
        messages = {key: self._message(id, leaf) for key, leaf in forms.items()}
        other = messages["other"]
        if other.state == "empty":
            return other
        shown = {key: each for key, each in messages.items() if each.state != "empty"}
        return self._entries.plural(other, shown)


def _plural_forms(node: Mapping | List) -> dict[str, Leaf]:
    """Return the forms of a mapping that is one message; none if it holds anything else."""
    if isinstance(node, List) or "other" not in node.items:
        return {}
    leaves = {key: each for key, (_, each) in node.items.items() if isinstance(each, Leaf)}
    whole = len(leaves) == len(node.items) and CATEGORIES.issuperset(leaves)
    return leaves if whole else {}
