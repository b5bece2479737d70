from typing import Any

import numpy as np
import PIL.Image
import pytest

from assetforge.images import Image, decode
from assetforge.pipeline import Size
from assetforge.runners.base import Work
from assetforge.runners.remove_background import run
from assetforge.steps.remove_background import RemoveBackground, RemoveBackgroundParams
from tests.pictures import colour, saved
from tests.steps.scenes import scene

SIZE = Size(60, 40)


def figure(ground: str, box: tuple[int, int, int, int] = (20, 10, 40, 30)) -> Image:
    image = PIL.Image.new("RGB", SIZE, ground)
    image.paste("#c83c5a", box)
    return image


def made(image: Image, **params: Any) -> Work:
    said = RemoveBackgroundParams(**params)
    (branch,) = RemoveBackground.branches(said, scene(canvas=SIZE))
    return run(branch.request, (saved(image),))


@pytest.mark.parametrize("params", [{}, {"colour": "#00ff00"}])
def test_the_ground_is_found_or_named_and_goes(params):
    work = made(figure("#00ff00"), **params)

    image = decode(work.data)
    assert [colour(image, each) for each in ((2, 2), (30, 20))] == [(0,) * 4, (200, 60, 90, 255)]
    (check,) = work.findings.checks
    assert (check.check, check.verdict, check.expected) == ("alpha", "equal", "#00ff00")
    assert check.details == {"removed_permille": 833, "edges_permille": 1000}


@pytest.mark.parametrize(
    ("image", "params", "verdict", "words"),
    [
        (figure("#0000ff"), {"colour": "#00ff00"}, "differs", "nothing has the colour #00ff00"),
        (figure("#00ff00", (0, 0, 1, 1)), {}, "look", "99.9% has the colour #00ff00"),
        (figure("#c83c5a"), {}, "differs", "everything has the colour #c83c5a"),
        (figure("#c83c5a", (0, 0, 0, 0)), {"colour": "#c83c5b"}, "differs", "everything"),
    ],
)
def test_nothing_or_everything_gone_is_told(image, params, verdict, words):
    work = made(image, **params)

    assert work.findings.verdict == verdict
    assert words in work.findings.message


def test_edges_of_many_colours_have_to_be_looked_at():
    samples = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)

    work = made(PIL.Image.fromarray(samples))

    assert work.findings.verdict == "look"
    assert "the edges have no one colour" in work.findings.message
