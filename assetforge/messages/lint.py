"""Forms that a message lacks for numbers of its language."""

from __future__ import annotations

from decimal import Decimal

from assetforge import locales
from assetforge.messages.pattern import Choice, Value, choices, exact_key

_LARGEST_COUNT = 200  # as far as rules of CLDR look, apart from millions


def missing_categories(value: Value, locale: str) -> tuple[tuple[str, str], ...]:
    """Return the plural categories that a message has no form for, with a number of each.

    Forms of exact numbers count: where 1 is the only number of `one`, `=1` will do. Messages inside
    forms are looked at too; each category is named once.

    Args:
        value: what the message says.
        locale: tag of the locale that it is written in.

    Raises:
        InvalidLocale: the locale is no language tag.
    """
    found: dict[str, str] = {}
    for choice in choices(value):
        if choice.kind in ("plural", "ordinal"):
            for category, sample in _missing(choice, locale):
                found.setdefault(category, sample)
    return tuple(found.items())


def _missing(choice: Choice, locale: str) -> list[tuple[str, str]]:
    ordinal = choice.kind == "ordinal"
    keys = {key for key, _ in choice.cases}
    needed = locales.plural_categories(locale, ordinal)
    lacking = {category: sample for category, sample in needed.items() if category not in keys}
    return [
        (category, left)
        for category, sample in lacking.items()
        if (left := _left(choice, keys, category, sample, locale))
    ]


def _left(choice: Choice, keys: set[str], category: str, sample: str, locale: str) -> str:
    """Return the first count of a category that no exact form is for; empty if there is none."""
    ordinal = choice.kind == "ordinal"
    if not any(key.startswith("=") for key in keys):
        return str(Decimal(sample) + choice.offset)
    for count in (*range(1, _LARGEST_COUNT + 1), 0):
        fits = locales.plural_category(locale, count - choice.offset, ordinal) == category
        if fits and exact_key(Decimal(count)) not in keys:
            return str(count)
    return "" if Decimal(sample) == int(Decimal(sample)) else sample
