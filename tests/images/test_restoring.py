import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.images import box_weights, mask_weights, matched, opacity, restored
from tests.pictures import colour, painted, ramp, saved

MODES = st.sampled_from(["RGB", "RGBA"])


def noise(size, mode, seed):
    samples = np.random.default_rng(seed).integers(0, 256, (*size[::-1], len(mode)), np.uint8)
    if mode == "RGBA":
        samples[::3, :, 3] = 0
    return PIL.Image.fromarray(samples)


def rgba(image):
    return np.asarray(image.convert("RGBA"))


@given(
    size=st.tuples(st.integers(1, 24), st.integers(1, 24)),
    corners=st.tuples(*[st.integers(0, 23)] * 4),
    feather=st.integers(0, 30),
    modes=st.tuples(MODES, MODES),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=60)
def test_outside_the_box_not_one_sample_changes(size, corners, feather, modes, seed):
    """Whatever is drawn, wherever the box, however soft its edge, transparent or not."""
    x, y = corners[0] % size[0], corners[1] % size[1]
    width, height = 1 + corners[2] % (size[0] - x), 1 + corners[3] % (size[1] - y)
    before, after = noise(size, modes[0], seed), noise(size, modes[1], seed + 1)

    made = restored(before.copy(), after.copy(), box_weights(size, (x, y, width, height), feather))

    outside = np.ones(size[::-1], dtype=bool)
    outside[y : y + height, x : x + width] = False
    assert (rgba(made)[outside] == rgba(before)[outside]).all()
    if feather == 0:
        assert (rgba(made)[~outside] == rgba(after)[~outside]).all()


@given(seed=st.integers(0, 2**32 - 1), modes=st.tuples(MODES, MODES))
@settings(max_examples=25)
def test_where_a_mask_is_opaque_not_one_sample_changes(seed, modes):
    before, after, mask = (noise((9, 7), mode, seed) for mode in (*modes, "RGBA"))
    after = PIL.Image.eval(after, lambda value: value ^ 1)
    opaque = opacity(saved(mask))

    made = restored(before.copy(), after.copy(), mask_weights(opaque))

    fixed, free = np.asarray(opaque) == 255, np.asarray(opaque) == 0
    assert (rgba(made)[fixed] == rgba(before)[fixed]).all()
    assert (rgba(made)[free] == rgba(after)[free]).all()


def test_at_a_soft_edge_old_and_new_are_mixed():
    black, white = (PIL.Image.new("RGB", (40, 1), each) for each in ("black", "white"))

    made = restored(black, white, box_weights((40, 1), (10, 0, 20, 1), 8))

    line = [colour(made, (x, 0))[0] for x in range(40)]
    assert line[:10] + line[30:] == [0] * 20
    assert line[18:22] == [255] * 4
    assert 0 < line[10] < line[12] < line[14] < line[16] < 255
    assert line == line[::-1]


def test_a_box_too_narrow_for_two_soft_edges_is_soft_all_over():
    black, white = (PIL.Image.new("RGB", (40, 1), each) for each in ("black", "white"))

    made = restored(black, white, box_weights((40, 1), (10, 0, 20, 1), 20))

    line = [colour(made, (x, 0))[0] for x in range(40)]
    assert line == line[::-1]
    assert 0 < line[10] < line[19] < 140


def test_an_edge_of_the_picture_is_no_edge_of_the_box():
    black, white = (PIL.Image.new("RGB", (20, 20), each) for each in ("black", "white"))

    made = restored(black, white, box_weights((20, 20), (0, 0, 20, 10), 4))

    assert [colour(made, (x, y)) for x, y in ((0, 0), (19, 0), (0, 5))] == [(255,) * 3] * 3
    assert 0 < colour(made, (0, 9))[0] < 255
    assert colour(made, (19, 10)) == (0, 0, 0)


def test_half_a_mask_mixes_half_of_both():
    black, white = (PIL.Image.new("RGB", (2, 2), each) for each in ("black", "white"))

    made = restored(black, white, mask_weights(PIL.Image.new("L", (2, 2), 128)))

    assert colour(made, (0, 0)) == (127, 127, 127)


def test_the_colour_of_what_is_transparent_does_not_show_where_it_is_mixed():
    nothing = PIL.Image.new("RGBA", (2, 2), (0, 255, 0, 0))
    red = PIL.Image.new("RGBA", (2, 2), (255, 0, 0, 255))

    made = restored(nothing, red, mask_weights(PIL.Image.new("L", (2, 2), 55)))

    assert colour(made, (1, 1)) == (255, 0, 0, 200)


def test_what_is_transparent_on_both_sides_stays_so():
    clear = PIL.Image.new("RGBA", (2, 2), (9, 9, 9, 0))

    made = restored(clear, clear.copy(), mask_weights(PIL.Image.new("L", (2, 2), 128)))

    assert colour(made, (0, 0))[3] == 0


def test_a_picture_of_several_bands_is_mended_in_all_of_them():
    size = (512, 600)
    before, after = painted(size), painted(size, (0, 0, *size))

    made = restored(before, after, box_weights(size, (100, 200, 200, 400), 0))

    assert made.convert("L").histogram()[0] == 200 * 400
    assert [colour(made, each)[0] for each in ((100, 199), (100, 200), (299, 599))] == [255, 0, 0]


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_picture_of_another_size_is_scaled_until_it_covers(mode):
    image = ramp((40, 20), mode)

    assert matched(image, (40, 20)) is image
    assert matched(image, (80, 60)).size == (80, 60)
