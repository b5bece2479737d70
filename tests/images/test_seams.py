import numpy as np
import PIL.Image
import pytest

from assetforge.images import Seam, box_weights, mask_weights, seam

SIZE = (96, 64)
BOX = (24, 16, 48, 32)


def grey(shade, size=SIZE):
    return PIL.Image.new("RGB", size, (shade, shade, shade))


def rough(shade, spread):
    grain = np.random.default_rng(1).integers(-spread, spread + 1, (*SIZE[::-1], 1))
    return PIL.Image.fromarray(np.repeat(shade + grain, 3, axis=2).astype(np.uint8))


@pytest.mark.parametrize("box", [BOX, (21, 13, 48, 32)])
@pytest.mark.parametrize("feather", [0, 6])
def test_one_tone_on_both_sides_has_no_seam(box, feather):
    found = seam(grey(100), grey(100), box_weights(SIZE, box, feather))

    assert found.cells >= 16
    assert (found.step_permille, found.seen_permille) == (0, 0)


@pytest.mark.parametrize("box", [BOX, (21, 13, 48, 32)])
@pytest.mark.parametrize("feather", [0, 6])
def test_a_step_of_tone_is_seen_on_plain_ground(box, feather):
    found = seam(grey(100), grey(105), box_weights(SIZE, box, feather))

    assert found.seen_permille == 1000
    assert 15 <= found.step_permille <= 22


def test_texture_hides_the_same_step():
    weights = box_weights(SIZE, BOX, 0)

    assert seam(rough(100, 40), rough(105, 40), weights).seen_permille < 100


def test_grain_is_no_seam():
    weights = box_weights(SIZE, BOX, 4)

    assert seam(grey(100), rough(100, 6), weights).seen_permille < 100


def test_the_worst_square_is_where_the_step_is_greatest():
    after = grey(104)
    after.paste((180, 180, 180), (64, 40, 72, 48))

    found = seam(grey(100), after, box_weights(SIZE, BOX, 0))

    assert found.worst == (64, 40, 8, 8)


def test_what_is_drawn_in_the_middle_is_no_seam():
    after = grey(100)
    after.paste((255, 0, 0), (40, 28, 56, 36))

    assert seam(grey(100), after, box_weights(SIZE, BOX, 0)).step_permille == 0


def test_a_picture_without_an_edge_has_no_seam():
    weights = box_weights(SIZE, (0, 0, *SIZE), 4)

    assert seam(grey(0), grey(255), weights) == Seam(0, 0, 0, None)


def test_a_mask_has_an_edge_too():
    mask = PIL.Image.new("L", SIZE, 255)
    mask.paste(0, (32, 16, 64, 48))

    assert seam(grey(100), grey(120), mask_weights(mask)).cells == 12


def test_a_picture_of_no_whole_squares_is_looked_at_too():
    weights = box_weights((30, 21), (8, 8, 22, 13), 0)

    assert seam(grey(9, (30, 21)), grey(90, (30, 21)), weights).seen_permille == 1000
