"""`remove-background`: a ground of one colour becomes transparent, for models that have no other.

A model that paints no transparency is asked for a ground such as plain #00ff00, and this takes it
out again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final

from assetforge.digest import Json
from assetforge.findings import Verdict
from assetforge.pipeline import Colour, Templated
from assetforge.steps.base import Branch, Params, Scene
from assetforge.steps.measures import Percent, canvas_of

TOLERANCE: Final = 8
SOFTNESS: Final = 16


class RemoveBackgroundParams(Params):
    """The ground that is taken out."""

    colour: Templated[Colour] | None = None
    """Colour of the ground as `#rrggbb`; by default the commonest one at the picture's edges."""
    tolerance: Templated[Percent] = TOLERANCE
    """How far a pixel may be from that colour and is ground, of the greatest distance of two
    colours; by default 8%."""
    softness: Templated[Percent] = SOFTNESS
    """From how much farther on a pixel is no ground at all; between, it is partly transparent. By
    default 16%."""


class RemoveBackground:
    """Makes a ground of one colour transparent, wherever it shows; free."""

    version: ClassVar[str] = "1"
    paid: ClassVar[bool] = False
    passes: ClassVar[tuple[Verdict, ...]] = ("equal", "look")
    final: ClassVar[bool] = False
    styled: ClassVar[bool] = False
    shorthand: ClassVar[str | None] = "colour"
    parameters: ClassVar[type[Params]] = RemoveBackgroundParams

    @staticmethod
    def branches(params: Params, scene: Scene) -> Sequence[Branch]:
        """Return the one picture.

        Raises:
            Problem: there is no picture.
        """
        assert isinstance(params, RemoveBackgroundParams), "BUG: parameters of another kind"
        asked: dict[str, Json] = {"tolerance": params.tolerance, "softness": params.softness}
        if params.colour:
            asked["colour"] = params.colour.lower()
        return [Branch(asked, canvas_of(scene, "remove-background"))]
