from typing import Any

import PIL.Image
import pytest

from assetforge.images import Image, UnreadableImage, decode
from assetforge.pipeline import Size
from assetforge.runners.overlay import run
from assetforge.steps.overlay import Overlay, OverlayParams
from tests.pictures import colour, painted, saved
from tests.steps.scenes import scene

CANVAS = Size(100, 50)
LOGO = saved(PIL.Image.new("RGBA", (20, 10), (255, 0, 0, 255)))


def made(picture: bytes = saved(painted(CANVAS)), logo: bytes = LOGO, **params: Any) -> Image:
    """Return a white picture with a logo."""
    (branch,) = Overlay.branches(OverlayParams(picture="logo.png", **params), scene(canvas=CANVAS))
    return decode(run(branch.request, (picture, logo)))


def box_of(image):
    return image.getchannel("G").point([255 - shade for shade in range(256)]).getbbox()


@pytest.mark.parametrize(
    ("params", "box"),
    [
        ({}, (78, 38, 98, 48)),
        ({"anchor": "top start", "margin": 5, "size": "40%"}, (5, 5, 45, 25)),
        ({"anchor": "center", "size": "10x50", "margin": 0}, (45, 22, 55, 27)),
        ({"frame": True}, (0, 0, 100, 50)),
    ],
)
def test_the_logo_stands_where_the_step_says(params, box):
    assert box_of(made(**params)) == box


def test_a_picture_of_more_pixels_than_its_canvas_shows_the_same():
    large = saved(painted((200, 100)))

    assert box_of(made(large, anchor="top start", margin=5, size="40%")) == (10, 10, 90, 50)


def test_opacity_reaches_the_pixels():
    assert colour(made(opacity="40%"), (90, 42)) == (255, 153, 153)
    assert colour(made(opacity="40%", frame=True), (90, 42)) == (255, 153, 153)


@pytest.mark.parametrize("mode", ["CMYK", "P", "L"])
def test_a_logo_of_any_mode_is_read(mode):
    logo = PIL.Image.new("RGB", (20, 10), "black").convert(mode)

    image = made(logo=saved(logo, "JPEG" if mode == "CMYK" else "PNG"))

    assert max(colour(image, (90, 42))) < 40


def test_a_drawing_of_lines_fails_the_action():
    with pytest.raises(UnreadableImage, match="no PNG, JPEG, WebP"):
        made(logo=b"<svg xmlns='http://www.w3.org/2000/svg'/>")
