"""What pydantic finds wrong, in the words of the person who wrote it, each with its place."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from assetforge.document import Document, DocumentPath
from assetforge.errors import Diagnostic, Place, Severity, did_you_mean
from assetforge.pipeline import (
    ADDRESS,
    COLOUR,
    DAY,
    ENVIRONMENT_VARIABLE,
    NAME,
    PUBLIC_KEY,
    REMOTE,
)

EXPECTED = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "decimal_type": "a number",
    "decimal_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "mapping_type": "a mapping",
    "none_required": "nothing",
}
"""Pydantic's error types that mean another type was wanted → what was wanted."""

PATTERNS = {
    NAME: "a name: no spaces, slashes, braces, brackets or wildcards",
    COLOUR: "a colour such as '#1a2b3c', in quotes",
    DAY: "a day such as '2026-12-01'",
}

UNSHOWN = {
    ADDRESS: "an address such as 'https://host/v1', without a password or '?' in it",
    ENVIRONMENT_VARIABLE: "the name of an environment variable, never a key itself",
    PUBLIC_KEY: "a public key such as `assetforge key` prints: 'ed25519:...'; never a private one",
    REMOTE: "an address without user, password or '?' in it",
}
"""Patterns of values that are not repeated: what stands there may be a secret."""

UNSHOWN_KEYS = ("base_url", "key_env")
"""Keys whose values are not shown where they are wrong."""

UNSHOWN_BLOCK = "store"
"""A block of the pipeline file in which nothing that is wrong is shown."""

SECRETIVE = re.compile(r"key|token|secret|passw", re.IGNORECASE)
"""What is in an unknown key that somebody may have written a secret under."""

LIMITS = {
    "greater_than_equal": "at least {ge}",
    "greater_than": "more than {gt}",
    "less_than_equal": "at most {le}",
    "less_than": "less than {lt}",
    "finite_number": "a finite number",
    "string_too_short": "a text of at least {min_length} characters",
    "string_too_long": "a text of at most {max_length} characters",
}
"""Pydantic's error types that mean a value is out of bounds → what it has to be."""

LACKS = "missing-key"
"""The code of a required key that is not there."""

MANY = 200
"""After so many problems no further word is compared with all that are known: it takes long."""

Locate = Callable[[DocumentPath], DocumentPath]
"""From a path within the validated value to the path in its document."""


class Findings:
    """Problems of one document, found so far."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: list[Diagnostic] = []

    def add(
        self,
        code: str,
        message: str,
        where: DocumentPath | Place,
        advice: str | None = None,
        *,
        label: str = "",
        key: bool = False,
        related: Iterable[tuple[Place, str]] = (),
        severity: Severity = "error",
    ) -> None:
        """Add one; `key` underlines the key of the path instead of its value."""
        place = where if isinstance(where, Place) else self.document.place(where, key)
        self.found.append(Diagnostic(code, message, place, label, advice, tuple(related), severity))

    def unknown(
        self,
        what: str,
        word: str,
        known: Iterable[str],
        where: DocumentPath | Place,
        *,
        key: bool = False,
        severity: Severity = "error",
    ) -> None:
        """Add that a word names nothing known, with the closest word or all there are."""
        advice = advice_on(word, known) if len(self.found) < MANY else None
        code = "unknown-" + what.replace(" ", "-")
        self.add(code, f"unknown {what} '{word}'", where, advice, key=key, severity=severity)


def advice_on(word: str, known: Iterable[str]) -> str | None:
    """Return the closest known word as advice, or else all of them."""
    words = list(known)
    some = ", ".join(words[:20]) + (", ..." if len(words) > 20 else "")
    return did_you_mean(word, words) or (f"known are: {some}" if words else None)


def shown(value: object) -> str:
    """Return a value as a message names it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case int() | Decimal():
            return f"the number {value}"
        case str():
            return f"'{value[:40]}…'" if len(value) > 40 else f"'{value}'"
        case list():
            return "a list"
        case _:
            return "a mapping"


def diagnose(
    error: ValidationError,
    model: type[BaseModel],
    value: Any,
    document: Document | None,
    locate: Locate = lambda path: path,
) -> list[Diagnostic]:
    """Return one diagnostic for each thing that is wrong with a value.

    Without a document the diagnostics have no place.
    """
    located = [_located(each, value) for each in error.errors(include_url=False)]
    unknown: dict[DocumentPath, list[str]] = {}
    for each in located:
        if each.kind == "extra_forbidden":
            unknown.setdefault(each.path[:-1], []).append(str(each.path[-1]))
    return [
        replace(_diagnostic(each, model, document, locate), secret=_secret(each, document, locate))
        for each in _settle(located)
        if each.kind != "missing" or not _is_misspelt(each.name, unknown.get(each.path, []))
    ]


