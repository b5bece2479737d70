"""JSON as people read it: the very text of `json.dumps(…, ensure_ascii=False, indent=2)`, quicker.

The library's own writer of indented text is no compiled one, and gives all of it at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from json.encoder import encode_basestring
from typing import Final

from assetforge.digest import Json

WORDS: Final = {True: "true", False: "false", None: "null"}

INDENT: Final = "  "


def json_text(value: Json, *, sort_keys: bool = False, line: str = "\n") -> str:
    """Return the text of a value, without a line break at its end.

    Args:
        value: made of plain types; of others, whatever `json` makes of them.
        sort_keys: whether the keys of each mapping are sorted.
        line: a line break, and the blanks that stand before what closes the value.
    """
    kind = type(value)
    if kind is str:
        return encode_basestring(value)  # type: ignore[arg-type]  # it is a text
    if kind is int:
        return repr(value)
    if isinstance(value, dict):
        return _mapping(value, sort_keys=sort_keys, line=line)
    if isinstance(value, (list, tuple)):
        if not value:
            return "[]"
        inner = line + INDENT
        items = [json_text(each, sort_keys=sort_keys, line=inner) for each in value]
        return f"[{inner}{f',{inner}'.join(items)}{line}]"
    if value is None or kind is bool:
        return WORDS[value]  # type: ignore[index]  # it is one of these
    return json.dumps(value, ensure_ascii=False)


def _mapping(value: dict[str, Json], *, sort_keys: bool, line: str) -> str:
    if not value:
        return "{}"
    inner = line + INDENT
    pairs = sorted(value.items()) if sort_keys else value.items()
    items = [
        f"{encode_basestring(key)}: {encode_basestring(each)}"
        if type(each) is str
        else f"{encode_basestring(key)}: {json_text(each, sort_keys=sort_keys, line=inner)}"
        for key, each in pairs
    ]
    return f"{{{inner}{f',{inner}'.join(items)}{line}}}"


def json_pieces(document: Mapping[str, Json | Iterator[Json]]) -> Iterator[str]:
    """Yield the text of a document piece by piece, without a line break at its end.

    An iterator in it is a list that is gone through item by item: no more than one is in memory.
    """
    before = "{"
    for name, value in document.items():
        yield f"{before}\n{INDENT}{encode_basestring(name)}: "
        before = ","
        if isinstance(value, Iterator):
            yield from _listed(value)
        else:
            yield json_text(value, line="\n" + INDENT)
    yield "\n}" if document else "{}"


def _listed(items: Iterator[Json]) -> Iterator[str]:
    line = "\n" + INDENT * 2
    before = "["
    for each in items:
        yield f"{before}{line}{json_text(each, line=line)}"
        before = ","
    yield "[]" if before == "[" else f"\n{INDENT}]"
