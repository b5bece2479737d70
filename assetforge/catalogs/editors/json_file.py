"""Edits JSON catalogs: flat or nested, plain or with the plural forms of i18next."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from assetforge.catalogs.editors.base import Change, Written, WrittenTexts
from assetforge.catalogs.editors.json_adding import added
from assetforge.catalogs.editors.json_members import Member, Path, members
from assetforge.catalogs.editors.json_style import style_of
from assetforge.catalogs.editors.raw_text import Patch, RawText
from assetforge.catalogs.formats.json_file import I18NEXT
from assetforge.catalogs.formats.json_text import JsonText, Leaf
from assetforge.catalogs.text import is_blank, plain_lines

OTHER: Final = "other"
CATEGORIES: Final = ("zero", "one", "two", "few", "many", OTHER)
_SUFFIXES: Final = tuple(f"_{each}" for each in CATEGORIES)
_ORDINAL: Final = "_ordinal"

KEPT: Final = 8
"""How many files are known as they were read: of one, many texts are asked for in a row."""


class JsonEditor:
    """Texts under keys; an id is the keys joined by dots."""

    @staticmethod
    def texts(file: str, syntax: str) -> WrittenTexts:
        """Return the texts of a file, those of an i18next plural as forms of one message."""
        return _texts(file, syntax)

    @staticmethod
    def forms(
        file: str, id: str, syntax: str, like: str, categories: Sequence[str]
    ) -> tuple[str, ...]:
        """Return the forms of an i18next plural: those of the file, and those its locale has."""
        known = JsonEditor.texts(file, syntax).get(id)
        if known is None and like:
            known = JsonEditor.texts(like, syntax).get(id)
            known = {OTHER: Written("")} if known and OTHER in known else None
        if known is None or "" in known:
            return ("",)
        ordinal = id.endswith(_ORDINAL)
        wanted = {*known, *(() if ordinal else categories)}
        return tuple(each for each in CATEGORIES if each in wanted)

    @staticmethod
    def edited(file: str, change: Change, syntax: str, like: str) -> str:
        """Return the file with one text changed, or one member more."""
        raw = RawText(file)
        style = style_of(raw.plain)
        written = style.string(change.text)
        leaf = _leaves(file)[1].get(_key(change))
        if leaf:
            return raw.patched([Patch(leaf[2], leaf[3], written)])
        model = _paths(like or file)
        path = _path(change, members(raw.plain), model)
        return raw.patched([added(raw.plain, path, written, style, _order(change, model))])

    @staticmethod
    def excerpt(file: str, id: str, syntax: str, like: str) -> str:
        """Return an object with the message alone."""
        style = style_of(file)
        texts = JsonEditor.texts(file, syntax).get(id, {})
        pairs = [
            f"{style.string(_key(Change(id, form, '')))}: {style.string(each.text)}"
            for form, each in texts.items()
        ]
        return f"{{{', '.join(pairs)}}}"


@lru_cache(maxsize=KEPT)
def _texts(file: str, syntax: str) -> WrittenTexts:
    spot, leaves = _leaves(file)
    single = {id: Written(_text(leaf), spot(leaf[2])[0]) for id, leaf in leaves.items()}
    plurals = _plurals(single) if syntax == I18NEXT else {}
    forms = {f"{id}_{form}" for id, found in plurals.items() for form in found}
    alone = {id: {"": text} for id, text in single.items() if id not in forms}
    return alone | plurals


def _key(change: Change) -> str:
    return f"{change.id}_{change.form}" if change.form else change.id


def _text(leaf: Leaf) -> str:
    return plain_lines(leaf[1]) if isinstance(leaf[1], str) else ""


def _leaves(file: str) -> tuple[Callable[[int], tuple[int, int]], dict[str, Leaf]]:
    """Return what tells the line of an offset, and the texts by id: of two the one that counts."""
    read = JsonText(RawText(file).plain, "")
    found: dict[str, Leaf] = {}
    for leaf in read.leaves:
        if leaf[1] is None or isinstance(leaf[1], str):
            id = ".".join(leaf[0])
            found[id] = _better(found[id], leaf) if id in found else leaf
    found.pop("", None)
    return read.spot, found


def _better(known: Leaf, leaf: Leaf) -> Leaf:
    """Return the text that the reader takes: the one that is not blank, or has fewer keys."""
    if is_blank(_text(known)) or is_blank(_text(leaf)):
        return leaf if is_blank(_text(known)) else known
    return min(known, leaf, key=lambda each: len(each[0]))


def _paths(file: str) -> list[Path]:
    """Return the keys that lead to each text, in the order of the file."""
    return [each[0] for each in JsonText(RawText(file).plain, "").leaves]


def _path(change: Change, there: Sequence[Member], model: Sequence[Path]) -> Path:
    """Return the keys that are to lead to a new text: nested as the file is, or as its model."""
    id = _key(change)
    alike = next((each for each in model if _is_form(".".join(each), change)), None)
    same = (*alike[:-1], f"{alike[-1].rpartition('_')[0]}_{change.form}") if alike else (id,)
    known = next((each for each in model if ".".join(each) == id), same)
    nested = any(each.is_object or len(each.path) > 1 for each in there)
    dotted = any("." in each.path[-1] for each in there)
    if dotted and not nested:
        return (id,)
    if nested and not dotted and len(known) == 1 and re.fullmatch(r"[\w-]+(\.[\w-]+)+", id):
        return tuple(id.split("."))
    return known


def _order(change: Change, model: Sequence[Path]) -> list[str]:
    """Return the ids in the order of the model; a form that it lacks stands behind the others."""
    ids = list(dict.fromkeys(".".join(each) for each in model))
    if change.form and _key(change) not in ids:
        last = [at for at, id in enumerate(ids) if _is_form(id, change)]
        ids.insert(last[-1] + 1 if last else len(ids), _key(change))
    return ids


def _is_form(id: str, change: Change) -> bool:
    """Tell whether an id is one form of the message that is changed."""
    return bool(change.form) and id in {f"{change.id}_{each}" for each in CATEGORIES}


def _plurals(texts: Mapping[str, Written]) -> dict[str, dict[str, Written]]:
    """Return the forms of the plurals of i18next: each has at least `other`."""
    found: dict[str, dict[str, Written]] = {}
    for id, text in texts.items():
        stem, _, form = id.rpartition("_")
        if stem and id.endswith(_SUFFIXES):
            found.setdefault(stem, {})[form] = text
    return {id: forms for id, forms in found.items() if OTHER in forms}
