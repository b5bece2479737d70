"""`overlay`: a logo, a badge or a frame over the picture so far."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Annotated, ClassVar, Final, Self

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema, model_validator

from assetforge.digest import Json
from assetforge.findings import Verdict
from assetforge.pipeline import Reference, Size, Templated
from assetforge.steps.base import Box, Branch, Params, Problem, Scene
from assetforge.steps.boxes import Length, pixels
from assetforge.steps.measures import Anchor, Percent, anchor_point, canvas_of

MARGIN: Final = "4%"
"""What is left free around an overlay where nothing is written."""


def _readable(path: str) -> str:
    if PurePosixPath(path).suffix.lower() in (".svg", ".svgz", ".pdf", ".eps"):
        raise ValueError("drawings of lines, such as SVG, are not read; save it as a large PNG")
    return path


def _bound(value: object) -> Size | int:
    text = str(value)
    if text.endswith("%") and text[:-1].isdecimal() and 1 <= int(text[:-1]) <= 100:
        return int(text[:-1])
    try:
        return Size.parse(value)
    except ValueError:
        raise ValueError("a size is a share of the width such as 12%, or 400x200") from None


Bound = Annotated[
    Size | int,
    BeforeValidator(_bound),
    WithJsonSchema({"type": "string", "pattern": r"^(\d{1,3}%|\d+[xX×]\d+)$"}),
]
"""A share of the picture's width, or width and height in pixels in which something fits."""


class OverlayParams(Params):
    """A picture over the picture so far."""

    picture: Annotated[Reference, AfterValidator(_readable)]
    """The picture laid over: a path of the project, or `asset:NAME`; it may be transparent."""
    anchor: Templated[Anchor] = ("bottom", "end")
    """Where it stands: `top left`, `center`, `bottom end`. `start` and `end` are left and right,
    and the other way round in a locale that is written from right to left."""
    size: Templated[Bound] | None = None
    """How large it is: a share of the width that finished pictures show, such as `12%`, or pixels
    that it fits in, such as `400x200`. It keeps its shape; by default its own size."""
    margin: Templated[Length] | None = None
    """What is left free around it, in pixels or percent of the shorter edge; by default 4%."""
    opacity: Templated[Percent] = 100
    """How opaque it is; by default 100%."""
    frame: bool = False
    """Whether it is stretched over all that finished pictures show."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        said = {"anchor", "size", "margin"} & self.model_fields_set
        if self.frame and said:
            raise ValueError(f"a 'frame' covers all, so it has no '{min(said)}'")
        return self

    def files(self) -> tuple[tuple[str, str], ...]:
        """Return the picture laid over."""
        return (("picture", self.picture),)


class Overlay:
    """Lays a picture over the one so far, inside of what all exports keep; free."""

    version: ClassVar[str] = "1"
    paid: ClassVar[bool] = False
    passes: ClassVar[tuple[Verdict, ...]] = ()
    final: ClassVar[bool] = False
    styled: ClassVar[bool] = False
    shorthand: ClassVar[str | None] = "picture"
    parameters: ClassVar[type[Params]] = OverlayParams

    @staticmethod
    def branches(params: Params, scene: Scene) -> Sequence[Branch]:
        """Return the one picture, on the canvas so far.

        Raises:
            Problem: there is no picture, or the margin leaves no room.
        """
        assert isinstance(params, OverlayParams), "BUG: parameters of another kind"
        canvas = canvas_of(scene, "overlay")
        visible = scene.visible(canvas)
        asked: dict[str, Json] = {"canvas": list(canvas)}
        if params.frame:
            asked |= {"area": list(visible), "frame": True}
        else:
            asked["area"] = list(_without_margin(visible, params.margin or MARGIN))
            asked["anchor"] = list(anchor_point(params.anchor, rtl=scene.rtl))
            if params.size is not None:
                asked["bound"] = _pixels(params.size, visible)
        if params.opacity < 100:
            asked["opacity"] = params.opacity
        return [Branch(asked, canvas)]


def _without_margin(visible: Box, margin: str) -> Box:
    x, y, width, height = visible
    free = pixels(margin, min(width, height))
    if 2 * free >= min(width, height):
        message = f"a margin of {free} pixels leaves nothing of {width}x{height}"
        raise Problem("wide-margin", message, "margin")
    return x + free, y + free, width - 2 * free, height - 2 * free


def _pixels(size: Size | int, visible: Box) -> list[Json]:
    """Return the width and height that the overlay fits in; a share is of the width alone."""
    if isinstance(size, Size):
        return [size.width, size.height]
    return [max(1, visible[2] * size // 100), visible[3]]
