from io import BytesIO
from typing import Any, cast

import PIL.Image
import pytest

from assetforge.digest import Json
from assetforge.images import UnreadableImage, decode, encode_png, size_of
from assetforge.pipeline import Size
from assetforge.runners.export import run
from assetforge.steps.export import Export, ExportParams
from tests.steps.scenes import scene

RED_THEN_BLUE = PIL.Image.new("RGB", (120, 60), "red")
RED_THEN_BLUE.paste("blue", (60, 0, 120, 60))
PICTURE = encode_png(RED_THEN_BLUE)


def made(**params: Any) -> bytes:
    (branch,) = Export.branches(ExportParams(**params), scene(canvas=Size(120, 60)))
    return run(branch.request, (PICTURE,))


@pytest.mark.parametrize("format", ["png", "jpeg", "webp", "avif"])
def test_what_the_step_asks_for_is_made(format):
    data = made(size="40x30", formats=[format])

    assert size_of(data) == Size(40, 30)
    assert PIL.Image.open(BytesIO(data)).format == format.upper()


def test_it_is_the_same_on_every_run():
    request: dict[str, Json] = {"size": [40, 30], "format": "webp", "fit": "cover", "quality": 85}

    one, other = run(request, (PICTURE,)), run(request, (PICTURE,))

    assert one == other


def test_focus_and_background_reach_the_pixels():
    assert decode(made(size="30x30", focus="left")).getpixel((15, 15)) == (255, 0, 0)
    assert decode(made(size="30x30", focus="right")).getpixel((15, 15)) == (0, 0, 255)
    contained = decode(made(size="60x60", fit="contain", background="#00ff00"))
    assert contained.getpixel((30, 1)) == (0, 255, 0)
    assert decode(made(size="60x60", fit="contain")).getpixel((30, 1)) == (0, 0, 0, 0)


def test_a_contained_jpeg_has_a_white_ground():
    contained = decode(made(size="60x60", fit="contain", formats=["jpeg"]))

    assert min(cast("tuple[int, ...]", contained.getpixel((30, 1)))) > 250


def test_an_input_that_is_no_picture_fails_the_action():
    with pytest.raises(UnreadableImage):
        run({"size": [1, 1], "format": "png", "fit": "cover"}, (b"no picture",))
