from typing import Any

import pytest
from pydantic import ValidationError

from assetforge.pipeline import Size
from assetforge.steps.base import Branch, Problem
from assetforge.steps.overlay import Overlay, OverlayParams
from tests.steps.scenes import scene

CANVAS = Size(1000, 500)


def overlaid(params: dict[str, Any] | None = None, **more: Any) -> Branch:
    said = OverlayParams(picture="logo.png", **params or {})
    (branch,) = Overlay.branches(said, scene(**{"canvas": CANVAS, **more}))
    return branch


def test_an_overlay_of_nothing_said_stands_in_the_bottom_corner_where_lines_end():
    branch = overlaid()

    assert branch.size == CANVAS
    assert branch.request == {
        "canvas": [1000, 500],
        "area": [20, 20, 960, 460],
        "anchor": [100, 100],
    }
    assert overlaid(rtl=True).request["anchor"] == [0, 100]


def test_it_stands_in_what_the_exports_keep():
    """Otherwise a logo in the corner of a canvas would be cut off."""
    branch = overlaid({"margin": 10, "size": "10%"}, visible=lambda canvas: (100, 50, 800, 400))

    assert branch.request["area"] == [110, 60, 780, 380]
    assert branch.request["bound"] == [80, 400]


def test_a_size_is_a_share_of_the_width_or_pixels():
    assert overlaid({"size": "12%"}).request["bound"] == [120, 500]
    assert overlaid({"size": "400x200"}).request["bound"] == [400, 200]
    assert overlaid({"size": "1%"}, canvas=Size(50, 50)).request["bound"] == [1, 50]


def test_only_what_is_not_usual_is_said():
    assert overlaid({"opacity": "80%"}).request["opacity"] == 80
    assert "opacity" not in overlaid({"opacity": "100%"}).request


def test_a_frame_covers_all_that_is_kept():
    branch = overlaid({"frame": True}, visible=lambda canvas: (0, 50, 1000, 400))

    assert branch.request == {"canvas": [1000, 500], "area": [0, 50, 1000, 400], "frame": True}


def test_a_frame_with_a_place_is_refused():
    with pytest.raises(ValidationError, match="a 'frame' covers all, so it has no 'anchor'"):
        OverlayParams(picture="a.png", frame=True, anchor="top", size="5%")


def test_a_margin_that_leaves_nothing_is_a_problem():
    with pytest.raises(Problem, match="leaves nothing of 1000x500") as caught:
        overlaid({"margin": "50%"})

    assert (caught.value.code, caught.value.parameter) == ("wide-margin", "margin")


def test_an_overlay_over_nothing_is_a_problem():
    with pytest.raises(Problem, match="'overlay' needs a picture"):
        overlaid(canvas=None)


@pytest.mark.parametrize("size", ["0%", "101%", "12", "wide", "0x5", "5%%"])
def test_any_other_size_is_refused(size):
    with pytest.raises(ValidationError, match="a share of the width such as 12%, or 400x200"):
        OverlayParams(picture="a.png", size=size)


@pytest.mark.parametrize("picture", ["brand/logo.svg", "logo.SVGZ"])
def test_svg_is_refused_with_what_to_do(picture):
    with pytest.raises(ValidationError, match="save it as a large PNG"):
        OverlayParams(picture=picture)


@pytest.mark.parametrize("picture", ["asset:mascot", "brand/{{ format }}.png", "logo.webp"])
def test_it_reads_a_picture_of_the_project_or_of_another_asset(picture):
    assert OverlayParams(picture=picture).files() == (("picture", picture),)


def test_each_format_may_have_its_own_place():
    said = OverlayParams(
        picture="a.png", anchor="{{ format.corner }}", size="{{ s }}", margin="{{ m }}"
    )

    assert str(said.anchor) == "{{ format.corner }}"
