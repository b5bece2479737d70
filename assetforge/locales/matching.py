"""Which locale's text a reader of another locale takes for their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Literal, TypeAlias

from babel.core import get_global

from assetforge.locales.pseudo import PSEUDO_NAMES
from assetforge.locales.tags import Tag, canonical, from_cldr, maximised, normal

StandIn: TypeAlias = Literal["", "region", "written-form", "language"]
"""How far the locale that supplied a text is from the one it is shown in: not at all, another
region's text, the other written form of Norwegian, another language or script."""


def candidates(want: str, available: Sequence[str]) -> list[str]:
    """Return the available ids whose text a reader of `want` takes for their own, best first.

    All are of the same language and script; a sibling region never stands in (`de` for `de-CH`).
    The exact id comes first. A pseudo-locale and others never stand in for each other.

    Raises:
        InvalidLocale: one of the ids is no language tag.
    """
    return list(_candidates(want, tuple(available)))


def clashes(ids: Iterable[str]) -> list[tuple[str, str]]:
    """Return every two ids that mean one locale, or that differ by case only.

    Raises:
        InvalidLocale: one of the ids is no language tag.
    """
    return clashing({id: str(canonical(id)) for id in ids})


def clashing(identities: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return every two ids, given with what decides who they are, that are one locale."""
    pairs = combinations(sorted(identities.items()), 2)
    return [(a, b) for (a, one), (b, two) in pairs if one == two or a.lower() == b.lower()]


def stand_in(want: str, supplier: str) -> StandIn:
    """Tell how the text of one locale stands in for that of another.

    Empty when the supplier is the locale itself or a parent of it (`es` for `es-MX`). `region` is
    as `pt-BR` for `pt-PT`, `written-form` as `nb` for `nn`: both are worth a warning. `language`
    is never among the candidates.

    Raises:
        InvalidLocale: one of the ids is no language tag.
    """
    return stand_in_of(canonical(want), canonical(supplier))


@lru_cache(maxsize=4096)
def stand_in_of(want: Tag, supplier: Tag) -> StandIn:
    """Tell the same of two canonical tags."""
    here, there = maximised(want), maximised(supplier)
    if {want.language, supplier.language} == {"nn", "no"}:
        return "written-form"
    if here[:2] != there[:2] or (want != supplier and {want, supplier} & PSEUDO_NAMES.keys()):
        return "language"
    return "" if here == there or supplier in chain(want) else "region"


@lru_cache(maxsize=4096)
def chain(tag: Tag) -> tuple[Tag, ...]:
    """Return a tag and its ever broader parents, all of one language and script."""
    parent = _parent(tag)
    return (tag,) if parent is None else (tag, *chain(parent))


def _parent(tag: Tag) -> Tag | None:
    wider = _wider(tag)
    return None if PSEUDO_NAMES.keys() & {tag, wider} else wider


def _wider(tag: Tag) -> Tag | None:
    """Return the next broader tag of the same language and script, or None."""
    if tag.variants:
        return tag._replace(variants=tag.variants[:-1])
    if not tag.region:
        return Tag("no") if tag == Tag("nn") else None
    listed = get_global("parent_exceptions").get(str(tag).replace("-", "_"))
    return normal(from_cldr(listed) if listed else tag._replace(region=""))


@lru_cache(maxsize=4096)
def _candidates(want: str, available: tuple[str, ...]) -> tuple[str, ...]:
    equal, alike = _index(available)
    found = [want] if want in available else []
    for tag in chain(canonical(want)):
        id = equal.get(tag) or alike.get(maximised(tag))
        if id is not None and id not in found:
            found.append(id)
    return tuple(found)


@lru_cache(maxsize=64)
def _index(available: tuple[str, ...]) -> tuple[dict[Tag, str], dict[Tag, str]]:
    """Return the ids by canonical tag and by maximised tag; of two that agree, the first."""
    tags = [(canonical(id), id) for id in reversed(available)]
    return dict(tags), {maximised(tag): id for tag, id in tags}
