"""The words that shapes are said in: each returns a JSON Schema, a field a line.

Every field of an object is required unless its name ends in `?`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

Shape: TypeAlias = dict[str, Any]


def text(said: str = "", pattern: str = "") -> Shape:
    """A text, of a pattern if there is one."""
    return _said(said, {"type": "string", **({"pattern": pattern} if pattern else {})})


def word(said: str, *choices: str) -> Shape:
    """One of some words."""
    return _said(said, {"enum": list(choices)})


def count(said: str, least: int = 0, most: int | None = None) -> Shape:
    """A whole number."""
    limit = {} if most is None else {"maximum": most}
    return _said(said, {"type": "integer", "minimum": least, **limit})


def number(said: str) -> Shape:
    """A number of 0 or more, with a fraction."""
    return _said(said, {"type": "number", "minimum": 0})


def flag(said: str) -> Shape:
    """True or false."""
    return _said(said, {"type": "boolean"})


def rows(said: str, items: Shape, least: int = 0, most: int | None = None) -> Shape:
    """A list."""
    limits = {"minItems": least} if least else {}
    limits |= {} if most is None else {"maxItems": most}
    return _said(said, {"type": "array", "items": items, **limits})


def mapping(said: str, values: Shape) -> Shape:
    """An object whose names are not known before."""
    return _said(said, {"type": "object", "additionalProperties": values})


def anything(said: str) -> Shape:
    """Any JSON value."""
    return _said(said, {})


def whatever(said: str) -> Shape:
    """An object whose fields depend on what it describes."""
    return _said(said, {"type": "object"})


def either(said: str, *shapes: Shape) -> Shape:
    """One of some shapes."""
    return _said(said, {"anyOf": list(shapes)})


def record(said: str, fields: Mapping[str, Shape]) -> Shape:
    """An object with these fields; a name that ends in `?` may be left out."""
    named = {name.removesuffix("?"): shape for name, shape in fields.items()}
    required = [name for name in fields if not name.endswith("?")]
    wanted = {"required": required} if required else {}
    return _said(said, {"type": "object", **wanted, "properties": named})


def part(name: str, said: str = "") -> Shape:
    """What `assetforge.shapes.parts` calls so."""
    return _said(said, {"$ref": f"#/$defs/{name}"})


def or_null(shape: Shape) -> Shape:
    """The same, or null."""
    if "enum" in shape:
        return shape | {"enum": [*shape["enum"], None]}
    if "type" in shape:
        return shape | {"type": [shape["type"], "null"]}
    rest = {name: each for name, each in shape.items() if name != "description"}
    return _said(shape.get("description", ""), {"anyOf": [rest, {"type": "null"}]})


def closed(shape: Any) -> Any:
    """Return a shape in which no object has a field that is not described."""
    if isinstance(shape, list):
        return [closed(each) for each in shape]
    if not isinstance(shape, dict):
        return shape
    inner = {name: closed(each) for name, each in shape.items()}
    if isinstance(shape.get("properties"), dict) and "type" in shape:
        inner.setdefault("additionalProperties", False)
    return inner


def _said(said: str, shape: Shape) -> Shape:
    return {"description": said, **shape} if said else shape
