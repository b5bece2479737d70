"""Palettes: a colour for each role of a picture, chosen, derived from brand colours or seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import NDArray

from assetforge.providers.draft.colour import (
    BLACK,
    SHAPE_CONTRAST,
    TEXT_CONTRAST,
    WHITE,
    Colour,
    contrast,
    least_contrast,
    luminance,
    mixed,
    parsed,
    readable,
    saturation,
    written,
)

INK_CONTRAST = 8.0
"""Contrast of the headline with both grounds of a derived palette."""


@dataclass(frozen=True, slots=True)
class Palette:
    """A colour for each role.

    Attributes:
        ground: behind everything.
        glow: what the ground fades into; `ink` reads on it as well.
        ink: the headline.
        soft: the lines below it.
        first, second, third: the colours of the shapes.
        deep: the darkest shape.
        pill: the button.
        label: the words on it.
    """

    ground: Colour
    glow: Colour
    ink: Colour
    soft: Colour
    first: Colour
    second: Colour
    third: Colour
    deep: Colour
    pill: Colour
    label: Colour

    @property
    def dark(self) -> bool:
        """True when light words stand on a dark ground."""
        return luminance(self.ground) < luminance(self.ink)

    def words(self) -> list[str]:
        """Return the roles as `#rrggbb`, in order."""
        return [written(colour) for colour in astuple(self)]


def from_words(words: Sequence[str]) -> Palette:
    """Return the palette that `Palette.words` wrote down."""
    return Palette(*map(parsed, words))


BUILT_IN = tuple(
    from_words(row.split())
    for row in (
        # ground  glow     ink      soft     first    second   third    deep     pill     label
        "#1f1147 #46206b #fff7ea #e5d6ee #ff9a56 #f2626b #ffd9a0 #130a30 #ffb457 #26114a",
        "#fcebda #f7cfb4 #3b1a14 #673f35 #c8553d #f28f3b #588b8b #3b1a14 #b4452f #fffaf4",
        "#eff4e7 #cfe6d3 #12302b #38574f #2f9e7d #f4a259 #98d0a4 #14332e #14332e #f4fbf2",
        "#082f49 #0d5673 #f0fbff #c9e6ef #22b8cf #ff8a5b #ffe3a3 #041c2c #ff8a5b #2a0f05",
        "#fff1f2 #ffd0d9 #3d0a2b #6f3758 #d6336c #7048e8 #ffa94d #3d0a2b #b81f55 #ffffff",
        "#0b1f26 #11433f #effdf5 #c3e5d8 #63e6be #9775fa #ffd43b #061317 #63e6be #06251d",
        "#fff8dc #ffe7ab #2b2a12 #575328 #f59f00 #2b8a3e #e8590c #2f3313 #2b6a30 #fffdf0",
        "#f6f2e9 #dfe5ee #16203a #47516c #2b59c3 #e4572e #f2b632 #16203a #2b59c3 #ffffff",
    )
)
"""Palettes made by hand; a test holds each to the contrasts it promises."""


def from_brand(brand: Sequence[Colour]) -> Palette:
    """Return a palette of brand colours, the most important first.

    A near-white or near-black brand colour becomes the ground; otherwise the ground is a tint of
    the first colour, dark when that colour is light. Contrasts are met by construction.
    """
    first = next((each for each in brand if saturation(each) > 0.12), brand[0])
    extremes = [each for each in brand if luminance(each) > 0.8 or luminance(each) < 0.02]
    dark = luminance(extremes[0]) < 0.02 if extremes else luminance(first) > 0.42
    end = mixed(BLACK, first, 0.10) if dark else WHITE
    ground = extremes[0] if extremes else mixed(first, end, 0.86 if dark else 0.90)
    glow = mixed(ground, first, 0.22 if dark else 0.20)
    grounds = (ground, glow)
    ink = readable(mixed(first, WHITE if dark else BLACK, 0.8), grounds, INK_CONTRAST)
    shapes = [each for each in brand if each != ground]
    tints = [mixed(first, WHITE, 0.45), mixed(first, BLACK, 0.35), mixed(first, WHITE, 0.7)]
    one, two, three = ([first] + [each for each in shapes if each != first] + tints)[:3]
    deep = mixed(mixed(first, BLACK, 0.72), ground if dark else BLACK, 0.2)
    pill, label = _button(shapes or [first], grounds, ink)
    soft = readable(mixed(ink, ground, 0.2), grounds, TEXT_CONTRAST + 1)
    return Palette(ground, glow, ink, soft, one, two, three, deep, pill, label)


def _button(
    brand: Sequence[Colour], grounds: Sequence[Colour], ink: Colour
) -> tuple[Colour, Colour]:
    """Return a button that stands out from the grounds and a label that reads on it."""
    pill = max(
        brand, key=lambda each: (least_contrast(each, grounds) >= SHAPE_CONTRAST, saturation(each))
    )
    pill = readable(pill, grounds, SHAPE_CONTRAST)
    label = max((WHITE, ink, grounds[0], BLACK), key=lambda each: min(contrast(each, pill), 7.0))
    if contrast(label, pill) < TEXT_CONTRAST:
        pill = readable(pill, [label], TEXT_CONTRAST)
    return pill, label


def dominant(pixels: NDArray[np.uint8], count: int = 5) -> list[Colour]:
    """Return the colours that mark a picture, the strongest first.

    Pixels are counted in 4096 bins; a bin's weight is its share times how colourful it is.

    Args:
        pixels: shape (height, width, 3 or 4).
        count: at most how many colours.
    """
    step = max(1, int(min(pixels.shape[:2]) / 96))
    sample = pixels[::step, ::step, :3].reshape(-1, 3).astype(np.int64)
    bins = (sample >> 4) @ np.array([256, 16, 1])
    total = np.bincount(bins, minlength=4096)
    sums = [np.bincount(bins, weights=sample[:, at], minlength=4096) for at in range(3)]
    found: list[tuple[float, Colour]] = []
    for at in np.flatnonzero(total).tolist():
        red, green, blue = (float(each[at]) / int(total[at]) for each in sums)
        colour = (red, green, blue)
        found.append((int(total[at]) * (0.08 + saturation(colour)), colour))
    return _apart(
        [colour for _, colour in sorted(found, key=lambda each: (-each[0], each[1]))], count
    )


def _apart(colours: Sequence[Colour], count: int) -> list[Colour]:
    """Return the first few colours that are not near one another."""
    chosen: list[Colour] = []
    for colour in colours:
        near = (max(abs(a - b) for a, b in zip(colour, each, strict=True)) for each in chosen)
        if all(distance > 48 for distance in near):
            chosen.append(colour)
        if len(chosen) == count:
            break
    return chosen
