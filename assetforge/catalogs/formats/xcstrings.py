"""Catalogs as Apple's String Catalogs: one JSON file for all locales.

A key that the source language does not translate is its own text there. Plural variations are one
message chosen by `count`, which is also what the first `%lld` in it shows; a substitution
`%#@files@` is a choice by the value `files`. Of the variations for devices, `other` is read. What
should not be translated has the source text in every locale of the file.

Source: "Localizing and varying text with a string catalog", developer.apple.com; the keys as Xcode
15 writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from assetforge.catalogs.base import Content, Message, State
from assetforge.catalogs.formats.entries import Entries
from assetforge.catalogs.formats.json_text import JsonText
from assetforge.catalogs.text import counted, plain_lines, read_text
from assetforge.messages.pattern import Choice, Part, Placeholder, Value, as_pattern

PRINTF = "printf"
COUNT = "count"
OTHER = "other"
CATEGORIES = ("zero", "one", "two", "few", "many", OTHER)

_SUBSTITUTION = re.compile(r"%(?:[0-9]{1,2}\$)?#@([^@\s]+)@")
_ARGUMENT = re.compile(r"(?<!%)%arg(?![A-Za-z])")
_STATES: Mapping[str, State] = {"needs_review": "fuzzy", "new": "empty"}


@dataclass(frozen=True, slots=True)
class _Text:
    """A text of the file, and where it stands."""

    text: str
    start: int
    end: int


_Node: TypeAlias = "dict[str, _Node | _Text]"
_EMPTY = ""


def read(path: Path, name: str, locale: str, syntax: str) -> Content:
    """Return the messages of one String Catalog, by locale.

    Raises:
        InvalidSource: the file is damaged; every problem in it, located.
    """
    file = JsonText(read_text(path, name), name)
    entries = Entries(name, syntax or PRINTF)
    entries.problems += file.problems
    reading = _Reading(file, entries, syntax in ("", PRINTF))
    catalogs = reading.catalogs()
    entries.check()
    own = catalogs.pop(locale, {}) if locale else {}
    return Content(own=own, others=catalogs, warnings=tuple(entries.warnings))


@dataclass(frozen=True, slots=True)
class _About:
    """What is known of a message before its text.

    Attributes:
        number: name of the value that its plural form shows; empty where it is no such form.
    """

    id: str
    comment: str
    is_source: bool
    number: str = ""


class _Reading:
    """Turns the strings of one file into messages."""

    def __init__(self, file: JsonText, entries: Entries, printf: bool) -> None:
        self._file = file
        self._entries = entries
        self._printf = printf
        self._top = _tree(file)

    def catalogs(self) -> dict[str, dict[str, Message]]:
        """Return all messages by locale; faults become problems."""
        source = self._top.get("sourceLanguage")
        if not isinstance(source, _Text) or not source.text:
            help = 'add "sourceLanguage", such as "en"'
            self._entries.problem("xcstrings", "the file names no source language", 1, 1, 1, help)
            return {}
        catalogs: dict[str, dict[str, Message]] = {source.text: {}}
        untranslated: dict[str, Message] = {}
        for id, entry in _children(self._top, "strings"):
            if id:
                for locale, message in self._entry(id, entry, source.text):
                    catalogs.setdefault(locale, {})[id] = message
                if _text(entry, "shouldTranslate") == "false" and id in catalogs[source.text]:
                    untranslated[id] = catalogs[source.text][id]
        return {locale: untranslated | messages for locale, messages in catalogs.items()}

    def _entry(self, id: str, entry: _Node, source: str) -> Iterator[tuple[str, Message]]:
        """Yield what a string is in each locale, the source locale always among them."""
        comment = plain_lines(_text(entry, "comment")).strip()
        localizations = dict(_children(entry, "localizations"))
        for locale, localization in localizations.items():
            message = self._localization(_About(id, comment, locale == source), localization)
            if message is not None:
                yield locale, message
        if source not in localizations:
            yield source, self._message(_About(id, comment, True), _Text(id, *_span(entry)))

    def _localization(self, about: _About, node: _Node) -> Message | None:
        """Return the message of one localization, or of one variation of it."""
        choices = {
            name: choice
            for name, substitution in _children(node, "substitutions")
            if (choice := self._substitution(about, name, substitution))
        }
        variations = _node(node, "variations")
        if "plural" in variations:
            message = self._plural(replace(about, number=COUNT), _node(variations, "plural"))
        elif "device" in variations:
            message = self._device(about, _node(variations, "device"))
        else:
            message = self._unit(about, node)
        if message is None or not choices:
            return message
        return message._replace(value=_with_choices(message.value, choices))

    def _unit(self, about: _About, node: _Node) -> Message | None:
        unit = _node(node, "stringUnit")
        value = unit.get("value")
        if not isinstance(value, _Text):
            line, column = self._file.spot(_span(node)[0])
            self._entries.problem("xcstrings", f"message {about.id!r} has no text", line, column)
            return None
        # What the source language says is shown, whatever state it is in.
        state = "" if about.is_source else _STATES.get(_text(unit, "state"), "")
        text = "" if state == "empty" else value.text
        return self._message(about, _Text(text, value.start, value.end), state)

    def _device(self, about: _About, node: _Node) -> Message | None:
        if OTHER in node:
            return self._localization(about, _node(node, OTHER))
        line, column = self._file.spot(_span(node)[0])
        message = f"message {about.id!r} is for some devices only, and is left out"
        help = "add the variation 'other'"
        self._entries.warning("device-variations", message, line, column, help=help)
        return None

    def _plural(self, about: _About, node: _Node) -> Message | None:
        """Return one message with all forms; empty if `other` is."""
        forms = {category: self._unit(about, form) for category, form in self._forms(about, node)}
        other = forms.get(OTHER)
        if other is None or other.state == "empty":
            return other
        shown = {key: form for key, form in forms.items() if form and form.state != "empty"}
        fuzzy = any(form.state for form in shown.values())
        first = other._replace(state="fuzzy" if fuzzy else "")
        return self._entries.plural(first, shown, about.number)

    def _forms(self, about: _About, node: _Node) -> Iterator[tuple[str, _Node]]:
        line, column = self._file.spot(_span(node)[0])
        if OTHER not in node:
            message = f"plural {about.id!r} has no form 'other'"
            self._entries.problem("plural-without-other", message, line, column, help="add it")
        for category in node:
            if category in CATEGORIES:
                yield category, _node(node, category)
            else:
                message = f"{category[:40]!r} is no plural category"
                help = f"known: {', '.join(CATEGORIES)}"
                self._entries.problem("xcstrings", message, line, column, help=help)

    def _substitution(self, about: _About, name: str, node: _Node) -> Choice | None:
        """Return the choice that stands for `%#@name@`."""
        inner = replace(about, id=f"{about.id} ({name})", number=name)
        message = self._plural(inner, _node(_node(node, "variations"), "plural"))
        if message is None or isinstance(message.value, str):
            return None
        return next(part for part in message.value if isinstance(part, Choice))

    def _message(self, about: _About, text: _Text, state: State = "") -> Message:
        line, column = self._file.spot(text.start)
        said = plain_lines(text.text)
        if self._printf and "%" in said:
            said = _named(said, about.number)
        length = text.end - text.start
        return self._entries.message(about.id, said, line, column, length, state, about.comment)


def _named(text: str, number: str) -> str:
    """Return a printf text in which substitutions, and the number of a plural form, are names."""
    text = _SUBSTITUTION.sub(r"%(\1)@", text)
    if number == COUNT:
        return counted(text)
    return _ARGUMENT.sub(lambda _: f"%({number})d", text) if number else text


def _with_choices(value: Value, choices: Mapping[str, Choice]) -> Value:
    """Return a message with choices in place of the values of their names."""
    return tuple(_chosen(part, choices) for part in as_pattern(value))


def _chosen(part: Part, choices: Mapping[str, Choice]) -> Part:
    if isinstance(part, Placeholder):
        return choices.get(part.name, part)
    if not isinstance(part, Choice):
        return part
    cases = tuple((key, tuple(_chosen(each, choices) for each in case)) for key, case in part.cases)
    return replace(part, cases=cases)


def _tree(file: JsonText) -> _Node:
    """Return the texts of a file as nested nodes; `true` and `false` are texts too."""
    top: _Node = {}
    for keys, value, start, end in file.leaves:
        node = top
        for key in keys[:-1]:
            inner = node.setdefault(key, {})
            assert isinstance(inner, dict), "BUG: a key that stands twice was kept twice"
            node = inner
        if isinstance(value, str):
            node[keys[-1]] = _Text(value, start, end)
        elif isinstance(value, bool):
            node[keys[-1]] = _Text(str(value).lower(), start, end)
        else:
            # An empty object; its place is needed where it is a string that nobody translated.
            node[keys[-1]] = {_EMPTY: _Text("", start, end)}
    return top


def _node(node: _Node, key: str) -> _Node:
    inner = node.get(key)
    return inner if isinstance(inner, dict) else {}


def _text(node: _Node, key: str) -> str:
    inner = node.get(key)
    return inner.text if isinstance(inner, _Text) else ""


def _children(node: _Node, key: str) -> Iterator[tuple[str, _Node]]:
    for name, inner in _node(node, key).items():
        if isinstance(inner, dict):
            yield name, inner


def _span(node: _Node) -> tuple[int, int]:
    """Return the offsets of the first text in a node."""
    for inner in node.values():
        if isinstance(inner, _Text):
            return inner.start, inner.end
        return _span(inner)
    return 0, 1
