"""What a locale is called, in English and in its own language."""

from __future__ import annotations

from functools import lru_cache

from babel.core import Locale as CldrLocale

from assetforge.locales.cldr import nearest
from assetforge.locales.pseudo import PSEUDO_NAMES
from assetforge.locales.tags import Tag, maximised

_NAMED_WITH_SCRIPT = frozenset({"zh", "sr"})


def english_name(tag: Tag) -> str:
    """Return such as `German (Switzerland)`; empty when CLDR has no name."""
    return PSEUDO_NAMES.get(tag) or _name(tag, "en")


def native_name(tag: Tag) -> str:
    """Return such as `Deutsch (Schweiz)`; empty when CLDR has none in the language itself."""
    own = nearest(tag)
    return PSEUDO_NAMES.get(tag) or (own and _name(tag, str(own))) or ""


@lru_cache(maxsize=4096)
def _name(tag: Tag, shown_in: str) -> str:
    """Return `Language (Script, Region)` in a language that Babel knows, or an empty text."""
    names = CldrLocale.parse(shown_in)
    # CLDR's 'no' covers both written forms; catalogs called 'no' or 'nb' hold Bokmål.
    language = names.languages.get("nb" if tag.language == "no" else tag.language, "")
    script = tag.script or (maximised(tag).script if tag.language in _NAMED_WITH_SCRIPT else "")
    details = [
        names.scripts.get(script, script),
        names.territories.get(tag.region, tag.region),
        *(names.variants.get(variant.upper(), variant) for variant in tag.variants),
    ]
    in_detail = f" ({', '.join(filter(None, details))})" if any(details) else ""
    return f"{language}{in_detail}" if language else ""
