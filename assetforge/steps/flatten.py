"""`flatten`: the picture so far on a ground of one colour, without transparency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from assetforge.findings import Verdict
from assetforge.pipeline import Colour, Templated
from assetforge.steps.base import Branch, Params, Scene
from assetforge.steps.measures import canvas_of


class FlattenParams(Params):
    """A ground of one colour."""

    background: Templated[Colour] = "#ffffff"
    """The colour behind what is transparent; by default white."""


class Flatten:
    """Lays the picture so far on one colour; free."""

    version: ClassVar[str] = "1"
    paid: ClassVar[bool] = False
    passes: ClassVar[tuple[Verdict, ...]] = ()
    final: ClassVar[bool] = False
    styled: ClassVar[bool] = False
    shorthand: ClassVar[str | None] = "background"
    parameters: ClassVar[type[Params]] = FlattenParams

    @staticmethod
    def branches(params: Params, scene: Scene) -> Sequence[Branch]:
        """Return the one picture.

        Raises:
            Problem: there is no picture.
        """
        assert isinstance(params, FlattenParams), "BUG: parameters of another kind"
        return [Branch({"background": params.background.lower()}, canvas_of(scene, "flatten"))]
