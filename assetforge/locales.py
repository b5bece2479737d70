"""Locales: what an id means, which other ids may stand in for it, and how it writes numbers.

The one door to Babel. A locale has two values: its *id*, exactly as the user wrote it, and its
canonical *tag*, which is used for matching only. Babel's tables (CLDR) are read, but not its
`Locale.parse` for identity: it rewrites ids (`tl` to `fil_PH`) and refuses real ones (`no_NO`).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import combinations
from typing import Literal, NamedTuple, TypeAlias, cast, get_args

from babel.core import Locale as BabelLocale
from babel.core import UnknownLocaleError, get_global
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, list_currencies

from assetforge.errors import did_you_mean

ADVICE = "write a language tag such as 'de', 'pt-BR' or 'zh-Hant-TW'"
MAX_ID_CHARACTERS = 100
MAX_DIGITS = 30  # of a number in a picture
UNKNOWN_SCRIPT = "Zzzz"  # ISO 15924: code for uncoded script

# Scripts that run right to left; agrees with Babel on every locale that Babel knows.
RIGHT_TO_LEFT = frozenset(
    ["Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Mand", "Samr", "Rohg", "Yezi", "Mend"]
)

_NO_LANGUAGE = frozenset({"und", "mul", "mis", "zxx"})
_MODIFIERS = {"latin": "Latn", "cyrillic": "Cyrl", "arabic": "Arab", "devanagari": "Deva"} | {
    "valencia": "valencia",
    "tarask": "tarask",
    "euro": "",
}
_ALIASES = {"nb": "no", "nob": "no", "tgl": "fil"}
# CLDR would merge these into a neighbour that their readers do not take for their own.
_NO_ALIASES = frozenset({"kmr", "cnr", "pnb", "tw"})
_NAMED_WITH_SCRIPT = frozenset({"zh", "sr"})

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

_BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_PLAIN = str.maketrans("\u00a0\u202f\u2009", "   ", _BIDI_CONTROLS)

Day: TypeAlias = datetime.date | str
_DateStyle: TypeAlias = Literal["short", "medium", "long", "full"]
DATE_STYLES: tuple[str, ...] = get_args(_DateStyle)

Number: TypeAlias = int | float | Decimal | str
"""A number; text such as `19.99` is read exactly."""


class InvalidLocale(ValueError):
    """An id that is no language tag; `str` says what to write instead."""


class _Tag(NamedTuple):
    """The parts of a language tag that take part in matching."""

    language: str
    script: str = ""
    region: str = ""
    variants: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "-".join(filter(None, (self.language, self.script, self.region, *self.variants)))


@dataclass(frozen=True, slots=True)
class Locale:
    """A locale of the project, as templates see it.

    Attributes:
        id: as the user wrote it, never rewritten: folders, columns and output paths use it.
        tag: canonical BCP 47 tag, such as `zh-Hant-TW` for `zh_TW`; equal tags are one locale.
        language: ISO 639 code, lower case.
        script: ISO 15924 code, also when the id leaves it out; `Zzzz` when nobody knows.
        region: ISO 3166 code or UN number; empty when the id names none.
        direction: how lines run, `ltr` or `rtl`.
    """

    id: str
    tag: str
    language: str
    script: str
    region: str
    direction: str

    @property
    def name(self) -> str:
        """The English name, such as `German (Switzerland)`; the id when CLDR has none."""
        return _display_name(self.id, "en") or self.id

    english_name = name  # both words are usual in templates

    @property
    def native_name(self) -> str:
        """The name in the locale's own language, else the English one."""
        own = _formatting_locale(self.id)
        return (own and _display_name(self.id, str(own))) or self.name


@lru_cache(maxsize=4096)
def parse_locale(id: str) -> Locale:
    """Read a locale id in any usual spelling: `pt-BR`, `pt_BR.UTF-8`, `sr@latin`, `b+es+419`.

    Raises:
        InvalidLocale: the id is no language tag.
    """
    tag = _canonical(id)
    script = _maximised(tag).script or UNKNOWN_SCRIPT
    direction = "rtl" if script in RIGHT_TO_LEFT else "ltr"
    return Locale(id, str(tag), tag.language, script, tag.region, direction)


def candidates(want: str, available: Sequence[str]) -> list[str]:
    """Return the available ids whose text a reader of `want` takes for their own, best first.

    All are of the same language and script; a sibling region never stands in (`de` for `de-CH`).
    The exact id comes first.

    Raises:
        InvalidLocale: one of the ids is no language tag.
    """
    return list(_candidates(want, tuple(available)))


def clashes(ids: Iterable[str]) -> list[tuple[str, str]]:
    """Return every two ids that mean one locale, or that differ by case only.

    Raises:
        InvalidLocale: one of the ids is no language tag.
    """
    pairs = combinations(sorted(set(ids)), 2)
    return [(a, b) for a, b in pairs if a.lower() == b.lower() or _canonical(a) == _canonical(b)]


