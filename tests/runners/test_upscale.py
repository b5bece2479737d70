from assetforge.images import decode
from assetforge.pipeline import Size
from assetforge.runners.upscale import run
from assetforge.steps.upscale import Upscale, UpscaleParams
from tests.pictures import colour, painted, saved
from tests.steps.scenes import scene


def test_the_picture_has_more_pixels_of_the_same():
    (branch,) = Upscale.branches(UpscaleParams(to="3x"), scene(canvas=Size(40, 20)))

    image = decode(run(branch.request, (saved(painted((40, 20), (20, 0, 20, 20))),)))

    assert image.size == branch.size == (120, 60)
    assert [colour(image, (x, 30)) for x in (10, 110)] == [(255, 255, 255), (0, 0, 0)]
