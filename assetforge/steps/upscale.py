"""`upscale`: the picture so far with more pixels, above the largest canvas of a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, WithJsonSchema

from assetforge.capabilities import Capabilities, size_problem
from assetforge.digest import Json
from assetforge.findings import Verdict
from assetforge.pipeline import Size, Templated
from assetforge.steps.base import Branch, Params, Problem, Scene
from assetforge.steps.measures import bounded, canvas_of


def _goal(value: object) -> Size | int:
    text = str(value).strip()
    if re.fullmatch(r"[2-8][xX×]", text):
        return int(text[0])
    try:
        return Size.parse(value)
    except ValueError:
        raise ValueError("give a size such as 4000x2000, or from 2x to 8x") from None


Goal = Annotated[
    Size | int,
    BeforeValidator(_goal),
    WithJsonSchema({"type": "string", "pattern": r"^(\d+[xX×]\d+|[2-8][xX×])$"}),
]
"""A size in pixels, or how many times as large."""


class UpscaleParams(Params):
    """A picture with more pixels."""

    to: Templated[Goal]
    """The new size in pixels, `4000x2000`, or how many times as wide and high: `2x`. The picture
    is scaled until it covers the size, and cut."""


class Upscale:
    """Scales the picture so far up; free. Its pixels are more, what they show is not."""

    version: ClassVar[str] = "1"
    paid: ClassVar[bool] = False
    passes: ClassVar[tuple[Verdict, ...]] = ()
    final: ClassVar[bool] = False
    styled: ClassVar[bool] = False
    shorthand: ClassVar[str | None] = "to"
    parameters: ClassVar[type[Params]] = UpscaleParams

    @staticmethod
    def branches(params: Params, scene: Scene) -> Sequence[Branch]:
        """Return the one picture, on its new canvas.

        Raises:
            Problem: there is no picture, or the new size is not larger, or too large.
        """
        assert isinstance(params, UpscaleParams), "BUG: parameters of another kind"
        canvas = canvas_of(scene, "upscale")
        size = bounded(_size(params.to, canvas), "to")
        if size.width <= canvas.width and size.height <= canvas.height:
            message = f"{size} is not larger than the {canvas} canvas; 'export' scales down"
            raise Problem("size-too-small", message, "to")
        asked: dict[str, Json] = {"size": list(size)}
        return [Branch(asked, size, notes=tuple(_notes(canvas, size, scene.capabilities)))]


def _size(goal: Size | int, canvas: Size) -> Size:
    if isinstance(goal, Size):
        return goal
    return Size(canvas.width * goal, canvas.height * goal)


def _notes(canvas: Size, size: Size, capabilities: Capabilities) -> list[str]:
    """Say what enlarging costs, and whether the model could have drawn the size itself."""
    percent = 100 * max(size.width * canvas.height, size.height * canvas.width)
    times = percent // (canvas.width * canvas.height)
    notes = [f"enlarged {times // 100}.{times % 100:02} times, which adds no detail"]
    if not capabilities.local and (capabilities.rules or capabilities.sizes):
        if problem := size_problem(capabilities, size):
            notes.append(f"the model cannot draw {size}: {problem}")
        else:
            notes.append(f"the model could draw {size} itself")
    return notes
