"""The copy of four real projects, whole: what their catalogs hold."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import PIL.Image
import polib
import pytest
from fluent.syntax import FluentParser, ast

from assetforge import registry
from assetforge.catalogs.lookup import Catalogs
from assetforge.messages.pattern import choices
from assetforge.pipeline import Locales
from tests.real_copy import SETS, unpack
from tests.space import Space


class Entry(NamedTuple):
    """One message of one locale; `catalog` is the name that the pipeline file gives."""

    catalog: str
    locale: str
    id: str
    state: str = ""
    plural: bool = False
    select: bool = False


class Counts(NamedTuple):
    """What one locale of one catalog holds; `missing` are messages of the source locale."""

    messages: int
    translated: int
    missing: int
    fuzzy: int
    plurals: int
    selects: int


def counted(entries: Iterable[Entry], source: set[tuple[str, str]]) -> dict[str, Counts]:
    """Return the counts by catalog and locale; `source` are catalogs and ids."""
    groups: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[entry.catalog, entry.locale].append(entry)
    return {
        f"{catalog}/{locale}": Counts(
            messages=len(group),
            translated=sum(not each.state for each in group),
            missing=len(
                {id for name, id in source if name == catalog}
                - {each.id for each in group if not each.state}
            ),
            fuzzy=sum(each.state == "fuzzy" for each in group),
            plurals=sum(each.plural for each in group),
            selects=sum(each.select for each in group),
        )
        for (catalog, locale), group in groups.items()
    }


def in_catalog(name: str, id: str) -> tuple[str, str]:
    """Return catalog and id of a message of a set."""
    named = SETS[name]["catalogs"]
    if isinstance(named, dict) and "path" not in named:
        catalog, _, id = id.partition(".")
        return catalog, id
    return "", id


def loaded(name: str, root: Path) -> dict[str, Counts]:
    """Return what assetforge counts in a set."""
    catalogs = Catalogs.open(
        Locales.model_validate(SETS[name]), root, registry.names(registry.CATALOGS), registry.reader
    )
    assert catalogs.problems() == []
    entries = []
    for locale in catalogs.locales:
        for id, message, _ in catalogs.entries(locale):
            kinds = {choice.kind for choice in choices(message.value)}
            plural, select = not kinds.isdisjoint(("plural", "gettext")), "select" in kinds
            catalog, own_id = in_catalog(name, id)
            entries.append(Entry(catalog, locale, own_id, message.state, plural, select))
    return counted(entries, {in_catalog(name, id) for id in catalogs.ids(catalogs.source)})


def django(root: Path) -> dict[str, Counts]:
    """Count with polib, which knows which entries are translated.

    A msgid says what it is in the source locale, but for one small word, which may be a key.
    """
    entries, source = [], set()
    folders = {"docs": "docs/locale", "dashboard": "dashboard/locale", "site": "locale"}
    for catalog, folder in folders.items():
        for path in (root / folder).glob("*/LC_MESSAGES/django.po"):
            locale = path.parent.parent.name
            for entry in polib.pofile(str(path)):
                if entry.obsolete:
                    continue
                id = f"{entry.msgctxt}|{entry.msgid}" if entry.msgctxt else entry.msgid
                fuzzy = "fuzzy" if entry.fuzzy else ""
                state = fuzzy or ("" if entry.translated() else "empty")
                plural = bool(entry.msgid_plural) and entry.translated()
                entries.append(Entry(catalog, locale, id, state, plural))
                if not re.fullmatch("[a-z]+", entry.msgid) or (locale == "en" and not state):
                    source.add((catalog, id))
    return counted(entries, source)


def flathub(root: Path) -> dict[str, Counts]:
    """Count in a walk through what the json module reads; plurals by a regular expression."""
    entries: list[Entry] = []
    for path in root.glob("frontend/public/locales/*/common.json"):
        for id, text in leaves(json.loads(path.read_text(encoding="utf-8"))):
            plural = bool(re.search(r",\s*plural\s*,", text))
            entries.append(Entry("", path.parent.name, id, "" if text.strip() else "empty", plural))
    return counted(entries, {("", each.id) for each in entries if each.locale == "en"})


def leaves(value: Any, *keys: str) -> Iterator[tuple[str, str]]:
    """Yield every text inside a JSON object with the keys that lead to it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, *keys, key)
    else:
        yield ".".join(keys), value or ""