def number(value: Number, locale: str, default: str = "en", normalize_spaces: bool = True) -> str:
    """Return a number as the locale writes it, with all its decimals.

    For a language whose formats CLDR lacks, `default` gives them (see `formats_of`). With
    `normalize_spaces`, no-break spaces become plain and bidi controls go: models ignore both.

    Raises:
        ValueError: the value is no number, or too long for a picture.
    """
    exact, formats = _decimal(value), _formats(locale, default)
    text = format_decimal(exact, locale=formats, decimal_quantization=False)
    return text.translate(_PLAIN) if normalize_spaces else text


def percent(value: Number, locale: str, default: str = "en", normalize_spaces: bool = True) -> str:
    """Return a share as the locale writes it: 0.25 as `25%` or `25 %`; the rest as in `number`.

    Raises:
        ValueError: the value is no number, or too long for a picture.
    """
    exact, formats = _decimal(value), _formats(locale, default)
    text = format_percent(exact, locale=formats, decimal_quantization=False)
    return text.translate(_PLAIN) if normalize_spaces else text


def currency(
    value: Number, code: str, locale: str, default: str = "en", normalize_spaces: bool = True
) -> str:
    """Return a price as the locale writes it; `code` is ISO 4217; the rest as in `number`.

    Raises:
        ValueError: the value is no number, or the code is no currency.
    """
    known = list_currencies()
    if code not in known:
        advice = did_you_mean(str(code).upper(), known) or "write an ISO 4217 code such as 'EUR'"
        raise ValueError(f"unknown currency '{code}'; {advice}")
    exact, formats = _decimal(value), _formats(locale, default)
    text = format_currency(exact, code, locale=formats, decimal_quantization=False)
    return text.translate(_PLAIN) if normalize_spaces else text


def date(
    value: Day, style: str, locale: str, default: str = "en", normalize_spaces: bool = True
) -> str:
    """Return a day as the locale writes it; a text is read as `2026-11-21`.

    Raises:
        ValueError: the value is no day, or the style is none of `DATE_STYLES`.
    """
    if style not in DATE_STYLES:
        raise ValueError(f"unknown date style '{style}'; one of {', '.join(DATE_STYLES)}")
    formats = _formats(locale, default)
    text = format_date(_day(value), cast("_DateStyle", style), locale=formats)
    return text.translate(_PLAIN) if normalize_spaces else text


def formats_of(locale: str, default: str = "en") -> str:
    """Return the tag whose number and date formats are used for a locale.

    It is of another language than the locale only when CLDR lacks the locale's: worth a warning.

    Raises:
        InvalidLocale: the id is no language tag.
    """
    return str(_formats(locale, default)).replace("_", "-")


def _decimal(value: Number) -> Decimal:
    try:
        exact = value if isinstance(value, Decimal) else Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if not exact.is_finite():
        raise ValueError(f"{value!r} is not a number")
    if exact and (abs(exact.adjusted()) > MAX_DIGITS or len(exact.as_tuple().digits) > MAX_DIGITS):
        raise ValueError(f"a number may have at most {MAX_DIGITS} digits")
    return exact


def _day(value: object) -> datetime.date:
    text = value.isoformat()[:10] if isinstance(value, datetime.date) else str(value)
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise ValueError(f"{value!r} is not a day; write it as 2026-11-21") from None


@lru_cache(maxsize=4096)
def _canonical(id: str) -> _Tag:
    """Return the tag that decides whether two ids mean one locale."""
    body, modifier = _without_posix(id)
    match = _SUBTAGS.fullmatch(body)
    if match is None:
        raise _invalid(id, "is no locale")
    language, script, region, variants = match.groups(default="")
    if language in _NO_LANGUAGE:
        raise _invalid(id, "names no language")
    script, region = script.capitalize(), region.upper()
    if script and script not in _scripts():
        raise _invalid(id, f"has the unknown script '{script}'")
    named = list(filter(None, variants.split("-")))
    if modifier[:1].isupper():
        script = script or modifier
    elif modifier:
        named.append(modifier)
    return _normal(_aliased(_Tag(language, script, region, tuple(sorted(named)))))


def _without_posix(id: str) -> tuple[str, str]:
    """Return the id in lower-case BCP 47 form, and the script or variant of its `@modifier`."""
    match = _POSIX.fullmatch(id) if len(id) <= MAX_ID_CHARACTERS else None
    if match is None:
        raise _invalid(id, "is no locale")
    if match[2] and match[2].lower() not in _MODIFIERS:
        raise _invalid(id, f"has the unknown modifier '@{match[2]}'")
    body = match[1].replace("_", "-")
    if body.startswith("b+"):
        body = body[2:].replace("+", "-")
    written = _GLUED.fullmatch(body) or _ANDROID.fullmatch(body)
    body = f"{written[1]}-{written[2]}" if written else body
    return _CHINESE.sub(r"\1", body.lower()), _MODIFIERS[(match[2] or "euro").lower()]


def _invalid(id: str, what: str) -> InvalidLocale:
    return InvalidLocale(f"{id[:MAX_ID_CHARACTERS]!r} {what}; {ADVICE}")