@dataclass(frozen=True, slots=True)
class _Fault:
    """One error of pydantic.

    Attributes:
        path: the part of its location that exists in the value.
        tags: names of union members on the way, each with the depth it stood at.
        name: the missing key, if one is missing.
        at_key: True when the last key is at fault and not its value.
        wanted: what any member of a union would have taken.
    """

    kind: str
    path: DocumentPath
    tags: tuple[tuple[int, str], ...]
    found: Any
    context: dict[str, Any]
    text: str
    name: str = ""
    at_key: bool = False
    wanted: tuple[str, ...] = ()


def _located(error: ErrorDetails, value: Any) -> _Fault:
    location = list(error["loc"])
    kind = error["type"]
    name = str(location.pop()) if kind == "missing" else ""
    at_key = kind == "extra_forbidden"
    path: list[str | int] = []
    tags: list[tuple[int, str]] = []
    current = value
    for step in location:
        if step == "[key]":
            at_key = True
        elif _has(current, step):
            current = current[step]
            path.append(step)
        else:
            tags.append((len(path), str(step)))
    context = error.get("ctx", {})
    return _Fault(
        kind, tuple(path), tuple(tags), current, context, error["msg"], name, at_key=at_key
    )


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)


def _settle(faults: Sequence[_Fault]) -> list[_Fault]:
    """Return the faults that matter where a union has reported one or more for each member."""
    settled = [each for each in faults if not each.tags]
    unions: dict[DocumentPath, dict[str, list[_Fault]]] = {}
    for each in faults:
        if each.tags:
            (depth, tag), *rest = each.tags
            members = unions.setdefault(each.path[:depth], {})
            members.setdefault(tag, []).append(replace(each, tags=tuple(rest)))
    for path, members in unions.items():
        settled += _settle_union(path, list(members.values()))
    return settled


def _settle_union(path: DocumentPath, members: Sequence[Sequence[_Fault]]) -> list[_Fault]:
    """Return the faults of the member that was meant, or one fault that names all members."""
    settled = [_settle(member) for member in members]
    meant = [each for each in settled if not any(_mismatch(one, path) for one in each)]
    if meant:
        return min(meant, key=len)
    faults = [one for each in settled for one in each if _mismatch(one, path)]
    wanted = dict.fromkeys(word for one in faults for word in _wanted(one))
    return [replace(faults[0], kind="union", wanted=tuple(wanted))]


def _mismatch(fault: _Fault, path: DocumentPath) -> bool:
    return fault.path == path and not fault.at_key and bool(_wanted(fault))


def _wanted(fault: _Fault) -> tuple[str, ...]:
    if fault.wanted:
        return fault.wanted
    if fault.kind == "literal_error":
        return (str(fault.context["expected"]).replace("True", "true"),)
    return (EXPECTED[fault.kind],) if fault.kind in EXPECTED else ()


def _is_misspelt(missing: str, unknown: Iterable[str]) -> bool:
    """Tell whether a missing key is there under another name, which is reported already."""
    return any(did_you_mean(word, [missing]) for word in unknown)


def _diagnostic(
    fault: _Fault, model: type[BaseModel], document: Document | None, locate: Locate
) -> Diagnostic:
    key = fault.at_key or fault.kind == "missing"
    path = locate(fault.path)
    place = document.place(path, key) if document else None
    known = known_keys(model, fault.path[:-1])
    match fault.kind:
        case "extra_forbidden":
            word = str(fault.path[-1])
            message, label = f"unknown key '{word}'", "not a known key here"
            return Diagnostic("unknown-key", message, place, label, _key_advice(word, known))
        case "missing":
            where = f"'{path[-1]}' lacks" if path and isinstance(path[-1], str) else "there is no"
            return Diagnostic(LACKS, f"{where} the key '{fault.name}'", place)
        case "literal_error":
            advice = _choice_advice(fault)
            message = f"{_called(path)} takes {_either(_wanted(fault))}, not {shown(fault.found)}"
            return Diagnostic("wrong-value", message, place, "", advice)
        case kind if kind == "union" or kind in EXPECTED:
            found = "a text" if _is_unshown_text(fault) else shown(fault.found)
            message = f"{_called(path)} takes {_either(_wanted(fault))}, not {found}"
            return Diagnostic("wrong-type", message, place, "", _type_advice(fault))
    return Diagnostic("wrong-value", _bounds(fault, _called(path)), place)


