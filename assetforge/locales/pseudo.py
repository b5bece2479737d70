"""Pseudo-locales: nobody speaks them; they show what a picture does with longer or turned text."""

from __future__ import annotations

from assetforge.locales.tags import InvalidLocale, Tag, canonical

PSEUDO_NAMES = {
    Tag("en", "", "XA"): "English (accented, longer)",
    Tag("ar", "", "XB"): "Arabic (right to left)",
    Tag("en", "", "XC"): "English (longest translation)",
}

PSEUDO = tuple(map(str, PSEUDO_NAMES))
"""Their tags. CLDR knows the first two by name only, the third is our own."""


def is_pseudo(id: str) -> bool:
    """Tell whether an id, in any usual spelling, is one of the pseudo-locales."""
    try:
        return canonical(id) in PSEUDO_NAMES
    except InvalidLocale:
        return False


def model(tag: Tag) -> Tag:
    """Return the tag whose rules a locale follows: of a pseudo-locale, its bare language."""
    return tag._replace(region="") if tag in PSEUDO_NAMES else tag
