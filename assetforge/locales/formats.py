"""Numbers, shares, prices and days as a locale writes them."""

from __future__ import annotations

import datetime
from decimal import localcontext
from typing import cast

from babel.core import Locale as CldrLocale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, list_currencies

from assetforge.errors import did_you_mean
from assetforge.locales.cldr import nearest
from assetforge.locales.exact import DATE_STYLES, MAX_DIGITS, DateStyle, Day, Number, exact_number
from assetforge.locales.tags import canonical

PRECISION = 3 * MAX_DIGITS  # Babel reckons in the context that it finds; the usual one has 28

_BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_PLAIN = str.maketrans("\u00a0\u202f\u2009", "   ", _BIDI_CONTROLS)


def number(value: Number, locale: str, default: str = "en", normalize_spaces: bool = True) -> str:
    """Return a number as the locale writes it, with all its decimals.

    For a language whose formats CLDR lacks, `default` gives them (see `formats_of`). With
    `normalize_spaces`, no-break spaces become plain and bidi controls go: models ignore both.

    Raises:
        ValueError: the value is no number, or too long for a picture.
    """
    exact, formats = exact_number(value), _formats(locale, default)
    with localcontext(prec=PRECISION):
        text = format_decimal(exact, locale=formats, decimal_quantization=False)
    return text.translate(_PLAIN) if normalize_spaces else text


def percent(value: Number, locale: str, default: str = "en", normalize_spaces: bool = True) -> str:
    """Return a share as the locale writes it: 0.25 as `25%` or `25 %`; the rest as in `number`.

    Raises:
        ValueError: the value is no number, or too long for a picture.
    """
    exact, formats = exact_number(value), _formats(locale, default)
    with localcontext(prec=PRECISION):
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
    exact, formats = exact_number(value), _formats(locale, default)
    with localcontext(prec=PRECISION):
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
    text = format_date(_day(value), cast("DateStyle", style), locale=formats)
    return text.translate(_PLAIN) if normalize_spaces else text


def formats_of(locale: str, default: str = "en") -> str:
    """Return the tag whose number and date formats are used for a locale.

    It is of another language than the locale only when CLDR lacks the locale's: worth a warning.

    Raises:
        InvalidLocale: the id is no language tag.
    """
    return str(_formats(locale, default)).replace("_", "-")


def _formats(id: str, default: str) -> CldrLocale:
    return nearest(canonical(id)) or nearest(canonical(default)) or CldrLocale("en")


def _day(value: object) -> datetime.date:
    text = value.isoformat()[:10] if isinstance(value, datetime.date) else str(value)
    try:
        return datetime.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise ValueError(f"{value!r} is not a day; write it as 2026-11-21") from None
