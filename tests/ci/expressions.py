"""The expressions of GitHub's workflows, as far as ours use them: anything else is an error.

Source: GitHub Docs, "Evaluate expressions in workflows and actions", read 2026-11-22.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

WHOLE = re.compile(r"\$\{\{(.*?)\}\}")

TOKEN = re.compile(
    r"\s*(?:(?P<string>'(?:[^']|'')*')|(?P<word>[A-Za-z_][\w-]*)|(?P<sign>==|!=|&&|\|\||[!().]))"
)

OPEN = {"vars", "secrets"}
"""Contexts in which what nobody set is empty. In all others it is a slip of the pen."""


class UnknownExpression(AssertionError):
    """A workflow says something that the runner of these tests does not know."""


def filled(text: str, contexts: Mapping[str, Any], state: str = "success") -> str:
    """Return a text with the value of each expression in it."""
    return WHOLE.sub(lambda found: as_text(value(found[1], contexts, state)), text)


def is_met(condition: str | None, contexts: Mapping[str, Any], state: str) -> bool:
    """Tell whether an `if:` is met; without a word on states it asks that nothing failed."""
    text = WHOLE.sub(r"\1", str(condition)) if condition is not None else "success()"
    asked = re.search(r"\b(always|failure|success|cancelled)\(\)", text)
    return bool(value(text, contexts, state)) and (bool(asked) or state == "success")


def as_text(found: Any) -> str:
    if isinstance(found, bool):
        return str(found).lower()
    return "" if found is None else str(found)


def value(text: str, contexts: Mapping[str, Any], state: str = "success") -> Any:
    """Return what an expression comes to."""
    reader = _Reader(text, contexts, state)
    found = reader.either()
    if reader.at < len(reader.tokens):
        raise UnknownExpression(text)
    return found


class _Reader:
    def __init__(self, text: str, contexts: Mapping[str, Any], state: str) -> None:
        self.text, self.contexts, self.state = text, contexts, state
        self.tokens: list[tuple[str, str]] = []
        self.at = 0
        start = 0
        while text[start:].strip():
            found = TOKEN.match(text, start)
            if found is None or found.lastgroup is None:
                raise UnknownExpression(text)
            self.tokens.append((found.lastgroup, found[found.lastgroup]))
            start = found.end()

    def took(self, sign: str) -> bool:
        found = self.at < len(self.tokens) and self.tokens[self.at] == ("sign", sign)
        self.at += found
        return found

    def either(self) -> Any:
        found = self.both()
        while self.took("||"):
            other = self.both()
            found = found or other
        return found

    def both(self) -> Any:
        found = self.compared()
        while self.took("&&"):
            other = self.compared()
            found = other if found else found
        return found

    def compared(self) -> Any:
        found = self.single()
        for sign, equal in (("==", True), ("!=", False)):
            if self.took(sign):
                other = self.single()
                return (as_text(found).lower() == as_text(other).lower()) == equal
        return found

    def single(self) -> Any:
        if self.took("!"):
            return not self.single()
        if self.took("("):
            found = self.either()
            if not self.took(")"):
                raise UnknownExpression(self.text)
            return found
        kind, word = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        self.at += 1
        if kind == "string":
            return word[1:-1].replace("''", "'")
        if kind != "word":
            raise UnknownExpression(self.text)
        return self.called(word) if self.took("(") else self.named(word)

    def called(self, name: str) -> bool:
        states = {"always": True, "success": self.state == "success"}
        if name not in states or not self.took(")"):
            raise UnknownExpression(f"{name}() in {self.text}")
        return states[name]

    def named(self, context: str) -> Any:
        if context not in self.contexts:
            raise UnknownExpression(f"{context} in {self.text}")
        found, path = self.contexts[context], [context]
        while self.took("."):
            kind, word = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
            if kind != "word":
                raise UnknownExpression(self.text)
            self.at += 1
            path.append(word)
            found = self.inside(found, word, path)
        return found

    def inside(self, found: Any, word: str, path: list[str]) -> Any:
        """Return a part of a context. An event holds what it holds; outputs may be unset."""
        if found is None or not isinstance(found, Mapping):
            return None
        lenient = path[0] in OPEN or path[:2] == ["github", "event"] or "outputs" in path[2:-1]
        if word not in found and not lenient:
            raise UnknownExpression(f"{'.'.join(path)} in {self.text}")
        return found.get(word)
