"""Which canvas to ask a model for, so that every wanted size can be cut from it.

The finished picture is made by scaling the canvas until it covers the wanted size, and cutting the
rest off. The rule, in order:

1. No scaling up: both edges of the canvas are at least those of every wanted size. Where no legal
   canvas is that large, the ones that are scaled up least.
2. The shape of the largest wanted size: of the canvas at most `CROP_SLACK` more is cut off than
   the best legal canvas would lose.
3. The fewest pixels of those that cost about the least: output tokens within `PRICE_SLACK` of the
   cheapest. Tokens do not grow with pixels (1536x1024 is cheaper than 1024x1024), and their
   rounding makes 2000x1104 1 % cheaper than 1920x1088: too little to be worth a canvas that
   changes its size with the quality. So the canvas of a draft is mostly that of the final picture.

A wanted size that is legal and covers the others is its own canvas, whatever it costs.

The search visits each legal width once, and of its heights only those within rule 2: about 2,000
canvases at most, 1 to 3 ms, once for every set of sizes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Final, NamedTuple

from assetforge.capabilities import Capabilities, Rate, SizeRules, size_problem
from assetforge.pipeline import Size

DEFAULT_CANVAS: Final = Size(1024, 1024)
"""The canvas of a picture of which nobody said how large it will be."""

CROP_SLACK: Final = 20_000
"""How much more than unavoidable a cheaper canvas may lose: 2 % of it, in millionths."""

PRICE_SLACK: Final = 105
"""What costs about the least: at most this percent of the cheapest canvas's tokens."""

NOTED_CROP: Final = 50_000
"""From what loss on, in millionths, a crop is worth a note."""


@dataclass(frozen=True, slots=True)
class CanvasPlan:
    """A canvas, and what has to be done to it.

    Attributes:
        size: the canvas, in pixels, legal for the model.
        upscale_permille: how much the worst served wanted size is scaled up; 1000 is not at all.
        notes: what a person should know, one clause each; empty when there is nothing.
    """

    size: Size
    upscale_permille: int = 1000
    notes: tuple[str, ...] = ()


def canvas_for(
    wanted: Sequence[Size], capabilities: Capabilities, quality: str | None = None
) -> Size:
    """Return the cheapest legal canvas that covers every wanted size."""
    return canvas_plan(wanted, capabilities, quality).size


def canvas_plan(
    wanted: Sequence[Size], capabilities: Capabilities, quality: str | None = None
) -> CanvasPlan:
    """Return the canvas for some final sizes, and what has to be done to it.

    Args:
        wanted: the final sizes in pixels, in any order; without one, 1024x1024.
        capabilities: of the model.
        quality: the quality whose tokens are counted; None: the model's best.
    """
    return _plan(tuple(wanted) or (DEFAULT_CANVAS,), capabilities, quality)


def allows_any(rules: SizeRules) -> bool:
    """Tell whether any canvas follows some rules."""
    return next(_columns(rules, Size(1, 1)), None) is not None


def crop_loss(canvas: Size, wanted: Size) -> int:
    """Return how much of a canvas is cut off for a wanted size, in millionths, rounded up."""
    across, down = canvas.width * wanted.height, canvas.height * wanted.width
    return 1_000_000 - 1_000_000 * min(across, down) // max(across, down)


def upscale(canvas: Size, wanted: Sequence[Size]) -> Fraction:
    """Return the factor the worst served wanted size is scaled up by; 1 when none is."""
    edges = (
        Fraction(want, have)
        for size in wanted
        for want, have in zip(size, canvas, strict=True)
        if want > have
    )
    return max(edges, default=Fraction(1))


