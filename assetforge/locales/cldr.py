"""The data that CLDR has for a locale, or for the nearest one of its parents."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

from babel.core import Locale as CldrLocale
from babel.core import UnknownLocaleError

from assetforge.locales.matching import chain
from assetforge.locales.pseudo import model
from assetforge.locales.tags import Tag, maximised


@lru_cache(maxsize=4096)
def nearest(tag: Tag) -> CldrLocale | None:
    """Return the nearest locale of the tag's chain that Babel knows; None when it lacks all."""
    for each in chain(model(tag)):
        for form in map(str, (each, maximised(each))):
            with suppress(UnknownLocaleError, ValueError):
                return CldrLocale.parse(form, sep="-", resolve_likely_subtags=False)
    return None
