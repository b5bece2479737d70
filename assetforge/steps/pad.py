"""`pad`: the picture so far on a larger canvas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from assetforge.digest import Json
from assetforge.findings import Verdict
from assetforge.pipeline import Colour, Size, Templated
from assetforge.steps.base import Branch, Params, Problem, Scene
from assetforge.steps.boxes import Length, pixels
from assetforge.steps.measures import Anchor, anchor_point, bounded, canvas_of


class PadParams(Params):
    """A larger canvas."""

    by: Templated[Length] | None = None
    """What is added at every edge, in pixels or percent of the shorter edge."""
    size: Templated[Size] | None = None
    """The new canvas in pixels, `1400x800`, in place of `by`."""
    anchor: Templated[Anchor] = ()
    """Where the picture stands on a canvas of a `size`; by default in its centre."""
    background: Templated[Colour] | None = None
    """Colour of what is added, and behind transparent parts; by default transparent."""


class Pad:
    """Sets the picture so far on a larger canvas, which the steps after it see; free."""

    version: ClassVar[str] = "1"
    paid: ClassVar[bool] = False
    passes: ClassVar[tuple[Verdict, ...]] = ()
    final: ClassVar[bool] = False
    styled: ClassVar[bool] = False
    shorthand: ClassVar[str | None] = "by"
    parameters: ClassVar[type[Params]] = PadParams

    @staticmethod
    def branches(params: Params, scene: Scene) -> Sequence[Branch]:
        """Return the one picture, on its new canvas.

        Raises:
            Problem: there is no picture, nobody says by how much, or the new canvas is too small or
                too large for it.
        """
        assert isinstance(params, PadParams), "BUG: parameters of another kind"
        canvas = canvas_of(scene, "pad")
        size = bounded(_size(params, canvas), "size" if params.size else "by")
        across, down = anchor_point(params.anchor, rtl=scene.rtl)
        left = (size.width - canvas.width) * across // 100
        top = (size.height - canvas.height) * down // 100
        asked: dict[str, Json] = {
            "canvas": list(canvas),
            "size": list(size),
            "place": [left, top],
        }
        if params.background:
            asked["background"] = params.background.lower()
        return [Branch(asked, size)]


def _size(params: PadParams, canvas: Size) -> Size:
    if (params.by is None) == (params.size is None):
        raise Problem("pad-by-what", "say what is added: '5%', or a 'size' such as 1400x800")
    if params.by is not None and params.anchor:
        raise Problem("pad-by-what", "'anchor' is for a 'size': all edges get the same", "anchor")
    if params.size is None:
        added = 2 * pixels(str(params.by), min(canvas))
        return Size(canvas.width + added, canvas.height + added)
    if params.size.width < canvas.width or params.size.height < canvas.height:
        message = f"{params.size} is smaller than the {canvas} canvas; 'export' cuts and scales"
        raise Problem("size-too-small", message, "size")
    return params.size
