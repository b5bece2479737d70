"""`compose`: a picture made from words, and from references if there are any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from assetforge.canvas import canvas_plan
from assetforge.digest import Json
from assetforge.findings import Verdict
from assetforge.pipeline import Size, Templated
from assetforge.steps.base import Branch, Params, Scene
from assetforge.steps.drawing import (
    DrawingParams,
    add_visible,
    drawing_request,
    drawn,
    quality_of,
)


class ComposeParams(DrawingParams):
    """A picture made from words."""

    size: Templated[Size] | None = None
    """Final size in pixels, `1200x628`; by default what the exports or the matrix ask for."""

    def wanted_sizes(self) -> tuple[Size, ...]:
        """Return the final size, if it is named here."""
        return (self.size,) if self.size else ()


class Compose:
    """Makes the first picture, on the cheapest legal canvas that covers every final size."""

    version: ClassVar[str] = "1"
    paid: ClassVar[bool] = True
    passes: ClassVar[tuple[Verdict, ...]] = ()
    final: ClassVar[bool] = False
    styled: ClassVar[bool] = True
    shorthand: ClassVar[str | None] = "prompt"
    parameters: ClassVar[type[Params]] = ComposeParams

    @staticmethod
    def branches(params: Params, scene: Scene) -> Sequence[Branch]:
        """Return the one picture, on its canvas."""
        assert isinstance(params, ComposeParams), "BUG: parameters of another kind"
        wanted = scene.sizes
        chosen = canvas_plan(wanted, scene.capabilities, quality_of(params, scene))
        canvas = chosen.size
        request: dict[str, Json] = {
            **drawing_request(params, scene),
            "size": [canvas.width, canvas.height],
        }
        add_visible(request, scene, canvas)
        cut = [f"canvas {canvas} for {wanted[0]}"] if wanted and wanted[0] != canvas else []
        return [drawn(request, scene, canvas, (*cut, *chosen.notes))]
