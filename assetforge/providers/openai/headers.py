"""What a service says about limits: in headers, and in the message of a refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from assetforge.providers.base import Allowance

UNITS: Final = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

KINDS: Final = ("input-images", "requests", "tokens", "project-tokens")

DURATION: Final = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")

TRY_AGAIN: Final = re.compile(
    r"try again in ((?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d))+)\b", re.IGNORECASE
)
"""`... Please try again in 12s. ...`, `6m0s`, `1h2m3s`."""

COUNT: Final = r"(\d[\d,]*\d|\d)"

REFUSED: Final = re.compile(
    rf"\bon ([\w -]+?) per (min|day)[^:]*: "
    rf"Limit {COUNT}(?:, Used {COUNT})?(?:, Requested {COUNT})?",
    re.IGNORECASE,
)
"""`... on input-images per min: Limit 5, Used 5, Requested 1. ...`"""


def seconds(text: str) -> float | None:
    """Return a time such as `1s`, `6m0s`, `250ms` or `12` in seconds; None for anything else."""
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text.strip()):
        return float(text)
    parts = DURATION.findall(text)
    whole = "".join(number + unit for number, unit in parts)
    if not parts or whole != text.strip():
        return None
    return sum(float(number) * UNITS[unit] for number, unit in parts)


def number(text: str | None) -> int | None:
    """Return a count such as `5` or `100,000`; None for anything else."""
    digits = (text or "").replace(",", "").strip()
    return int(digits) if digits.isdecimal() and len(digits) < 16 else None


def allowance_of(headers: Mapping[str, str]) -> Allowance:
    """Return what headers say about the limits; pictures before plain requests.

    Source: OpenAI rate limits guide, read 2026-11-21; the ones of input images were observed.
    """

    def told(what: str) -> str | None:
        found = (headers.get(f"x-ratelimit-{what}-{each}") for each in ("input-images", "requests"))
        return next((each for each in found if each is not None), None)

    reset = told("reset")
    return Allowance(
        images_per_minute=number(headers.get("x-ratelimit-limit-input-images")),
        tokens_per_minute=number(headers.get("x-ratelimit-limit-tokens")),
        images_left=number(told("remaining")),
        reset_seconds=seconds(reset) if reset else None,
    )


def wait_seconds(headers: Mapping[str, str], message: str) -> float | None:
    """Return how long a service asks to wait, by the first place that says so.

    In this order: `retry-after-ms`, `retry-after`, the message, `x-ratelimit-reset-*` of what there
    is nothing left of.
    """
    if (told := seconds(headers.get("retry-after-ms", ""))) is not None:
        return told / 1000
    if (told := seconds(headers.get("retry-after", ""))) is not None:
        return told
    if match := TRY_AGAIN.search(message):
        return seconds("".join(match[1].lower().split()))
    return _reset_of_what_is_gone(headers)


def _reset_of_what_is_gone(headers: Mapping[str, str]) -> float | None:
    """Return until when there is nothing left of pictures, requests or tokens."""
    gone = (each for each in KINDS if headers.get(f"x-ratelimit-remaining-{each}") == "0")
    times = (seconds(headers.get(f"x-ratelimit-reset-{each}", "")) for each in gone)
    return max((each for each in times if each is not None), default=None)


@dataclass(frozen=True, slots=True)
class Limit:
    """The limit that a refusal named: of what in which time, and how much was asked for."""

    unit: str
    period: str
    limit: int
    requested: int | None


def limit_of(message: str) -> Limit | None:
    """Return the limit that the message of a refusal names, if it names one."""
    match = REFUSED.search(message)
    if match is None:
        return None
    return Limit(match[1], match[2].lower(), number(match[3]) or 0, number(match[5]))


def refused_allowance(headers: Mapping[str, str], message: str) -> Allowance:
    """Return what a refusal says about the limits, in its headers and its message."""
    allowance, named = allowance_of(headers), limit_of(message)
    if named is None or named.period != "min":
        return allowance
    if "image" in named.unit:
        return replace(allowance, images_per_minute=named.limit)
    if "token" in named.unit or named.unit.upper() == "TPM":
        return replace(allowance, tokens_per_minute=named.limit)
    return allowance
