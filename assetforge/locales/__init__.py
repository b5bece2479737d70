"""Locales: what an id means, which other ids may stand in for it, and how it writes numbers.

The one door to Babel. A locale has two values: its *id*, exactly as the user wrote it, and its
canonical *tag*, which is used for matching only. Babel's tables (CLDR) are read, but not its
`Locale.parse` for identity: it rewrites ids (`tl` to `fil_PH`) and refuses real ones (`no_NO`).

`tags` reads ids, `matching` says which locale's text another one takes, `known` adds the locales
that a project declares. `cldr` finds Babel's data of a locale; `formats`, `plurals` and `naming`
use it. `exact` has numbers and days as they are before a locale writes them. `pseudo` names the
locales that nobody speaks.

`formats` is loaded when something is first written: most pictures show no number, and Babel takes
as long to load as a few pictures to plan.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from assetforge.locales.exact import DATE_STYLES, Day, Number
from assetforge.locales.known import CustomLocale, KnownLocales
from assetforge.locales.locale import Locale, parse_locale
from assetforge.locales.matching import StandIn, candidates, clashes, stand_in
from assetforge.locales.plurals import plural_categories, plural_category
from assetforge.locales.pseudo import PSEUDO, is_pseudo
from assetforge.locales.tags import ADVICE, InvalidLocale, language_of_country

if TYPE_CHECKING:
    from assetforge.locales.formats import currency, date, formats_of, number, percent

__all__ = [
    "ADVICE",
    "DATE_STYLES",
    "PSEUDO",
    "CustomLocale",
    "Day",
    "InvalidLocale",
    "KnownLocales",
    "Locale",
    "Number",
    "StandIn",
    "candidates",
    "clashes",
    "currency",
    "date",
    "formats_of",
    "is_pseudo",
    "language_of_country",
    "number",
    "parse_locale",
    "percent",
    "plural_categories",
    "plural_category",
    "stand_in",
]

_FORMATS = frozenset({"currency", "date", "formats_of", "number", "percent"})


def __getattr__(name: str) -> Any:
    """Return a function of `formats`, loading it if need be."""
    if name in _FORMATS:
        return getattr(import_module("assetforge.locales.formats"), name)
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
