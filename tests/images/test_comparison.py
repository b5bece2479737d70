import hashlib
import random

import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL.PngImagePlugin import PngInfo

from assetforge.images import (
    Difference,
    UnreadableImage,
    difference,
    encode_png,
    pixel_digest,
)
from tests.pictures import colour, painted, ramp, saved

NOTE = PngInfo()
NOTE.add_text("Comment", "retouched")


@pytest.mark.parametrize(
    "options",
    [{"compress_level": 0}, {"compress_level": 9}, {"pnginfo": NOTE}, {"dpi": (300, 300)}],
)
def test_pixels_saved_again_without_loss_keep_their_digest(options):
    image = ramp()

    assert pixel_digest(saved(image, **options)) == pixel_digest(saved(image))


def test_pixels_keep_their_digest_in_another_lossless_format_and_mode():
    image = ramp()

    for same in (
        saved(image, "WEBP", lossless=True),
        saved(image.convert("RGBA")),
        encode_png(image, level=6),
    ):
        assert pixel_digest(same) == pixel_digest(saved(image))


def test_a_turned_picture_has_the_digest_of_what_is_shown():
    exif = PIL.Image.Exif()
    exif[0x0112] = 6
    lying = ramp().transpose(PIL.Image.Transpose.ROTATE_90)

    assert pixel_digest(saved(lying, exif=exif)) == pixel_digest(saved(ramp()))


@given(
    size=st.tuples(st.integers(1, 40), st.integers(1, 40)),
    where=st.tuples(st.integers(0), st.integers(0)),
    band=st.integers(0, 3),
    step=st.integers(1, 255),
)
def test_each_pixel_counts_for_the_digest(size, where, band, step):
    image = ramp(size, "RGBA")
    place = (where[0] % size[0], where[1] % size[1])
    samples = list(colour(image, place))
    samples[band] = (samples[band] + step) % 256
    other = image.copy()
    other.putpixel(place, tuple(samples))

    assert pixel_digest(saved(other)) != pixel_digest(saved(image))


def test_the_size_counts_for_the_digest():
    wide, tall = (PIL.Image.new("RGB", size) for size in ((8, 2), (2, 8)))

    assert pixel_digest(saved(wide)) != pixel_digest(saved(tall))


def test_a_picture_of_several_bands_has_the_digest_of_all_its_rows():
    image = ramp((1024, 1025))
    other = image.copy()
    other.putpixel((1023, 1024), (1, 2, 3))

    first = b"assetforge pixels v1\n1024 1025\n" + image.convert("RGBA").tobytes()
    assert pixel_digest(saved(image)) == hashlib.sha256(first).hexdigest()
    assert pixel_digest(saved(other)) != pixel_digest(saved(image))


def test_equal_pictures_do_not_differ():
    assert difference(saved(ramp()), saved(ramp(), "WEBP", lossless=True)) == Difference(
        same_size=True, changed_permille=0, box=None, distance=0
    )


def test_what_differs_is_counted_and_boxed():
    plain, other = painted((100, 80)), painted((100, 80), (10, 20, 30, 5), (60, 50, 10, 5))

    found = difference(saved(plain), saved(other))

    assert (found.same_size, found.changed_permille) == (True, 200 * 1000 // 8000)
    assert found.box == (10, 20, 60, 35)
    assert difference(saved(other), saved(plain)) == found


def test_what_differs_is_found_in_every_band():
    plain, other = painted((1024, 1100)), painted((1024, 1100), (3, 0, 1, 1), (9, 1099, 1, 1))

    found = difference(saved(plain), saved(other))

    assert (found.changed_permille, found.box) == (0, (3, 0, 7, 1100))


def test_everything_differs_between_black_and_white():
    found = difference(saved(painted((9, 9))), saved(painted((9, 9), (0, 0, 9, 9))))

    assert (found.changed_permille, found.box) == (1000, (0, 0, 9, 9))


def test_a_shade_that_nobody_sees_is_no_difference():
    one, two = (PIL.Image.new("RGB", (8, 8), (100, 100, each)) for each in (100, 108))

    found = difference(saved(one), saved(two))

    assert (found.changed_permille, found.box) == (0, None)
    assert pixel_digest(saved(one)) != pixel_digest(saved(two))


def test_the_eye_tells_green_apart_before_blue():
    """40 steps of blue are less than 40 steps of green."""
    ground, blue, green = (
        saved(PIL.Image.new("RGB", (4, 4), each))
        for each in ((90, 90, 90), (90, 90, 130), (90, 130, 90))
    )

    assert difference(ground, blue).changed_permille == 0
    assert difference(ground, green).changed_permille == 1000


@pytest.mark.parametrize("ground", [(0, 0, 0), (255, 255, 255), (128, 128, 128)])
def test_what_becomes_transparent_differs_whatever_its_colour(ground):
    opaque, gone = (PIL.Image.new("RGBA", (4, 4), (*ground, each)) for each in (255, 0))

    assert difference(saved(opaque), saved(gone)).changed_permille == 1000


def test_the_colour_of_what_is_fully_transparent_is_no_difference():
    one, two = (PIL.Image.new("RGBA", (4, 4), (each, 0, 0, 0)) for each in (0, 255))

    assert difference(saved(one), saved(two)).box is None


def test_a_picture_of_another_size_is_scaled_to_the_first():
    small, large = painted((50, 40), (0, 0, 25, 40)), painted((100, 80), (0, 0, 50, 80))

    found = difference(saved(small), saved(large))

    assert not found.same_size
    assert (found.changed_permille, found.box, found.distance) == (0, None, 0)
    assert difference(saved(large), saved(painted((50, 40)))).box == (0, 0, 50, 80)


def test_turned_round_all_shapes_are_as_far_apart_as_can_be():
    grow = ramp((90, 80), "L")
    shrink = grow.transpose(PIL.Image.Transpose.FLIP_LEFT_RIGHT)

    assert difference(saved(grow), saved(shrink)).distance == 64
    assert difference(saved(grow), saved(ramp((45, 40), "L"))).distance == 0


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=25)
def test_a_distance_is_never_above_64_and_the_same_both_ways(seed):
    chance = random.Random(seed)
    one, two = (
        saved(PIL.Image.frombytes("RGB", (12, 10), chance.randbytes(360))) for _ in range(2)
    )

    assert 0 <= difference(one, two).distance <= 64
    assert difference(one, two) == difference(two, one)


@pytest.mark.parametrize("look", [pixel_digest, lambda data: difference(data, data)])
def test_what_is_no_picture_is_not_looked_at(look):
    with pytest.raises(UnreadableImage):
        look(b"no picture")
    with pytest.raises(UnreadableImage):
        difference(saved(ramp()), b"no picture")
