"""The published schema of each document, by name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from assetforge.shapes import building, events, pictures, planning, session, texts, upkeep
from assetforge.shapes.fields import Shape, closed, either, record
from assetforge.shapes.parts import DEFINITIONS

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
REFERENCE: Final = "#/$defs/"


class Document(NamedTuple):
    """One kind of document.

    Attributes:
        said: what it says.
        fields: what is in it besides its `schema`; of several kinds of line, each of them.
        closed: whether nothing else may be in it, because it is read again.
    """

    said: str
    fields: Mapping[str, Shape] | tuple[events.Line, ...]
    closed: bool = False


DOCUMENTS: Final = {
    "build": Document("What a build came to", building.BUILD),
    "check": Document("What is wrong, or worth a look", planning.CHECK),
    "cost": Document("What was spent", upkeep.COST),
    "decision": Document("What was decided about pictures, or would be", pictures.DECISION),
    "diff": Document("How two takes, or two pictures, differ", pictures.DIFF),
    "doctor": Document("How profiles stand", upkeep.DOCTOR),
    "event": Document("One line of what `--events` writes while a command runs", events.LINES),
    "explain": Document("Why each action is a hit, a run or waits", planning.EXPLAIN),
    "findings": Document("What was found out about a picture", planning.FINDINGS),
    "fsck": Document("What is damaged in the store, and what became of it", upkeep.FSCK),
    "gc": Document("What the store can spare", upkeep.GC),
    "graph": Document("The plan as a graph", planning.GRAPH),
    "history": Document("Every picture that the drawn steps of variants had", pictures.HISTORY),
    "key": Document("A new pair of keys", upkeep.KEY),
    "locales": Document("How the texts of each asset stand in each locale", texts.LOCALES),
    "lock": Document("One file of the lock", pictures.LOCK, closed=True),
    "locked": Document("How the lock stands, and what was resolved or removed", pictures.LOCKED),
    "log": Document("The recipe behind some bytes, the last step first", pictures.LOG),
    "manifest": Document("The pictures of a project, for whoever shows them", pictures.MANIFEST),
    "messages": Document("The messages that pictures use, for translators", texts.MESSAGES),
    "plan": Document("What a build would run, why, and what it costs", planning.PLAN),
    "preview": Document("What the page of `preview` is told", session.PREVIEW),
    "pull": Document("What was brought from the shared store", upkeep.PULL),
    "push": Document("What was published in the shared store", upkeep.PUSH),
    "render": Document("The requests as they would be sent", planning.RENDER),
    "reroll": Document("Which further takes were made", building.REROLL),
    "saved-plan": Document("A plan for `build --plan`", planning.SAVED_PLAN, closed=True),
}


def document_schema(name: str) -> Shape:
    """Return the JSON Schema of a document. Its `$id` is a name, not an address."""
    said, fields, is_closed = DOCUMENTS[name]
    full = f"assetforge.{name}/1"
    growing = "Nothing else may be in it." if is_closed else "Fields may be added."
    shape = _whole(full, fields)
    whole: Shape = {
        "$schema": DRAFT,
        "$id": f"urn:assetforge:{name}:1",
        "title": full,
        "description": f"{said}: {full}. {growing}",
        **{key: each for key, each in shape.items() if key != "description"},
    }
    if used := sorted(_used(whole)):
        whole["$defs"] = {each: DEFINITIONS[each] for each in used}
    return closed(whole) if is_closed else whole


def schema_text(name: str) -> str:
    """Return the schema of a document as it is published."""
    return json.dumps(document_schema(name), ensure_ascii=False, indent=2) + "\n"


def _whole(name: str, fields: Mapping[str, Shape] | tuple[events.Line, ...]) -> Shape:
    schema: Shape = {"const": name, "description": "Which document this is."}
    if isinstance(fields, Mapping):
        return record("", {"schema": schema, **fields})
    return either("", *(record(said, {"schema": schema, **line}) for said, line in fields))


def _used(shape: Any, known: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the names of all definitions that a shape refers to, and those that they do."""
    for name in _named(shape):
        if name not in known:
            known = _used(DEFINITIONS[name], known | {name})
    return known


def _named(shape: Any) -> Iterator[str]:
    if isinstance(shape, list):
        for each in shape:
            yield from _named(each)
    elif isinstance(shape, dict):
        if isinstance(reference := shape.get("$ref"), str):
            yield reference.removeprefix(REFERENCE)
        for each in shape.values():
            yield from _named(each)
