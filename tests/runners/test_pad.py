from assetforge.images import decode
from assetforge.pipeline import Size
from assetforge.runners.pad import run
from assetforge.steps.pad import Pad, PadParams
from tests.pictures import colour, painted, saved
from tests.steps.scenes import scene

BLACK = painted((20, 10), (0, 0, 20, 10))


def made(picture=BLACK, **params):
    (branch,) = Pad.branches(PadParams(**params), scene(canvas=Size(20, 10)))
    image = decode(run(branch.request, (saved(picture),)))
    assert image.size == branch.size
    return image


def test_the_picture_stands_on_its_new_canvas():
    image = made(by=5, background="#ff0000")

    assert [colour(image, each) for each in ((4, 5), (5, 5), (24, 14), (25, 14))] == [
        (255, 0, 0),
        (0, 0, 0),
        (0, 0, 0),
        (255, 0, 0),
    ]
    assert colour(made(size="30x30", anchor="bottom left"), (0, 19)) == (0, 0, 0, 0)
    assert colour(made(size="30x30", anchor="bottom left"), (0, 20)) == (0, 0, 0, 255)


def test_a_picture_of_more_pixels_is_brought_to_its_canvas():
    image = made(BLACK.resize((40, 20)), by=5)

    assert [colour(image, each)[3] for each in ((24, 14), (25, 14))] == [255, 0]
