"""What several local steps measure with: shares, anchors, and how large a picture may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import BeforeValidator, WithJsonSchema

from assetforge.pipeline import Size
from assetforge.steps.base import Problem, Scene

MAX_PIXELS: Final = 64_000_000
"""Most pixels of a picture; the same bound as `assetforge.images.MAX_PIXELS`."""


def _percent(value: object) -> int:
    text = str(value)
    if not re.fullmatch(r"\d{1,3}%", text) or int(text[:-1]) > 100:
        raise ValueError("a share is from 0% to 100%, such as 30%")
    return int(text[:-1])


Percent = Annotated[
    int,
    BeforeValidator(_percent),
    WithJsonSchema({"type": "string", "pattern": r"^\d{1,3}%$"}),
]
"""A share, as whole percents: `30%`."""

ACROSS: Final = {"start", "end", "left", "right"}
DOWN: Final = {"top", "bottom"}
CENTRE: Final = {"center", "centre"}


def _anchor(value: object) -> tuple[str, ...]:
    words = re.split(r"[\s,-]+", str(value).strip())
    named = [each for each in words if each not in CENTRE]
    across, down = ACROSS.intersection(named), DOWN.intersection(named)
    if len(words) > 2 or len(across) > 1 or len(down) > 1 or len(across) + len(down) < len(named):
        raise ValueError("an anchor is 'center', an edge or corner such as 'bottom end'")
    return (*across, *down)


Anchor = Annotated[
    tuple[str, ...],
    BeforeValidator(_anchor),
    WithJsonSchema({"type": "string", "examples": ["center", "top left", "bottom end"]}),
]
"""An edge or corner: `top left`; `start` and `end` are those of a line of text."""


def anchor_point(anchor: Sequence[str], *, rtl: bool) -> tuple[int, int]:
    """Return an anchor as percents across and down: 0 is left or top, 50 the middle."""
    points = {"left": 0, "right": 100, "top": 0, "bottom": 100}
    points |= {"start": 100, "end": 0} if rtl else {"start": 0, "end": 100}
    across = [points[each] for each in anchor if each in ACROSS]
    down = [points[each] for each in anchor if each in DOWN]
    return (across or [50])[0], (down or [50])[0]


def canvas_of(scene: Scene, kind: str) -> Size:
    """Return the canvas of the picture so far.

    Raises:
        Problem: there is no picture.
    """
    if scene.canvas is None:
        raise Problem(f"nothing-to-{kind}", f"'{kind}' needs a picture: put a step before it")
    return scene.canvas


def bounded(size: Size, parameter: str | None) -> Size:
    """Return a size that a picture may have.

    Raises:
        Problem: it would take too much memory.
    """
    if size.width * size.height > MAX_PIXELS:
        message = f"{size} has more than {MAX_PIXELS} pixels, the most a picture may have"
        raise Problem("size-too-large", message, parameter)
    return size