@cache
def _plan(wanted: tuple[Size, ...], capabilities: Capabilities, quality: str | None) -> CanvasPlan:
    shape = max(wanted, key=lambda size: size.width * size.height)
    size = _canvas(wanted, shape, capabilities, quality)
    factor = upscale(size, wanted)
    permille = -(-1000 * factor.numerator // factor.denominator)
    return CanvasPlan(size, permille, tuple(_notes(size, wanted, permille, capabilities)))


def _canvas(
    wanted: tuple[Size, ...], shape: Size, capabilities: Capabilities, quality: str | None
) -> Size:
    need = Size(max(each.width for each in wanted), max(each.height for each in wanted))
    if need == shape and size_problem(capabilities, shape) is None:
        return shape
    if capabilities.rules:
        legal = _of_rules(capabilities.rules, need, shape)
    elif capabilities.sizes:
        legal = _of_list(capabilities.sizes, need, shape)
    else:
        return need
    rates = capabilities.rates_of(quality)
    return _cheapest(legal, shape, rates[-1] if rates else None)


def _of_list(sizes: Sequence[Size], need: Size, shape: Size) -> list[Size]:
    """Return the sizes that rules 1 and 2 leave of a list."""
    least = min(upscale(each, [need]) for each in sizes)
    covering = [each for each in sizes if upscale(each, [need]) == least]
    return _close(covering, shape, min(crop_loss(each, shape) for each in covering))


def _close(sizes: Sequence[Size], shape: Size, least: int) -> list[Size]:
    return [each for each in sizes if crop_loss(each, shape) <= least + CROP_SLACK]


def _of_rules(rules: SizeRules, need: Size, shape: Size) -> list[Size]:
    """Return the canvases that rules 1 and 2 leave of all legal ones."""
    columns = list(_columns(rules, _covered(rules, need)))
    least = min(
        crop_loss(Size(column.width, height), shape)
        for column in columns
        for height in column.nearest(shape, rules.multiple)
    )
    kept = max(1, 1_000_000 - least - CROP_SLACK)
    candidates = [
        Size(column.width, height)
        for column in columns
        for height in column.near(shape, kept, rules.multiple)
    ]
    return _close(candidates, shape, least)


class Column(NamedTuple):
    """One width, with the lowest and highest height that make it a legal canvas."""

    width: int
    low: int
    high: int

    def nearest(self, shape: Size, multiple: int) -> tuple[int, int]:
        """Return the legal heights on both sides of a shape's own; the nearest one for both."""
        own = self.width * shape.height // shape.width // multiple * multiple
        return (
            min(max(own, self.low), self.high),
            min(max(own + multiple, self.low), self.high),
        )

    def near(self, shape: Size, kept: int, multiple: int) -> range:
        """Return the legal heights whose crop keeps about `kept` millionths of the canvas."""
        across = self.width * shape.height
        flattest = across * kept // (shape.width * 1_000_000) // multiple * multiple
        tallest = across * 1_000_000 // (shape.width * kept) + 1
        return range(max(flattest, self.low), min(tallest, self.high) + 1, multiple)


def _columns(rules: SizeRules, floor: Size) -> Iterator[Column]:
    """Give the legal canvases whose edges are at least those of `floor`, by width."""
    step = rules.multiple
    for width in range(_up(floor.width, step), rules.max_edge + 1, step):
        low = max(floor.height, -(-width // rules.max_ratio), -(-rules.min_pixels // width))
        column = Column(width, _up(low, step), _highest(rules, width))
        if column.low <= column.high:
            yield column


def _up(value: int, step: int) -> int:
    return -(-value // step) * step


def _highest(rules: SizeRules, width: int) -> int:
    highest = min(rules.max_edge, rules.max_ratio * width, rules.max_pixels // width)
    return highest // rules.multiple * rules.multiple


def _covered(rules: SizeRules, need: Size) -> Size:
    """Return what a canvas must cover: `need`, or what is left when it is scaled up least."""
    if next(_columns(rules, need), None):
        return need
    largest = (Size(each.width, each.high) for each in _columns(rules, Size(1, 1)))
    least = min(upscale(each, [need]) for each in largest)
    return Size(*(-(-edge * least.denominator // least.numerator) for edge in need))


def _cheapest(sizes: Sequence[Size], shape: Size, rate: Rate | None) -> Size:
    """Return the canvas that rule 3 chooses; without a rate its pixels are what it costs."""
    tokens = {each: rate.tokens(each) if rate else each.width * each.height for each in sizes}
    affordable = min(tokens.values()) * PRICE_SLACK
    return min(
        (each for each in sizes if tokens[each] * 100 <= affordable),
        key=lambda each: (each.width * each.height, crop_loss(each, shape), tokens[each], each),
    )


def _notes(
    canvas: Size, wanted: Sequence[Size], permille: int, capabilities: Capabilities
) -> Iterator[str]:
    if not capabilities.exact:
        yield f"'{capabilities.service}' chooses the pixels: about {canvas}"
    if permille > 1000:
        yield f"no legal canvas is large enough: scaled up {permille / 1000:.2f} times"
    for each in wanted:
        loss = crop_loss(canvas, each)
        if loss > NOTED_CROP:
            yield f"{each} cuts {loss / 10_000:.0f} % off the {canvas} canvas"
    rules = capabilities.rules
    if rules and not capabilities.free and canvas.width * canvas.height > rules.experimental_pixels:
        yield f"canvases above {rules.experimental_pixels} pixels are experimental"
