r"""Catalogs as XLIFF 1.2 and 2.x.

The id of a message is the `resname` of a `trans-unit` (the `name` of a `unit`), or its `id`. A unit
may have several segments: they are joined. What a file says in its source language, that of its
first `<file>`, is kept apart; `translate="no"` leaves nothing else.

A target with the state `new`, `needs-translation` or `initial` that is its source again is empty;
one that needs a review or an adaptation is fuzzy, unless its unit is `approved="yes"`.

`<x/>`, `<ph>`, `<it>` are values, named by what they stand for (`equiv-text="{name}"`), else by
their id; line breaks among them are line breaks. All other inline tags are markup: dropped, and
what is between them kept. Texts are plain, and exactly as written; but one that begins and ends
with a line break and indentation loses both, unless `xml:space="preserve"` holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from assetforge.catalogs.base import Content, Message
from assetforge.catalogs.formats.entries import Entries
from assetforge.catalogs.formats.markup import Element, Inline, read_tree
from assetforge.catalogs.text import read_text
from assetforge.locales import InvalidLocale, parse_locale
from assetforge.messages.pattern import Placeholder

_NAME = re.compile(r"(?:\$?\{\{?|%\{|%\()\s*([^\W\d][\w.-]*)\s*(?:\}\}?|\)[sd]?)")
_TAG = re.compile("</?[A-Za-z]")

_UNTOUCHED = frozenset({"new", "needs-translation", "initial"})
_UNSURE = frozenset(
    {
        "needs-adaptation",
        "needs-l10n",
        "needs-review-adaptation",
        "needs-review-l10n",
        "needs-review-translation",
    }
)
_AROUND_TEXT = frozenset({"g", "mrk", "pc"})
_MARKUP = _AROUND_TEXT | {"bpt", "ept", "bx", "ex", "sc", "ec", "sm", "em"}
_LINE_BREAKS = frozenset({"lb", "x-lb", "xlf:lb", "line-break"})


_Said: TypeAlias = str | Inline


class _Unit(NamedTuple):
    """One unit.

    Attributes:
        sources: the source of each segment.
        targets: their targets, as far as the file has them.
        state: what the file says of its least finished target.
        translate: whether anything but the source is wanted.
        preserve: whether white space at the ends of its texts stays.
    """

    id: str
    element: Element
    sources: Sequence[Element]
    targets: Sequence[Element]
    state: str
    translate: bool
    comment: str
    max_length: int | None
    preserve: bool


def read(path: Path, name: str, locale: str, syntax: str) -> Content:
    """Return the messages of one file: its targets, and what they are in the source locale.

    Raises:
        InvalidSource: the file is damaged; every problem in it, located.
    """
    top = read_tree(read_text(path, name), name)
    return _Reading(Entries(name, syntax or "plain"), locale).content(top)


class _Reading:
    """Turns the units of one file into messages."""

    def __init__(self, entries: Entries, locale: str) -> None:
        self._entries = entries
        self._locale = locale
        self._own: dict[str, Message] = {}
        self._source: dict[str, Message] = {}
        self._source_locale: str | None = None
        self._others: dict[str, dict[str, Message]] = {}
        self._has_dropped = False

    def content(self, top: Element) -> Content:
        """Return what a file holds.

        Raises:
            InvalidSource: every problem in it.
        """
        if top.name != "xliff":
            self._problem(top, "the outermost element must be <xliff>")
        for file in top.elements("file"):
            if "srcLang" in top.attributes or "trgLang" in top.attributes:
                self._file(file, top, "srcLang", "trgLang")
            else:
                self._file(file, file, "source-language", "target-language")
        self._entries.check()
        warnings, language = tuple(self._entries.warnings), self._source_locale or ""
        return Content(self._own, self._source, self._others, warnings, language)

    def _file(self, file: Element, header: Element, source: str, target: str) -> None:
        """Read the units of a file; `source` and `target` are attributes of its header."""
        from_language = header.attributes.get(source, "")
        to_language = header.attributes.get(target, "")
        if not self._locale and not from_language:
            self._problem(header, f'neither the path nor {source}="..." names a locale')
            return
        own = self._own
        if self._locale:
            self._compare(header, to_language)
            sources = self._sources_in(from_language)
        else:
            sources = self._others.setdefault(from_language, {})
            own = self._others.setdefault(to_language, {}) if to_language else {}
        for unit in _units(file, _preserves(file, preserve=False)):
            self._unit(unit, own, sources)

    def _sources_in(self, language: str) -> dict[str, Message]:
        """Return where sources of a language are kept: only that of the first file is."""
        if self._source_locale is None:
            self._source_locale = language
        return self._source if language == self._source_locale else {}

    def _compare(self, header: Element, language: str) -> None:
        """Warn of a header that names another language than the path, which is believed."""
        if language and _language(language) != _language(self._locale):
            said = f"the file says it is in '{language}', and its path in '{self._locale}'"
            at = header.line, header.column, header.length
            self._entries.warning("wrong-locale", said, *at, help="the path is believed")

    def _unit(self, unit: _Unit, own: dict[str, Message], sources: dict[str, Message]) -> None:
        if not unit.id:
            self._problem(unit.element, f'<{unit.element.name}> lacks its id="..."')
            return
        source = self._said(unit.sources, unit.preserve)
        self._entries.keep(sources, unit.id, self._message(unit, source, unit.sources[0]))
        if not unit.translate or own is sources:
            return
        target = self._said(unit.targets, unit.preserve)
        is_whole = len(unit.targets) == len(unit.sources)
        if not is_whole or (unit.state in _UNTOUCHED and _same(target, source)):
            target = ""
        message = self._message(unit, target, unit.targets[0] if unit.targets else unit.element)
        if unit.state in _UNSURE and not message.state:
            message = message._replace(state="fuzzy")
        self._entries.keep(own, unit.id, message)

    def _message(self, unit: _Unit, said: _Said, at: Element) -> Message:
        message = self._entries.message(
            unit.id,
            said if isinstance(said, str) else said.text(),
            at.line,
            at.column,
            at.length,
            comment=unit.comment,
            max_length=unit.max_length,
        )
        return message if isinstance(said, str) else said.restored(message)

    def _said(self, elements: Sequence[Element], preserve: bool) -> _Said:
        """Return what sources or targets say together; nearly always that is one bare text."""
        if len(elements) == 1:
            content = elements[0].content
            if len(content) == 1 and isinstance(content[0], str):
                preserved = _preserves(elements[0], preserve)
                return content[0] if preserved else _without_indent(content[0])
        inline = Inline()
        for element in elements:
            before = len(inline.pieces)
            self._add(element, inline)
            if not _preserves(element, preserve):
                inline.pieces[before:] = [_without_indent("".join(inline.pieces[before:]))]
        return inline if inline.parts else inline.text()

    def _add(self, element: Element, inline: Inline) -> None:
        """Add all that is inside an element."""
        for node in element.content:
            if isinstance(node, str):
                inline.add(node)
            elif node.name == "cp":
                inline.add(_code_point(node.attributes.get("hex", "")))
            elif _LINE_BREAKS & {node.attributes.get("ctype"), node.attributes.get("subType")}:
                inline.add("\n")
            elif node.name in _MARKUP or not (value := _value(node)):
                self._drop(node, inline)
            else:
                inline.add(Placeholder(value))

    def _drop(self, node: Element, inline: Inline) -> None:
        """Add what is between the tags of an element; the native code inside others is dropped."""
        if node.name != "mrk" and not self._has_dropped:
            self._has_dropped = True
            said = f"<{node.name}> is dropped, and its text kept: a picture shows no markup"
            at = node.line, node.column, node.length
            self._entries.warning("markup-dropped", said, *at)
        if node.name in _AROUND_TEXT:
            self._add(node, inline)

    def _problem(self, element: Element, message: str) -> None:
        self._entries.problem("xliff", message, element.line, element.column, element.length)


def _units(element: Element, preserve: bool) -> Iterator[_Unit]:
    """Yield all units inside an element, those of groups too."""
    for each in element.elements("body", "group", "trans-unit", "unit"):
        preserved = _preserves(each, preserve)
        if each.name == "trans-unit":
            yield from _old_unit(each, preserved)
        elif each.name == "unit":
            yield from _new_unit(each, preserved)
        else:
            yield from _units(each, preserved)


def _old_unit(element: Element, preserve: bool) -> Iterator[_Unit]:
    """Yield the unit of a `trans-unit` of XLIFF 1.2, if it has a source."""
    inside = element.firsts()
    source, target = inside.get("source"), inside.get("target")
    if source is None:
        return
    attributes = element.attributes
    state = target.attributes.get("state", "") if target else ""
    if state in _UNSURE and attributes.get("approved") == "yes":
        state = ""
    in_characters = attributes.get("size-unit") == "char"
    yield _Unit(
        attributes.get("resname") or attributes.get("id", ""),
        element,
        (source,),
        (target,) if target else (),
        state,
        attributes.get("translate") != "no",
        _notes(element) if "note" in inside else "",
        _whole(attributes.get("maxwidth", "")) if in_characters else None,
        preserve,
    )


def _new_unit(element: Element, preserve: bool) -> Iterator[_Unit]:
    """Yield the unit of a `unit` of XLIFF 2, if it has a source."""
    sources, targets, states = [], [], set()
    for each in element.elements("segment", "ignorable"):
        source, target = each.first("source"), each.first("target")
        if source is None:
            continue
        if target is None and each.name == "ignorable":
            target = source
        sources.append(source)
        if target is not None:
            targets.append(target)
        states.add(each.attributes.get("state", ""))
    if not sources:
        return
    attributes = element.attributes
    notes = element.first("notes")
    yield _Unit(
        attributes.get("name") or attributes.get("id", ""),
        element,
        sources,
        targets,
        "initial" if "initial" in states else "",
        attributes.get("translate") != "no",
        _notes(notes) if notes else "",
        _limit(attributes.get("sizeRestriction", "")),
        preserve,
    )


def _notes(element: Element) -> str:
    notes = (" ".join(note.text().split()) for note in element.elements("note"))
    return "\n".join(filter(None, notes))


def _preserves(element: Element, preserve: bool) -> bool:
    """Tell whether white space stays in an element, given whether it does around it."""
    said = element.attributes.get("xml:space")
    return said == "preserve" if said else preserve


def _without_indent(text: str) -> str:
    """Return a text that begins and ends with a line break without the white space there."""
    if "\n" not in text:
        return text
    bare = text.strip(" \t\n")
    before, _, after = text.partition(bare) if bare else ("", "", "")
    return bare if "\n" in before and "\n" in after else text


def _same(one: _Said, other: _Said) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return one.text() == other.text() and one.parts == other.parts


def _language(id: str) -> str:
    """Return the language of a locale; what is no locale is its own language."""
    try:
        return parse_locale(id).language
    except InvalidLocale:
        return id


def _value(node: Element) -> str:
    """Return the name of the value that an inline element stands for; empty if it is markup."""
    attributes = node.attributes
    shown = [attributes.get(each, "") for each in ("equiv-text", "equiv", "disp", "ctype")]
    is_tag = False
    for said in map(str.strip, (*shown, node.text())):
        name = _NAME.fullmatch(said)
        if name:
            return name[1]
        is_tag = is_tag or bool(_TAG.match(said) and said.endswith(">"))
    return "" if is_tag else attributes.get("id", "")


def _code_point(digits: str) -> str:
    """Return the character that XML cannot hold; a picture cannot show it either."""
    return chr(int(digits, 16)) if re.fullmatch("[0-9A-Fa-f]{1,4}", digits) else "\ufffd"


def _limit(said: str) -> int | None:
    """Return the most characters of a restriction: `30`, or `5,30` with the least before it."""
    return _whole(said.rpartition(",")[2])


def _whole(digits: str) -> int | None:
    return int(digits) if re.fullmatch("[0-9]{1,9}", digits) else None
