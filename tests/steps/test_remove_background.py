from typing import Any

import pytest

from assetforge.pipeline import Size
from assetforge.steps.base import Problem
from assetforge.steps.remove_background import RemoveBackground, RemoveBackgroundParams
from tests.steps.scenes import scene

CANVAS = Size(9, 8)


def request(canvas: Size | None = CANVAS, **params: Any) -> Any:
    (branch,) = RemoveBackground.branches(RemoveBackgroundParams(**params), scene(canvas=canvas))
    assert branch.size == canvas
    return branch.request


def test_a_colour_is_named_or_found():
    assert request() == {"tolerance": 8, "softness": 16}
    assert request(colour="#00FF00", tolerance="5%", softness="0%") == {
        "tolerance": 5,
        "softness": 0,
        "colour": "#00ff00",
    }


def test_it_needs_a_picture_and_says_what_goes_on():
    with pytest.raises(Problem, match="'remove-background' needs a picture"):
        request(canvas=None)

    assert RemoveBackground.passes == ("equal", "look")
