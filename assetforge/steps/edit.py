"""`edit`: the picture so far, changed as the words say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Literal

from assetforge.canvas import canvas_for
from assetforge.capabilities import size_problem
from assetforge.digest import Json
from assetforge.findings import Verdict
from assetforge.pipeline import Reference, Size, Text
from assetforge.steps.base import Box, Branch, Params, Problem, Scene
from assetforge.steps.boxes import Length, Region, box_on, pixels
from assetforge.steps.drawing import (
    DrawingParams,
    add_visible,
    drawing_request,
    drawn,
    quality_of,
)
from assetforge.steps.measures import Percent

FEATHER: Final = "2%"
"""How far old and new are mixed where nothing is written, of the shorter edge of the canvas."""


class EditParams(DrawingParams):
    """A change of the picture so far."""

    region: Region | None = None
    """Only this box may change: [x, y, width, height], each in pixels or percent."""
    mask: Reference | None = None
    """Only where this picture is transparent may the picture change: a PNG of the project."""
    feather: Length | None = None
    """How far inside the region old and new are mixed, in pixels or percent of the shorter edge; by
    default 2%, and at most a quarter of the region."""
    max_drift: Percent | None = None
    """How much of what should not change may, at most; above it the step fails. By default it is
    only reported."""

    typeset: Literal["all"] | list[Text] = []
    """Locales whose copy is typeset on the picture, by a `text` step, and not drawn by the model:
    a list, or `all`."""

    def typeset_in(self, locale: str | None) -> bool:
        """Tell whether the copy is typeset in a locale."""
        return self.typeset == "all" or locale in self.typeset

    def mask_reference(self) -> str | None:
        """Return the picture that says where the picture may change."""
        return self.mask

    def written_region(self) -> list[str] | None:
        """Return the box that may change, as it is written."""
        return self.region

    def restoring(self, canvas: Size) -> dict[str, Any]:
        """Return the parameters of the `restore` that follows; `canvas` is the edited picture's."""
        said: dict[str, Any] = {}
        if self.region:
            box = box_on(self.region, canvas)
            said |= {"region": list(box), "feather": self._feather(box, canvas)}
        if self.mask:
            said["masked"] = True
        if self.max_drift is not None:
            said["max_drift"] = self.max_drift
        return said

    def _feather(self, box: Box, canvas: Size) -> int:
        if self.feather is None:
            return min(pixels(FEATHER, min(canvas)), min(box[2:]) // 4)
        return pixels(self.feather, min(canvas))

    def wrong_feather(self, canvas: Size) -> Problem | None:
        """Return what is wrong with the feather on a canvas, if anything is."""
        if self.feather is None:
            return None
        if self.mask:
            message = "a mask has no 'feather'; make its edge partly transparent instead"
            return Problem("no-region", message, "feather")
        if self.region is None:
            return Problem("no-region", "'feather' is for the edge of a 'region'", "feather")
        box = box_on(self.region, canvas)
        most, wanted = min(box[2:]) // 2, self._feather(box, canvas)
        if wanted <= most:
            return None
        message = f"a feather of {wanted} pixels is too wide for the region; at most {most} fit"
        return Problem("wide-feather", message, "feather")


class Edit:
    """Changes the picture so far, or the first reference when there is none yet."""

    version: ClassVar[str] = "1"
    paid: ClassVar[bool] = True
    passes: ClassVar[tuple[Verdict, ...]] = ()
    final: ClassVar[bool] = False
    styled: ClassVar[bool] = False
    shorthand: ClassVar[str | None] = "prompt"
    parameters: ClassVar[type[Params]] = EditParams

    @staticmethod
    def branches(params: Params, scene: Scene) -> Sequence[Branch]:
        """Return the one changed picture, on the canvas of the picture it changes if that is legal.

        Raises:
            Problem: there is no picture, the region lies outside it, its edge is wider than it, or
                a mask is there too.
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
        if problem := params.wrong_feather(canvas):
            raise problem
        request: dict[str, Json] = {
            **drawing_request(params, scene),
            "edit": True,
            "size": [canvas.width, canvas.height],
        }
        add_visible(request, scene, canvas)
        if params.region:
            request["region"] = list(box_on(params.region, canvas))
        if params.mask:
            request["mask"] = True
        return [drawn(request, scene, canvas)]


def _canvas(scene: Scene, quality: str | None) -> Size:
    """Return the canvas so far; a legal one that covers it where another model or step made it."""
    if scene.canvas and size_problem(scene.capabilities, scene.canvas) is None:
        return scene.canvas
    wanted = (scene.canvas,) if scene.canvas else scene.sizes
    return canvas_for(wanted, scene.capabilities, quality)
