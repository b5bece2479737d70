"""Plural categories: which form of a text goes with a number, by the rules of CLDR."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType

from babel.plural import PluralRule

from assetforge.locales.cldr import nearest
from assetforge.locales.exact import exact_number
from assetforge.locales.tags import canonical

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
_LARGEST_SAMPLE = 200  # CLDR's rules look at the last two digits; more adds millions only


def plural_category(locale: str, number: int | Decimal | str, ordinal: bool = False) -> str:
    """Return the category of a number: `zero`, `one`, `two`, `few`, `many` or `other`.

    A number is as it is seen: in English `1` is `one`, and `1.0` is `other`. A language that CLDR
    lacks has `other` only.

    Raises:
        InvalidLocale: the id is no language tag.
        ValueError: the number is none, or too long for a picture.
    """
    rule = _rule(locale, ordinal)
    return rule(exact_number(number)) if rule else "other"


@lru_cache(maxsize=1024)
def plural_categories(locale: str, ordinal: bool = False) -> Mapping[str, str]:
    """Return the categories that a locale's texts need, in CLDR's order, with a sample of each.

    The sample is the smallest whole number above zero, else zero, else the smallest decimal.
    Those of millions, such as `many` in French, are left out: texts hardly ever have them.

    Raises:
        InvalidLocale: the id is no language tag.
    """
    found: dict[str, str] = {}
    for sample in _samples(ordinal):
        found.setdefault(plural_category(locale, sample, ordinal), sample)
    known = {category: found[category] for category in CATEGORIES if category in found}
    return MappingProxyType(known)


def _samples(ordinal: bool) -> Iterator[str]:
    yield from map(str, (*range(1, _LARGEST_SAMPLE + 1), 0))
    if not ordinal:
        yield from (f"{tenths / 10:.1f}" for tenths in (*range(1, 101), 0))


@lru_cache(maxsize=1024)
def _rule(locale: str, ordinal: bool) -> PluralRule | None:
    known = nearest(canonical(locale))
    if known is None:
        return None
    return known.ordinal_form if ordinal else known.plural_form