def mozilla(root: Path) -> dict[str, Counts]:
    """Count in the tree of fluent.syntax: messages and terms with a value, and attributes.

    A plural chooses by CLDR's categories or by numbers, a select by other words.
    """
    entries = [
        Entry("", path.relative_to(root).parts[0], id, "", "plural" in kinds, "select" in kinds)
        for path in root.glob("*/**/*.ftl")
        for id, pattern in patterns(FluentParser().parse(path.read_text(encoding="utf-8")).body)
        for kinds in [set(kinds_of(pattern))]
    ]
    return counted(entries, {("", each.id) for each in entries if each.locale == "en"})


def patterns(body: Iterable[ast.EntryType]) -> Iterator[tuple[str, ast.Pattern]]:
    for entry in body:
        assert not isinstance(entry, ast.Junk)
        if isinstance(entry, ast.Message | ast.Term):
            id = f"-{entry.id.name}" if isinstance(entry, ast.Term) else entry.id.name
            if entry.value:
                yield id, entry.value
            for attribute in entry.attributes:
                yield f"{id}.{attribute.id.name}", attribute.value


def kinds_of(node: ast.BaseNode) -> Iterator[str]:
    """Yield `plural` or `select` for every choice inside a node."""
    if isinstance(node, ast.SelectExpression):
        keys = [getattr(each.key, "name", "other") for each in node.variants]
        categories = {"zero", "one", "two", "few", "many", "other"}
        yield "plural" if categories.issuperset(keys) else "select"
    for value in vars(node).values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, ast.BaseNode):
                yield from kinds_of(each)


def thunderbird(root: Path) -> dict[str, Counts]:
    """Count files; one that holds nothing but space is empty."""
    catalogs = {"com.fsck.k9": "k9", "net.thunderbird.android": "thunderbird"}
    entries = [
        Entry(
            catalogs[path.parent.parent.name],
            path.parent.name,
            path.stem,
            "" if path.read_text(encoding="utf-8").strip() else "empty",
        )
        for path in root.glob("app-metadata/*/*/*.txt")
    ]
    return counted(entries, {(e.catalog, e.id) for e in entries if e.locale == "en-US"})


TOTALS = {
    "django": Counts(2159, 1838, 3118, 0, 36, 0),
    "flathub": Counts(13941, 13941, 3279, 0, 16, 0),
    "mozilla": Counts(13771, 13771, 13589, 0, 0, 217),
    "thunderbird": Counts(311, 311, 28, 0, 0, 0),
}


@pytest.mark.parametrize("count", [django, flathub, mozilla, thunderbird])
def test_a_real_set_holds_what_other_programs_count(count, tmp_path):
    unpack(count.__name__, tmp_path)

    found = loaded(count.__name__, tmp_path)

    assert found == count(tmp_path)
    assert Counts(*map(sum, zip(*found.values(), strict=True))) == TOTALS[count.__name__]


GRAPHICS: dict[str, tuple[list[str], dict[str, str]]] = {
    "django": (["el", "ja", "ky"], {"headline": "docs.Documentation"}),
    "flathub": (["ar", "hi", "zh-Hant"], {"headline": "flathub", "subline": "about"}),
    "mozilla": (["he", "ka", "th"], {"headline": "banner-firefox-app-store-title"}),
    "thunderbird": (["bn", "ko-KR", "ta-IN"], {"headline": "thunderbird.title"}),
}
"""Set → locales of different scripts, and what their pictures show."""


@pytest.mark.parametrize("name", GRAPHICS)
def test_a_feature_graphic_of_a_real_set_is_drawn_in_every_script(name, tmp_path):
    """A glyph that no font has, or words that do not fit, would fail the build."""
    locales, copy = GRAPHICS[name]
    unpack(name, tmp_path)
    space = Space(tmp_path)
    step = {"compose": "A calm scene.", "size": "1024x500", "copy": copy}
    matrix = {"locale": "all"}
    graphic = {"matrix": matrix, "steps": [step], "output": "out/{locale}.png"}
    document = {
        "version": 1,
        "locales": {**SETS[name], "targets": locales},
        "assets": {"graphic": graphic},
    }
    space.write("assetforge.yaml", json.dumps(document))

    space.build()

    pictures = space.outputs()
    assert sorted(pictures) == [f"out/{locale}.png" for locale in sorted(locales)]
    assert len(set(pictures.values())) == len(locales)
    assert {PIL.Image.open(BytesIO(picture)).size for picture in pictures.values()} == {(1024, 500)}