def _secret(fault: _Fault, document: Document | None, locate: Locate) -> Place | None:
    """Return where a key or password may stand, though none belongs there."""
    name = str(fault.path[-1]) if fault.path else ""
    strange = fault.kind == "extra_forbidden" and SECRETIVE.search(name)
    if document is None or not (strange or _is_unshown(fault)):
        return None
    return document.place(locate(fault.path))


def _is_unshown(fault: _Fault) -> bool:
    path = fault.path
    return bool(path) and (path[-1] in UNSHOWN_KEYS or path[0] == UNSHOWN_BLOCK)


def _is_unshown_text(fault: _Fault) -> bool:
    return isinstance(fault.found, str) and _is_unshown(fault)


def _bounds(fault: _Fault, called: str) -> str:
    """Return what is wrong with a value of the right type."""
    if fault.kind == "value_error" and fault.at_key:
        return f"{called} cannot stand here: {fault.context['error']}"
    if fault.kind == "value_error":
        return f"{called} cannot be {shown(fault.found)}: {fault.context['error']}"
    if fault.kind == "string_pattern_mismatch":
        pattern = fault.context["pattern"]
        if pattern in UNSHOWN:
            return f"{called} takes {UNSHOWN[pattern]}"
        found = shown(str(fault.path[-1])) if fault.at_key else shown(fault.found)
        return f"{found} is not {PATTERNS.get(pattern, f'of the form {pattern}')}"
    if fault.kind in ("too_short", "too_long"):
        word, bound = ("least", "min") if fault.kind == "too_short" else ("most", "max")
        number = fault.context[f"{bound}_length"]
        return f"{called} must hold at {word} {number} {'entry' if number == 1 else 'entries'}"
    if fault.kind == "string_too_short" and fault.context["min_length"] == 1:
        return f"{called} must not be empty"
    if fault.kind in LIMITS:
        limit = LIMITS[fault.kind].format_map(fault.context)
        return f"{called} must be {limit}, not {shown(fault.found)}"
    return f"{called} is wrong: {fault.text[:1].lower()}{fault.text[1:]}"


def _key_advice(word: str, known: Sequence[str]) -> str | None:
    if word == "<<":
        return "YAML 1.2 has no merge keys; use 'defaults', or write an alias as a whole value"
    if "key_env" in known and SECRETIVE.search(word):
        return "no key is in the file: `key_env` names the environment variable that holds it"
    return advice_on(word, known)


def _choice_advice(fault: _Fault) -> str | None:
    choices = re.findall(r"'([^']*)'", str(fault.context["expected"]))
    return did_you_mean(fault.found, choices) if isinstance(fault.found, str) else None


def _type_advice(fault: _Fault) -> str | None:
    wanted = _wanted(fault)
    if fault.found is None:
        return "write its value, or remove the key"
    if "a text" in wanted and isinstance(fault.found, bool | int | Decimal):
        return "put a text in quotes"
    if "a list" in wanted and isinstance(fault.found, str):
        return "write a list as [one, two], or as lines that start with '- '"
    return None


def _called(path: DocumentPath) -> str:
    """Return what a message calls the value at a path."""
    if not path:
        return "the file"
    if isinstance(path[-1], int):
        within = next((each for each in reversed(path) if isinstance(each, str)), "the list")
        return f"item {path[-1] + 1} of '{within}'"
    return f"'{path[-1]}'"


def _either(words: Sequence[str]) -> str:
    *some, last = words
    return f"{', '.join(some)} or {last}" if some else last


def known_keys(model: type[BaseModel], path: DocumentPath) -> list[str]:
    """Return the keys that a model knows at a path within its value, in order."""
    annotations: list[Any] = [model]
    for step in path:
        annotations = [below for each in annotations for below in _below(each, step)]
    models = [each for one in annotations for each in _models(one)]
    return [field.alias or name for each in models for name, field in each.model_fields.items()]


def _below(annotation: Any, step: str | int) -> list[Any]:
    """Return what an annotation says about the value under one key or position."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [
            field.annotation
            for name, field in annotation.model_fields.items()
            if (field.alias or name) == step
        ]
    origin, arguments = getattr(annotation, "__origin__", None), get_args(annotation)
    if origin is dict:
        return [arguments[1]]
    if origin is list:
        return [arguments[0]]
    return [below for each in arguments for below in _below(each, step)]


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    if getattr(annotation, "__origin__", None) in (dict, list):
        return []
    return [each for one in get_args(annotation) for each in _models(one)]