@lru_cache(maxsize=1)
def _scripts() -> frozenset[str]:
    likely = get_global("likely_subtags").values()
    return frozenset(tag.split("_")[1] for tag in likely) | {UNKNOWN_SCRIPT}


def _aliased(tag: _Tag) -> _Tag:
    """Replace a retired language or region code by the one in use (`iw` by `he`, `UK` by `GB`)."""
    language, script, region = tag.language, "", ""
    successor = get_global("language_aliases").get(language, "")
    retired = language not in _NO_ALIASES and (len(language) == 2 or len(successor) != 3)
    if successor and retired:
        language, script, region, _ = _from_cldr(successor)
    language = _ALIASES.get(language, language)
    heirs = get_global("territory_aliases").get(tag.region, [])
    here = heirs[0] if len(heirs) == 1 else tag.region
    return _Tag(language, tag.script or script, here or region, tag.variants)


def _from_cldr(text: str) -> _Tag:
    """Read a tag of Babel's tables: `sr_Latn`, `en_001`, `zh_Hant_HK`."""
    language, *rest = text.split("_")
    script = next((part for part in rest if len(part) == 4), "")
    region = next((part for part in rest if len(part) < 4), "")
    return _Tag(language, script, region)


def _maximised(tag: _Tag) -> _Tag:
    """Fill in the likely script and region, as far as CLDR lists the language or its heir."""
    language, script, region, variants = tag
    likely = get_global("likely_subtags")
    for parts in ((language, script, region), (language, region), (language, script), (language,)):
        full = likely.get("_".join(filter(None, parts)))
        if full is not None:
            _, likely_script, likely_region = full.split("_")
            return _Tag(language, script or likely_script, region or likely_region, variants)
    heir = get_global("language_aliases").get(language)
    if heir is None:
        return tag
    _, likely_script, likely_region, _ = _maximised(_from_cldr(heir))
    return _Tag(language, script or likely_script, region or likely_region, variants)


def _normal(tag: _Tag) -> _Tag:
    """Name the script where it is not the language's likely one, and only there.

    `zh-TW` becomes `zh-Hant-TW`, `zh-Hans-CN` becomes `zh-CN`; `zh-Hans-TW` stays.
    """
    usual = _maximised(_Tag(tag.language)).script
    regional = _maximised(_Tag(tag.language, "", tag.region)).script
    script = tag.script or regional
    return tag._replace(script="" if script == usual == regional else script)


def _parent(tag: _Tag) -> _Tag | None:
    """Return the next broader tag of the same language and script, or None."""
    if tag.variants:
        return tag._replace(variants=tag.variants[:-1])
    if not tag.region:
        return _Tag("no") if tag == _Tag("nn") else None
    listed = get_global("parent_exceptions").get(str(tag).replace("-", "_"))
    return _normal(_from_cldr(listed) if listed else tag._replace(region=""))


def _chain(tag: _Tag) -> Iterator[_Tag]:
    at: _Tag | None = tag
    while at is not None:
        yield at
        at = _parent(at)


@lru_cache(maxsize=4096)
def _candidates(want: str, available: tuple[str, ...]) -> tuple[str, ...]:
    equal, alike = _index(available)
    found = [want] if want in available else []
    for tag in _chain(_canonical(want)):
        id = equal.get(tag) or alike.get(_maximised(tag))
        if id is not None and id not in found:
            found.append(id)
    return tuple(found)


@lru_cache(maxsize=64)
def _index(available: tuple[str, ...]) -> tuple[dict[_Tag, str], dict[_Tag, str]]:
    """Return the ids by canonical tag and by maximised tag; of two that agree, the first."""
    tags = [(_canonical(id), id) for id in reversed(available)]
    return dict(tags), {_maximised(tag): id for tag, id in tags}


@lru_cache(maxsize=4096)
def _formatting_locale(id: str) -> BabelLocale | None:
    """Return the nearest locale of the chain whose formats Babel has."""
    for tag in _chain(_canonical(id)):
        for form in map(str, (tag, _maximised(tag))):
            with suppress(UnknownLocaleError, ValueError):
                return BabelLocale.parse(form, sep="-", resolve_likely_subtags=False)
    return None


def _formats(id: str, default: str) -> BabelLocale:
    return _formatting_locale(id) or _formatting_locale(default) or BabelLocale("en")


@lru_cache(maxsize=4096)
def _display_name(id: str, shown_in: str) -> str:
    """Return `Language (Script, Region)` in a language that Babel knows, or an empty text."""
    tag, names = _canonical(id), BabelLocale.parse(shown_in)
    # CLDR's 'no' covers both written forms; catalogs called 'no' or 'nb' hold Bokmål.
    language = names.languages.get("nb" if tag.language == "no" else tag.language, "")
    script = tag.script or (_maximised(tag).script if tag.language in _NAMED_WITH_SCRIPT else "")
    details = [
        names.scripts.get(script, script),
        names.territories.get(tag.region, tag.region),
        *(names.variants.get(variant.upper(), variant) for variant in tag.variants),
    ]
    in_detail = f" ({', '.join(filter(None, details))})" if any(details) else ""
    return f"{language}{in_detail}" if language else ""
