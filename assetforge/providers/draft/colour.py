"""Colours as three numbers from 0 to 255, and how well one reads on another."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from assetforge.errors import ActionFailed

Colour: TypeAlias = tuple[float, float, float]
"""sRGB, each channel from 0 to 255."""

BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (255.0, 255.0, 255.0)

TEXT_CONTRAST = 4.5
"""Least contrast of words with what is behind them. Source: WCAG 2.2, 1.4.3."""

SHAPE_CONTRAST = 3.0
"""Least contrast of a button with what is around it. Source: WCAG 2.2, 1.4.11."""


def _linear(value: int) -> float:
    # Rounded, so that the last bit of `**`, which may differ by machine, decides nothing.
    share = value / 255
    return round(share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4, 7)


LINEAR = tuple(_linear(value) for value in range(256))
"""Light of each 8-bit sRGB value. Source: WCAG 2.2, relative luminance."""


def parsed(text: str) -> Colour:
    """Return the colour that `#rrggbb` stands for.

    Raises:
        ActionFailed: the text is of another form.
    """
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", text):
        raise ActionFailed("bad-colour", f"'{text}' is no colour such as '#1f6feb'")
    digits = text.removeprefix("#")
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def written(colour: Colour) -> str:
    """Return a colour as `#rrggbb`."""
    return "#" + "".join(f"{min(255, max(0, int(value + 0.5))):02x}" for value in colour)


def mixed(first: Colour, second: Colour, share: float) -> Colour:
    """Return the first colour with `share` of the second in it."""
    r, g, b = (one + (two - one) * share for one, two in zip(first, second, strict=True))
    return r, g, b


def luminance(colour: Colour) -> float:
    """Return the relative luminance, 0 to 1."""
    red, green, blue = (LINEAR[min(255, max(0, int(value + 0.5)))] for value in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: Colour, second: Colour) -> float:
    """Return the WCAG contrast ratio of two colours, 1 to 21."""
    one, two = luminance(first), luminance(second)
    return (max(one, two) + 0.05) / (min(one, two) + 0.05)


def least_contrast(colour: Colour, others: Iterable[Colour]) -> float:
    """Return the contrast with the one of the others that is nearest."""
    return min(contrast(colour, other) for other in others)


def saturation(colour: Colour) -> float:
    """Return how far a colour is from grey, 0 to 1."""
    return (max(colour) - min(colour)) / 255


def readable(colour: Colour, grounds: Iterable[Colour], ratio: float) -> Colour:
    """Return the colour, made darker or lighter until it has this contrast with every ground."""
    grounds = tuple(grounds)
    ways = [mixed(colour, end, step / 20) for step in range(21) for end in (BLACK, WHITE)]
    good = [way for way in ways if least_contrast(way, grounds) >= ratio]
    return good[0] if good else max(ways, key=lambda way: least_contrast(way, grounds))
