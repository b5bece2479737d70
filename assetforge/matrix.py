"""Variants: an asset multiplied by its axes, and the selectors that choose among them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import product
from typing import Any, TypeAlias

from assetforge.action import VariantName
from assetforge.errors import NothingSelected, did_you_mean
from assetforge.loader import Axis, Matrix
from assetforge.locales import InvalidLocale, is_pseudo, parse_locale

LOCALE = "locale"
"""The one axis whose values are locales."""

NOTHING_TOLD: Mapping[str, Any] = {}
"""What templates may read from a value that only has a name."""

LISTED = 20
"""Up to this many words an error lists."""


@dataclass(frozen=True, slots=True)
class Variant:
    """One point of one asset's matrix.

    `values` maps each axis to its value's name, in the order of the matrix; `attributes` maps each
    axis to what templates may read from that value: the same for equal values of one asset. `name`
    is the variant's path, such as `banner/wide/de`.
    """

    asset: str
    values: Mapping[str, str]
    attributes: Mapping[str, Mapping[str, Any]]
    name: VariantName = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", "/".join((self.asset, *self.values.values())))

    @property
    def locale(self) -> str | None:
        """The locale's id, or None when the asset has no axis `locale`."""
        return self.values.get(LOCALE)


def points(matrix: Matrix, locales: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield every point: the product of the axes, without the excluded, then the included ones."""
    axes, include, exclude = matrix.axes, matrix.include, matrix.exclude
    names = [axis.name for axis in axes]
    seen = set()
    for combination in product(*(_names(axis, locales) for axis in axes)):
        point = dict(zip(names, combination, strict=True))
        if not any(rule.items() <= point.items() for rule in exclude):
            if include:
                seen.add(combination)
            yield point
    for extra in include:
        combination = tuple(extra[axis.name] for axis in axes)
        if combination not in seen:
            seen.add(combination)
            yield {axis.name: extra[axis.name] for axis in axes}


def size_of_matrix(axes: Sequence[Axis], locales: Sequence[str]) -> int:
    """Return how many points the axes have, without making them."""
    count = 1
    for axis in axes:
        count *= len(_names(axis, locales))
    return count


Points: TypeAlias = dict[tuple[tuple[str, str], ...], dict[str, str]]
"""Points by their axes and values: assets that have the same share them."""


def expand(
    asset: str, matrix: Matrix, locales: Sequence[str], known_points: Points | None = None
) -> list[Variant]:
    """Return the variants of one asset, in the order the file lists the values."""
    shared = {} if known_points is None else known_points
    told = {axis.name: axis.values for axis in matrix.axes if not isinstance(axis.values, str)}
    known: dict[tuple[str, ...], Mapping[str, Mapping[str, Any]]] = {}
    variants = []
    for point in points(matrix, locales):
        slot = tuple(value for axis, value in point.items() if axis in told)
        if slot not in known:
            known[slot] = {
                axis: (told[axis].get(value) if axis in told else None) or NOTHING_TOLD
                for axis, value in point.items()
            }
        same = shared.setdefault(tuple(point.items()), point)
        variants.append(Variant(asset, same, known[slot]))
    return variants


def shared_axes(one: Variant, other: Variant) -> tuple[str, ...]:
    """Return the axes that two variants both have: the same for all variants of the two assets."""
    return tuple(axis for axis in one.values if axis in other.values)


def point_on(axes: Sequence[str], variant: Variant) -> tuple[str, ...]:
    """Return a variant's values on some of its axes."""
    return tuple(variant.values[axis] for axis in axes)


def _names(axis: Axis, locales: Sequence[str]) -> Sequence[str]:
    if isinstance(axis.values, str):
        return locales
    asked = filter(is_pseudo, locales if axis.name == LOCALE else ())
    return tuple(dict.fromkeys((*axis.values, *asked)))


def select(
    variants: Iterable[Variant],
    selectors: Sequence[str],
    locales: Sequence[str] = (),
    tags: Mapping[str, Sequence[str]] | None = None,
) -> list[Variant]:
    """Return the variants that any selector and any locale chooses, in their order.

    A selector is `tag:NAME`, or a path whose first part names the asset and whose other parts name
    axis values in order, any of them left out: `banner`, `banner/de`, `*/ja`, `banner/w*/de`.

    Raises:
        NothingSelected: a selector or locale matches nothing; says what comes closest.
    """
    all_variants = list(variants)
    if not selectors and not locales:
        return all_variants
    chosen = all_variants if not selectors else []
    wanted: set[VariantName] = {each.name for each in chosen}
    for selector in selectors:
        matched = {each.name for each in all_variants if _matches(selector, each, tags or {})}
        if not matched:
            raise NothingSelected(_nothing(selector, all_variants, tags or {}))
        wanted |= matched
    ids = {id for locale in locales for id in _ids_of(locale, all_variants)}
    result = [
        each for each in all_variants if each.name in wanted and (not locales or each.locale in ids)
    ]
    if not result and (selectors or locales):
        raise NothingSelected("no variant matches both the selector and the locale")
    return result


def _ids_of(locale: str, variants: Sequence[Variant]) -> set[str]:
    """Return the ids that variants have for a locale, however it is written.

    Raises:
        NothingSelected: no variant has this locale.
    """
    known = sorted({each.locale for each in variants if each.locale})
    found = {each for each in known if each == locale or _tag(each) == _tag(locale)}
    if not found:
        advice = did_you_mean(locale, known) or f"there are: {', '.join(known) or 'none'}"
        raise NothingSelected(f"no variant has the locale '{locale}'; {advice}")
    return found


def _tag(locale: str) -> str:
    try:
        return parse_locale(locale).tag
    except InvalidLocale:
        return locale


def _matches(selector: str, variant: Variant, tags: Mapping[str, Sequence[str]]) -> bool:
    if selector.startswith("tag:"):
        return selector[4:] in tags.get(variant.asset, ())
    first, *rest = selector.strip("/").split("/")
    if not fnmatchcase(variant.asset, first):
        return False
    remaining = iter(variant.values.values())
    return all(any(fnmatchcase(value, part) for value in remaining) for part in rest)


def _nothing(selector: str, variants: Sequence[Variant], tags: Mapping[str, Sequence[str]]) -> str:
    values = {value for each in variants for value in each.values.values()}
    words = {each.name for each in variants} | {each.asset for each in variants}
    words |= {f"tag:{tag}" for some in tags.values() for tag in some}
    if selector in values:
        advice = f"did you mean '*/{selector}'?"
    else:
        advice = did_you_mean(selector, words) or _known(selector, variants, values)
    return f"'{selector}' matches no variant; {advice}"


def _known(selector: str, variants: Sequence[Variant], values: Iterable[str]) -> str:
    """List what the part of a selector that is at fault could be."""
    assets = {each.asset for each in variants}
    first = selector.split("/")[0]
    named = any(fnmatchcase(asset, first) for asset in assets)
    kind, words = ("values", values) if named else ("assets", assets)
    shown = sorted(words)
    more = f" and {len(shown) - LISTED:,} more" if len(shown) > LISTED else ""
    return f"{kind} are: {', '.join(shown[:LISTED])}{more}"
