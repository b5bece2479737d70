"""Where the copy of a request goes, and how large: a headline, lines below it, buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from assetforge.typeset.blocks import Block, Box, Column
from assetforge.typeset.fontset import FontSet
from assetforge.typeset.legibility import label_for

Asked = Mapping[str, Any]
"""A request, or the style in it; its shape is the promise of `assetforge.steps.text`."""

LEAST_PIXELS = 10
LEAST_SHARE = 0.02
"""Letters smaller than this, or than this share of the canvas's shorter edge, cannot be read."""

FLAT = 3.4
"""A region of at least this width ÷ height has room for a line or two."""

HEADLINE, BODY, BUTTON = 800, 450, 700
"""Weights where none is asked for."""

BODY_RATIO, BUTTON_RATIO = 0.44, 0.4
"""Size of what follows the headline, as a share of the headline's."""


def columns_of(
    request: Asked, canvas: tuple[int, int], fonts: FontSet, colour: str
) -> list[Column]:
    """Return the copy's columns: one in the region, and one for each slot with its own.

    `colour` is that of words for which nobody chose one.

    Raises:
        ActionFailed: `unknown-font`.
    """
    look, own = request.get("style", {}), request.get("slots", {})
    texts = [(slot, text) for slot, text in request["copy"] if text.strip()]
    first = next((slot for slot, _ in texts if "fill" not in own.get(slot, {})), None)
    together: list[Block] = []
    columns = []
    for slot, text in texts:
        said = own.get(slot, {})
        box = tuple(said.get("region", request["region"]))
        block = _block(slot, text, request, _Sizes(box, canvas, alone="region" in said), fonts,
                       colour, headline=slot == first)  # fmt: skip
        if "region" in said:
            columns.append(_column(box, [block], said, centred=block.fill is not None))
        else:
            together.append(block)
    if together:
        columns.insert(0, _column(tuple(request["region"]), together, look))
    return columns


def _column(box: Box, blocks: Sequence[Block], look: Asked, *, centred: bool = False) -> Column:
    down, across = look.get("anchor", ["middle", "center" if centred else "start"])
    return Column(box, blocks, look.get("align", across), down, across)


class _Sizes:
    """How large letters may be in a box, in pixels.

    Attributes:
        least: the smallest that can be read.
        most: the largest that looks right for a headline.
    """

    def __init__(self, box: Box, canvas: tuple[int, int], *, alone: bool) -> None:
        short = min(canvas)
        flat = box[2] > FLAT * box[3] or alone
        self.alone = alone
        self.least = max(LEAST_PIXELS, LEAST_SHARE * short)
        self.most = max(
            self.least, min((0.46 if flat else 0.34) * box[3], 0.152 * box[2], 0.15 * short)
        )

    def headline(self) -> tuple[float, float]:
        """Return the bounds for a headline."""
        return min(self.most, 1.25 * self.least), self.most

    def body(self) -> tuple[float, float]:
        """Return the bounds for the lines below it."""
        most = 0.6 * self.most if self.alone else BODY_RATIO * self.most
        return self.least, max(self.least, most)

    def button(self) -> tuple[float, float]:
        """Return the bounds for what stands on a box of its own."""
        most = 0.8 * self.most if self.alone else 0.34 * self.most
        return self.least, max(self.least, most)


def _block(
    slot: str,
    text: str,
    request: Asked,
    sizes: _Sizes,
    fonts: FontSet,
    colour: str,
    *,
    headline: bool,
) -> Block:
    look, said = request.get("style", {}), request.get("slots", {}).get(slot, {})
    merged = {**look, **said}
    fill = said.get("fill")
    weight, size, ratio = (
        (BUTTON, sizes.button(), BUTTON_RATIO) if fill
        else (HEADLINE, sizes.headline(), 100.0) if headline
        else (BODY, sizes.body(), BODY_RATIO)
    )  # fmt: skip
    return Block(
        slot,
        text,
        _bounds(size, look.get("size"), said.get("size"), headline=headline),
        merged.get("weight", weight),
        merged.get("colour") or (label_for(fill) if fill else colour),
        lines=request.get("max_lines", {}).get(slot, 2 if fill else 5 if headline else 6),
        gap=1.15 if fill else 0.95,
        ratio=100.0 if "size" in said else ratio,
        single=fill is not None,
        fill=fill,
        pad=(1.25, 0.72) if fill else (0.0, 0.0),
        tracking=-0.01 if headline else 0.0,
        fonts=tuple(fonts.named(merged.get("font", ()))),
        stretch=merged.get("width", 100),
    )


def _bounds(
    usual: tuple[float, float],
    asked: Sequence[int] | None,
    own: Sequence[int] | None,
    *,
    headline: bool,
) -> tuple[float, float]:
    """Return the least and most size of a slot: its own, or what the step says of all.

    A step's sizes are those of the headline; nothing is smaller than the least of them, but where
    the step names one size alone what follows the headline is in proportion to it.
    """
    if own:
        return float(own[0]), float(own[1])
    if not asked:
        return usual
    least, most = asked
    if headline:
        return float(least), float(most)
    low = min(usual[0], least) if least == most else least
    return float(low), max(float(low), BODY_RATIO * most)
