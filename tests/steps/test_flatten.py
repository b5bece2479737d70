import pytest
from pydantic import ValidationError

from assetforge.pipeline import Size
from assetforge.steps.base import Problem
from assetforge.steps.flatten import Flatten, FlattenParams
from tests.steps.scenes import scene


def test_a_ground_is_white_unless_a_colour_is_said():
    (plain,) = Flatten.branches(FlattenParams(), scene(canvas=Size(9, 8)))
    (red,) = Flatten.branches(FlattenParams(background="#FF0000"), scene(canvas=Size(9, 8)))

    assert (plain.request, plain.size) == ({"background": "#ffffff"}, Size(9, 8))
    assert red.request == {"background": "#ff0000"}


def test_what_is_no_colour_and_no_picture_is_refused():
    with pytest.raises(ValidationError):
        FlattenParams(background="white")
    with pytest.raises(Problem, match="'flatten' needs a picture"):
        Flatten.branches(FlattenParams(), scene())
