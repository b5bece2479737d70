import PIL.Image

from assetforge.images import decode, kind_of
from assetforge.runners.flatten import run
from tests.pictures import colour, ramp, saved


def test_what_is_transparent_gets_the_ground():
    half = PIL.Image.new("RGBA", (4, 4), (255, 255, 255, 102))

    image = decode(run({"background": "#000000"}, (saved(half),)))

    assert (image.mode, colour(image, (1, 1))) == ("RGB", (102, 102, 102))


def test_an_opaque_png_stays_as_it_is_and_anything_else_becomes_one():
    plain, jpeg = saved(ramp()), saved(ramp(), "JPEG")

    made = run({"background": "#000000"}, (jpeg,))

    assert run({"background": "#000000"}, (plain,)) is plain
    assert kind_of(made) == ("PNG", "RGB")
    assert decode(made).tobytes() == decode(jpeg).tobytes()
