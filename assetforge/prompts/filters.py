"""The filters of templates: Jinja2's that can do no harm, bounded ones, and our own.

Constant arguments of filters are folded when Jinja2 compiles, unless the filter takes the context;
so every filter that knows the locale does.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import wraps
from typing import Any

from jinja2 import pass_context
from jinja2.exceptions import SecurityError
from jinja2.runtime import Context

from assetforge import locales
from assetforge.prompts.bounds import MAX_VALUE, refuse_large
from assetforge.prompts.values import AxisValue, attribute, printable
from assetforge.quotation import quoted

Filter = Callable[..., Any]

FILTERS = frozenset(
    {
        "abs",
        "attr",
        "capitalize",
        "count",
        "d",
        "default",
        "dictsort",
        "first",
        "float",
        "groupby",
        "int",
        "items",
        "last",
        "length",
        "list",
        "lower",
        "map",
        "max",
        "min",
        "reject",
        "rejectattr",
        "reverse",
        "select",
        "selectattr",
        "sort",
        "string",
        "sum",
        "title",
        "trim",
        "truncate",
        "unique",
        "upper",
        "urlencode",
        "wordcount",
    }
)
"""Jinja2's filters that can do no harm. `random` is not among them, nor those for HTML."""

PADDING_FILTERS = ("batch", "center", "indent", "join", "round", "slice", "wordwrap")
"""Jinja2's filters that make a large value of a large option: it is bounded here."""

LOCALE_FILTERS = {
    "number": None,
    "percent": None,
    "currency": "a currency such as 'EUR'",
    "date": f"one of {', '.join(map(repr, locales.DATE_STYLES))}",
}
"""Filters that write a value as the variant's locale does → what they take in parentheses."""


def make_filters(given: Mapping[str, Filter], locale: str) -> dict[str, Filter]:
    """Return all filters that a template may name, made of those of Jinja2 and our own.

    `locale` is whose numbers and dates are written where the context has no `locale`.
    """
    return {
        **{name: given[name] for name in FILTERS},
        **{name: _modest(given[name]) for name in PADDING_FILTERS},
        **{name: _formatter(name, locale) for name in LOCALE_FILTERS},
        "quoted": _quoted,
        "replace": _replaced,
        "tojson": _json,
    }


@pass_context
def _quoted(context: Context, text: object) -> str:
    return quoted(printable(text))


def _formatter(name: str, default_locale: str) -> Filter:
    """Return the function of `locales` as a filter for the locale that is being rendered."""
    wanted = LOCALE_FILTERS[name]

    @pass_context
    def formatted(context: Context, value: object, *options: str) -> str:
        if len(options) != (1 if wanted else 0):
            raise TypeError(f"'{name}' takes {wanted or 'nothing'} in parentheses")
        locale = context.get("locale") or default_locale
        if isinstance(locale, AxisValue):
            locale = attribute(locale, "tag", locale)
        return str(getattr(locales, name)(value, *options, locale=str(locale)))

    return formatted


def _modest(padding: Filter) -> Filter:
    """Return a filter of Jinja2 that takes no large option."""
    first = 2 if hasattr(padding, "jinja_pass_arg") else 1

    @wraps(padding)
    def modest(*arguments: Any, **options: Any) -> Any:
        for each in (*arguments[first:], *options.values()):
            refuse_large(each)
        return padding(*arguments, **options)

    return modest


def _replaced(text: object, old: str, new: str, count: int = -1) -> str:
    written = str(text)
    times = written.count(old) if count < 0 else min(count, written.count(old))
    if len(written) + times * len(new) > MAX_VALUE:
        raise SecurityError(f"a text gets longer than {MAX_VALUE:,}")
    return written.replace(old, new, count)


def _json(value: Any, indent: int | None = None) -> str:
    refuse_large(indent)
    return json.dumps(printable(value), ensure_ascii=False, indent=indent, default=_plain)


def _plain(value: Any) -> Any:
    """Return what JSON knows in place of a value it does not."""
    if isinstance(value, Decimal):
        return float(value)
    return dict(value) if isinstance(value, Mapping) else str(value)
