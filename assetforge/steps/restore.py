"""`restore`: what an edit was not asked to change is put back, and looked at.

Nobody writes this step. It follows an `edit` by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field

from assetforge.digest import Json
from assetforge.findings import Verdict
from assetforge.steps.base import Branch, Params, Scene
from assetforge.steps.drawing import drawn_format
from assetforge.steps.measures import canvas_of


class RestoreParams(Params):
    """What an edit was allowed to change, in pixels of its canvas."""

    region: Annotated[list[int], Field(min_length=4, max_length=4)] | None = None
    """The box that may change: [x, y, width, height]."""
    masked: bool = False
    """Whether the last input is a mask: what is transparent there may change."""
    feather: Annotated[int, Field(ge=0)] = 0
    """How far inside the box old and new are mixed."""
    max_drift: Annotated[int, Field(ge=0, le=100)] | None = None
    """How many percent of what should not change may, at most."""


class Restore:
    """Puts back what an edit may not change, and says what changed there; free.

    Its inputs are the picture after the edit, the one before it, and the edit's mask if it has one.
    Without a region and a mask nothing is put back, and what is looked at is the whole picture.
    """

    version: ClassVar[str] = "1"
    paid: ClassVar[bool] = False
    passes: ClassVar[tuple[Verdict, ...]] = ("equal", "look")
    final: ClassVar[bool] = False
    styled: ClassVar[bool] = False
    shorthand: ClassVar[str | None] = None
    parameters: ClassVar[type[Params]] = RestoreParams

    @staticmethod
    def branches(params: Params, scene: Scene) -> Sequence[Branch]:
        """Return the one picture, on the canvas that the edit left."""
        assert isinstance(params, RestoreParams), "BUG: parameters of another kind"
        canvas = canvas_of(scene, "restore")
        asked: dict[str, Json] = {}
        if params.region:
            asked |= {"canvas": list(canvas), "region": list(params.region)}
            asked["feather"] = params.feather
        if params.masked:
            asked["mask"] = True
        if params.max_drift is not None:
            asked["max_drift"] = params.max_drift
        mended = params.region is not None or params.masked
        format = "png" if mended else drawn_format(scene.profile, scene.capabilities)
        return [Branch(asked, canvas, format)]
