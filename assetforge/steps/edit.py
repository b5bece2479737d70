"""`edit`: the picture so far, changed as the words say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from assetforge.canvas import canvas_for
from assetforge.capabilities import size_problem
from assetforge.digest import Json
from assetforge.pipeline import Reference, Size
from assetforge.steps.base import Branch, Params, Problem, Scene
from assetforge.steps.drawing import (
    DrawingParams,
    add_visible,
    drawing_request,
    drawn,
    quality_of,
)


def _length(value: object) -> str:
    text = str(value)
    if not re.fullmatch(r"\d{1,5}%?", text):
        raise ValueError("a length is pixels, such as 40, or percent of the picture, such as 60%")
    return text


Length = Annotated[str, BeforeValidator(_length)]
"""Pixels of the final picture's canvas, or percent of it."""


Region = Annotated[list[Length], Field(min_length=4, max_length=4)]
"""A box as [x, y, width, height]."""


class EditParams(DrawingParams):
    """A change of the picture so far."""

    region: Region | None = None
    """Only this box may change: [x, y, width, height], each in pixels or percent."""
    mask: Reference | None = None
    """Only where this picture is transparent may the picture change: a PNG of the project."""

    def mask_reference(self) -> str | None:
        """Return the picture that says where the picture may change."""
        return self.mask


class Edit:
    """Changes the picture so far, or the first reference when there is none yet."""

    version: ClassVar[str] = "1"
    paid: ClassVar[bool] = True
    final: ClassVar[bool] = False
    styled: ClassVar[bool] = False
    shorthand: ClassVar[str | None] = "prompt"
    parameters: ClassVar[type[Params]] = EditParams

    @staticmethod
    def branches(params: Params, scene: Scene) -> Sequence[Branch]:
        """Return the one changed picture, on the canvas of the picture it changes if that is legal.

        Raises:
            Problem: there is no picture, the region lies outside it, or a mask is there too.
        """
        assert isinstance(params, EditParams), "BUG: parameters of another kind"
        if scene.canvas is None and not scene.references:
            raise Problem(
                "nothing-to-edit",
                "'edit' needs a picture: put a 'compose' step before it or give 'references'",
            )
        if params.mask and params.region:
            raise Problem("two-masks", "give 'region' or 'mask', not both", "mask")
        canvas = _canvas(scene, quality_of(params, scene))
        request: dict[str, Json] = {
            **drawing_request(params, scene),
            "edit": True,
            "size": [canvas.width, canvas.height],
        }
        add_visible(request, scene, canvas)
        if params.region:
            request["region"] = list(_pixels(params.region, canvas))
        if params.mask:
            request["mask"] = True
        return [drawn(request, scene, canvas)]


def _canvas(scene: Scene, quality: str | None) -> Size:
    """Return the canvas so far; a legal one that covers it where another model or step made it."""
    if scene.canvas and size_problem(scene.capabilities, scene.canvas) is None:
        return scene.canvas
    wanted = (scene.canvas,) if scene.canvas else scene.sizes
    return canvas_for(wanted, scene.capabilities, quality)


def _pixels(region: list[str], canvas: Size) -> tuple[int, int, int, int]:
    """Return the box in pixels of the canvas, cut to it.

    Raises:
        Problem: nothing of the box lies on the canvas.
    """
    x, y, width, height = (
        (int(each[:-1]) * edge + 50) // 100 if each.endswith("%") else int(each)
        for each, edge in zip(region, canvas * 2, strict=True)
    )
    width, height = min(width, canvas.width - x), min(height, canvas.height - y)
    if width <= 0 or height <= 0:
        raise Problem("empty-region", f"the region lies outside the {canvas} canvas", "region")
    return x, y, width, height
