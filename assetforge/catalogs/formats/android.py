r"""Catalogs as Android's `strings.xml`.

`<string name="title">` is the message `title`; `<string-array name="tips">` gives `tips.0`,
`tips.1`; `<plurals>` is one message chosen by `count`, which is also what `%d` in it shows. A
comment directly before an entry is its comment. Texts are written in `printf`; escapes, quotes and
white space are read as Android's resource compiler does. Tags such as `<b>` are dropped, and their
letters kept. `<xliff:g id="name">` is the value `name`. What has `translatable="false"` is a text
of the source locale only. Of the variants for products, the default one is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from assetforge.catalogs.base import Content, Message
from assetforge.catalogs.formats.entries import Entries
from assetforge.catalogs.formats.markup import Element, Inline, read_tree
from assetforge.catalogs.text import read_text
from assetforge.messages.pattern import CATEGORIES, Placeholder, Reference

XLIFF = "urn:oasis:names:tc:xliff:document:1.2"

_TOKEN = re.compile(r'\\u([0-9A-Fa-f]{4})|\\(.)|(")|([ \t\n\r]+)')
_ESCAPES = {"n": "\n", "t": "\t"}
_REFERENCE = re.compile(r"@(?:[\w.]+:)?string/([\w.]+)")
_GROUPED = re.compile(r"(?<!%)(%(?:[1-9]\$)?),(?=[0-9.]*[df])")
_COUNT = re.compile(r"(?<!%)%1\$(?=[0-9]*d)|\A((?:[^%]|%%)*)%(?=[0-9]*d)")
_DEFAULT_PRODUCT = ("", "default")


def read(path: Path, name: str, locale: str, syntax: str) -> Content:
    """Return the messages of one file by name.

    Raises:
        InvalidSource: the file is damaged; every problem in it, located.
    """
    top = read_tree(read_text(path, name), name)
    syntax = syntax or "printf"
    return _Reading(Entries(name, syntax), syntax == "printf").content(top)


class _Reading:
    """Turns the elements of one file into messages."""

    def __init__(self, entries: Entries, printf: bool) -> None:
        self._entries = entries
        self._printf = printf
        self._own: dict[str, Message] = {}
        self._source: dict[str, Message] = {}

    def content(self, top: Element) -> Content:
        """Return what a file holds.

        Raises:
            InvalidSource: every problem in it.
        """
        if top.name != "resources":
            self._problem(top, "the outermost element must be <resources>")
        for element in top.elements("string", "string-array", "plurals"):
            if element.attributes.get("product", "") in _DEFAULT_PRODUCT:
                self._entry(element)
        self._entries.check()
        warnings = tuple(self._entries.warnings)
        return Content(own=self._own, source=self._source, warnings=warnings)

    def _entry(self, element: Element) -> None:
        id = element.attributes.get("name", "")
        if not id:
            self._problem(element, f'<{element.name}> lacks its name="..."')
            return
        only_source = element.attributes.get("translatable") == "false"
        messages = self._source if only_source else self._own
        match element.name:
            case "string":
                self._entries.keep(messages, id, self._message(id, element, element.comment))
            case "plurals":
                self._plural(id, element, messages)
            case _:
                for index, item in enumerate(element.elements("item")):
                    message = self._message(f"{id}.{index}", item, item.comment or element.comment)
                    self._entries.keep(messages, f"{id}.{index}", message)

    def _plural(self, id: str, element: Element, messages: dict[str, Message]) -> None:
        forms: dict[str, Message] = {}
        for item in element.elements("item"):
            category = item.attributes.get("quantity", "")
            if category not in CATEGORIES:
                known = ", ".join(CATEGORIES)
                self._problem(item, f"unknown quantity '{category[:40]}'; one of {known}")
                continue
            message = self._message(f"{id} ({category})", item, element.comment, True)
            self._entries.keep(forms, category, message)
        other = forms.get("other")
        if other is None:
            self._problem(element, f"plural '{id}' lacks the form 'other'")
        elif other.state == "empty":
            self._entries.keep(messages, id, other)
        else:
            shown = {key: each for key, each in forms.items() if each.state != "empty"}
            self._entries.keep(messages, id, self._entries.plural(other, shown))

    def _message(self, id: str, element: Element, comment: str, counts: bool = False) -> Message:
        inline = Inline()
        self._inline(element, inline)
        text, at = unescaped(inline.text()), (element.line, element.column, element.length)
        reference = _REFERENCE.fullmatch(text)
        if reference:
            return Message((Reference(reference[1]),), *at, comment=comment)
        if element.attributes.get("formatted") == "false":
            message = self._entries.message(id, text, *at, comment=comment, syntax="plain")
            whole = message if message.state else message._replace(value=text)
            return inline.restored(whole)
        if self._printf:
            text = _as_in_c(text, counts)
        return inline.restored(self._entries.message(id, text, *at, comment=comment))

    def _inline(self, element: Element, inline: Inline) -> None:
        """Add all that is inside an element, without tags."""
        for node in element.content:
            if isinstance(node, str):
                inline.add(node)
            elif node.name == "g" and node.namespace == XLIFF and node.attributes.get("id"):
                inline.add(Placeholder(node.attributes["id"]))
            else:
                if node.namespace != XLIFF:
                    self._dropped(node)
                self._inline(node, inline)

    def _dropped(self, node: Element) -> None:
        if not self._entries.warnings:
            said = f"<{node.name}> is dropped, and its text kept: a picture shows no markup"
            at = node.line, node.column, node.length
            self._entries.warning("markup-dropped", said, *at)

    def _problem(self, element: Element, message: str) -> None:
        at = element.line, element.column, element.length
        self._entries.problem("android-strings", message, *at)


def unescaped(text: str) -> str:
    r"""Return a text as Android shows it: `\n`, `\'` and `\u2019` read, white space collapsed.

    White space inside double quotes stays; the quotes go, and so does space at either end.
    """
    if '"' not in text and "\\" not in text:
        return re.sub(r"[ \t\n\r]+", " ", text).strip(" ")
    shown = "".join(_pieces(text))
    if re.search("[\ud800-\udfff]", shown):
        # Two escapes for the halves of one character.
        shown = shown.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return shown


def _pieces(text: str) -> Iterator[str]:
    quoted, behind = False, 0
    for token in _TOKEN.finditer(text):
        yield text[behind : token.start()]
        behind = token.end()
        code, escaped, quote, space = token.groups()
        if code:
            yield chr(int(code, 16))
        elif escaped:
            yield _ESCAPES.get(escaped, escaped)
        elif quote:
            quoted = not quoted
        elif quoted:
            yield space
        elif token.start() and behind < len(text):
            yield " "
    yield text[behind:]


def _as_in_c(text: str, counts: bool) -> str:
    """Return a text without the flag that only Java has; its first number may be the count."""
    text = _GROUPED.sub(r"\1", text)
    return _COUNT.sub(r"\1%(count)", text) if counts else text
