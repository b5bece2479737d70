from typing import Any

import pytest
from pydantic import ValidationError

from assetforge.pipeline import Size
from assetforge.steps.base import Branch, Problem
from assetforge.steps.upscale import Upscale, UpscaleParams
from tests.steps.scenes import scene

CANVAS = Size(1200, 640)


def upscaled(to: Any, canvas: Size | None = CANVAS, **more: Any) -> Branch:
    (branch,) = Upscale.branches(UpscaleParams(to=to), scene(canvas=canvas, **more))
    return branch


def test_a_picture_is_enlarged_to_a_size_or_by_a_factor():
    assert upscaled("4000x2000").request == {"size": [4000, 2000]}
    assert upscaled("2x").size == Size(2400, 1280)
    assert str(UpscaleParams(to="{{ format.size }}").to) == "{{ format.size }}"


def test_it_says_what_that_costs_and_whether_the_model_could_have_drawn_it():
    assert upscaled("4800x2560").notes == (
        "enlarged 4.00 times, which adds no detail",
        "the model cannot draw 4800x2560: the longer edge must be at most 3840 pixels",
    )
    assert upscaled("2400x1280").notes[1:] == ("the model could draw 2400x1280 itself",)
    assert upscaled("1200x1000").notes[0].startswith("enlarged 1.56 times")
    assert len(upscaled("2x", provider="draft").notes) == 1


@pytest.mark.parametrize(
    ("to", "canvas", "code", "parameter"),
    [
        ("1200x640", Size(1200, 640), "size-too-small", "to"),
        ("100x640", Size(1200, 640), "size-too-small", "to"),
        ("8x", Size(3840, 2160), "size-too-large", "to"),
        ("2x", None, "nothing-to-upscale", None),
    ],
)
def test_what_cannot_be_enlarged_is_a_problem(to, canvas, code, parameter):
    with pytest.raises(Problem) as caught:
        upscaled(to, canvas)

    assert (caught.value.code, caught.value.parameter) == (code, parameter)


@pytest.mark.parametrize("to", ["1x", "9x", "twice", 2, "200%"])
def test_any_other_goal_is_refused(to):
    with pytest.raises(ValidationError, match="give a size such as 4000x2000, or from 2x to 8x"):
        UpscaleParams(to=to)
