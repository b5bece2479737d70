"""Language tags: every usual spelling of a locale id, read into one canonical form."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from babel.core import get_global

ADVICE = "write a language tag such as 'de', 'pt-BR' or 'zh-Hant-TW'"
MAX_ID_CHARACTERS = 100
UNKNOWN_SCRIPT = "Zzzz"  # ISO 15924: code for uncoded script

_NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx"})
_MODIFIERS = {"latin": "Latn", "cyrillic": "Cyrl", "arabic": "Arab", "devanagari": "Deva"} | {
    "valencia": "valencia",
    "tarask": "tarask",
    "euro": "",
}
_ALIASES = {"nb": "no", "nob": "no", "tgl": "fil"}
# CLDR would merge these into a neighbour that their readers do not take for their own.
_NO_ALIASES = frozenset({"kmr", "cnr", "pnb", "tw"})

_CODESET = r"(?i:utf-?8|iso-?8859-?[0-9]+|cp[0-9]+|koi8-[a-z]|euc-?[a-z]+|gb[0-9k]+|big5)"
_POSIX = re.compile(rf"([A-Za-z0-9_+-]+)(?:\.{_CODESET})?(?:@([A-Za-z0-9]+))?")
_GLUED = re.compile(r"([a-z]{2,3})([A-Z]{2})")
_ANDROID = re.compile(r"([a-z]{2,3})-r([A-Z]{2})")
_CHINESE = re.compile(r"zh-(yue|cmn|nan|hak|wuu|gan|hsn|lzh|cdo|cjy|cpx|czh|czo|mnp)(?=-|$)")
_SUBTAGS = re.compile(
    r"([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|[0-9]{3}))?"
    r"((?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"(?:-[a-wyz0-9](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
)


class InvalidLocale(ValueError):
    """An id that is no language tag; `str` says what to write instead."""


class Tag(NamedTuple):
    """The parts of a language tag that take part in matching."""

    language: str
    script: str = ""
    region: str = ""
    variants: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "-".join(filter(None, (self.language, self.script, self.region, *self.variants)))


@lru_cache(maxsize=4096)
def canonical(id: str) -> Tag:
    """Return the tag that decides whether two ids mean one locale.

    Raises:
        InvalidLocale: the id is no language tag.
    """
    body, modifier = _without_posix(id)
    match = _SUBTAGS.fullmatch(body)
    if match is None:
        raise invalid(id, "is no locale")
    language, script, region, variants = match.groups(default="")
    if language in _NO_LANGUAGE:
        raise invalid(id, "names no language")
    script, region = script.capitalize(), region.upper()
    if script and script not in scripts():
        raise invalid(id, f"has the unknown script '{script}'")
    named = list(filter(None, variants.split("-")))
    if modifier[:1].isupper():
        script = script or modifier
    elif modifier:
        named.append(modifier)
    return normal(_aliased(Tag(language, script, region, tuple(sorted(named)))))


def invalid(id: str, what: str, advice: str = ADVICE) -> InvalidLocale:
    """Return the error for an id: what is wrong with it, and what to write."""
    return InvalidLocale(f"{id[:MAX_ID_CHARACTERS]!r} {what}; {advice}")


@lru_cache(maxsize=1)
def scripts() -> frozenset[str]:
    """Return the scripts that some language is written in, by ISO 15924 code."""
    likely = get_global("likely_subtags").values()
    return frozenset(tag.split("_")[1] for tag in likely) | {UNKNOWN_SCRIPT}


def from_cldr(text: str) -> Tag:
    """Read a tag of Babel's tables: `sr_Latn`, `en_001`, `zh_Hant_HK`."""
    language, *rest = text.split("_")
    script = next((part for part in rest if len(part) == 4), "")
    region = next((part for part in rest if len(part) < 4), "")
    return Tag(language, script, region)


def maximised(tag: Tag) -> Tag:
    """Fill in the likely script and region, as far as CLDR lists the language or its heir."""
    language, script, region, variants = tag
    likely = get_global("likely_subtags")
    for parts in ((language, script, region), (language, region), (language, script), (language,)):
        full = likely.get("_".join(filter(None, parts)))
        if full is not None:
            _, likely_script, likely_region = full.split("_")
            return Tag(language, script or likely_script, region or likely_region, variants)
    heir = get_global("language_aliases").get(language)
    if heir is None:
        return tag
    _, likely_script, likely_region, _ = maximised(from_cldr(heir))
    return Tag(language, script or likely_script, region or likely_region, variants)


def language_of_country(id: str) -> str | None:
    """Return the language of the country whose code stands where a language should; or None.

    `jp` is no language: somebody means `ja`.

    Raises:
        InvalidLocale: the id is no language tag.
    """
    language, likely = canonical(id).language, get_global("likely_subtags")
    if language in likely or language in get_global("language_aliases"):
        return None
    full = likely.get(f"und_{language.upper()}")
    return full.split("_")[0] if full else None


def normal(tag: Tag) -> Tag:
    """Name the script where it is not the language's likely one, and only there.

    `zh-TW` becomes `zh-Hant-TW`, `zh-Hans-CN` becomes `zh-CN`; `zh-Hans-TW` stays.
    """
    usual = maximised(Tag(tag.language)).script
    regional = maximised(Tag(tag.language, "", tag.region)).script
    script = tag.script or regional
    return tag._replace(script="" if script == usual == regional else script)


def _without_posix(id: str) -> tuple[str, str]:
    """Return the id in lower-case BCP 47 form, and the script or variant of its `@modifier`."""
    match = _POSIX.fullmatch(id) if len(id) <= MAX_ID_CHARACTERS else None
    if match is None:
        raise invalid(id, "is no locale")
    if match[2] and match[2].lower() not in _MODIFIERS:
        raise invalid(id, f"has the unknown modifier '@{match[2]}'")
    body = match[1].replace("_", "-")
    if body.startswith("b+"):
        body = body[2:].replace("+", "-")
    written = _GLUED.fullmatch(body) or _ANDROID.fullmatch(body)
    body = f"{written[1]}-{written[2]}" if written else body
    return _CHINESE.sub(r"\1", body.lower()), _MODIFIERS[(match[2] or "euro").lower()]


def _aliased(tag: Tag) -> Tag:
    """Replace a retired language or region code by the one in use (`iw` by `he`, `UK` by `GB`)."""
    language, script, region = tag.language, "", ""
    successor = get_global("language_aliases").get(language, "")
    retired = language not in _NO_ALIASES and (len(language) == 2 or len(successor) != 3)
    if successor and retired:
        language, script, region, _ = from_cldr(successor)
    language = _ALIASES.get(language, language)
    heirs = get_global("territory_aliases").get(tag.region, [])
    here = heirs[0] if len(heirs) == 1 else tag.region
    return Tag(language, tag.script or script, here or region, tag.variants)
