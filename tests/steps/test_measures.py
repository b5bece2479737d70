import pytest
from pydantic import TypeAdapter, ValidationError

from assetforge import images
from assetforge.pipeline import Size
from assetforge.steps import measures
from assetforge.steps.base import Problem
from assetforge.steps.measures import Anchor, Percent, anchor_point, bounded, canvas_of
from tests.steps.scenes import scene

ANCHOR: TypeAdapter[tuple[str, ...]] = TypeAdapter(Anchor)


@pytest.mark.parametrize(
    ("written", "point", "mirrored"),
    [
        ("center", (50, 50), (50, 50)),
        ("top", (50, 0), (50, 0)),
        ("bottom end", (100, 100), (0, 100)),
        ("start, top", (0, 0), (100, 0)),
        ("centre-left", (0, 50), (0, 50)),
        ("right", (100, 50), (100, 50)),
        ("end center", (100, 50), (0, 50)),
    ],
)
def test_an_anchor_is_a_point_and_start_and_end_are_mirrored(written, point, mirrored):
    anchor = ANCHOR.validate_python(written)

    assert anchor_point(anchor, rtl=False) == point
    assert anchor_point(anchor, rtl=True) == mirrored


@pytest.mark.parametrize(
    "written", ["", "middle", "left right", "left end", "top bottom", "top left center", "5"]
)
def test_any_other_anchor_is_refused(written):
    with pytest.raises(ValidationError, match="an edge or corner such as 'bottom end'"):
        ANCHOR.validate_python(written)


def test_a_share_is_whole_percents():
    percent: TypeAdapter[int] = TypeAdapter(Percent)

    assert [percent.validate_python(each) for each in ("0%", "100%")] == [0, 100]
    for wrong in ("101%", "30", 30, "-1%", "1.5%", "30 %"):
        with pytest.raises(ValidationError, match="a share is from 0% to 100%"):
            percent.validate_python(wrong)


def test_a_size_is_bounded_as_the_picture_library_is():
    assert images.MAX_PIXELS == measures.MAX_PIXELS
    assert bounded(Size(8000, 8000), "size") == Size(8000, 8000)
    with pytest.raises(Problem, match="has more than 64000000 pixels") as caught:
        bounded(Size(8000, 8001), "size")

    assert (caught.value.code, caught.value.parameter) == ("size-too-large", "size")


def test_a_step_without_a_picture_is_a_problem():
    assert canvas_of(scene(canvas=Size(9, 9)), "pad") == Size(9, 9)
    with pytest.raises(Problem, match="'pad' needs a picture: put a step before it") as caught:
        canvas_of(scene(), "pad")

    assert caught.value.code == "nothing-to-pad"
