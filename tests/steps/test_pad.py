from typing import Any

import pytest

from assetforge.pipeline import Size
from assetforge.steps.base import Branch, Problem
from assetforge.steps.pad import Pad, PadParams
from tests.steps.scenes import scene

CANVAS = Size(200, 100)


def padded(canvas: Size | None = CANVAS, *, rtl: bool = False, **params: Any) -> Branch:
    (branch,) = Pad.branches(PadParams(**params), scene(canvas=canvas, rtl=rtl))
    return branch


def test_every_edge_gets_the_same():
    branch = padded(by="5%")

    assert branch.size == Size(210, 110)
    assert branch.request == {"canvas": [200, 100], "size": [210, 110], "place": [5, 5]}
    assert padded(by=7).size == Size(214, 114)


def test_on_a_canvas_of_a_size_it_stands_at_its_anchor():
    said: dict[str, Any] = {"size": "400x101", "background": "#ABCDEF"}

    assert padded(**said).request == {
        "canvas": [200, 100],
        "size": [400, 101],
        "place": [100, 0],
        "background": "#abcdef",
    }
    assert padded(**said, anchor="bottom start").request["place"] == [0, 1]
    assert padded(**said, anchor="bottom start", rtl=True).request["place"] == [200, 1]


@pytest.mark.parametrize(
    ("params", "code", "parameter"),
    [
        ({}, "pad-by-what", None),
        ({"by": "5%", "size": "400x400"}, "pad-by-what", None),
        ({"by": "5%", "anchor": "top"}, "pad-by-what", "anchor"),
        ({"size": "199x400"}, "size-too-small", "size"),
        ({"size": "16000x16000"}, "size-too-large", "size"),
        ({"by": 9000}, "size-too-large", "by"),
        ({"by": 1, "canvas": None}, "nothing-to-pad", None),
    ],
)
def test_what_cannot_be_padded_is_a_problem(params, code, parameter):
    with pytest.raises(Problem) as caught:
        padded(**params)

    assert (caught.value.code, caught.value.parameter) == (code, parameter)
