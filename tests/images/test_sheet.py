from itertools import pairwise

import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.images import (
    MAX_SHEET,
    UnreadableImage,
    decode,
    side_by_side,
)
from assetforge.images.sheet import fitting_boxes
from assetforge.pipeline import Size
from tests.pictures import colour, colours, painted, pixels, ramp, saved

RED = (229, 0, 43)


def test_two_pictures_stand_beside_a_map_of_their_difference():
    plain, other = painted((100, 80)), painted((100, 80), (10, 20, 30, 5))

    sheet = decode(side_by_side([saved(plain), saved(other)], 500))

    assert sheet.size == (3 * 100 + 2 * 8, 80)
    assert pixels(sheet.crop((0, 0, 100, 80))) == pixels(plain)
    assert pixels(sheet.crop((108, 0, 208, 80))) == pixels(other)
    assert colour(sheet, (104, 40)) == (128, 128, 128)
    assert colour(sheet, (216 + 9, 20)) != RED
    assert colours(sheet.crop((216 + 10, 20, 216 + 40, 25))) == [(150, RED)]


def test_more_pictures_stand_in_rows_without_a_map():
    shades = [PIL.Image.new("RGB", (20, 10), (each, 0, 0)) for each in range(6)]

    sheet = decode(side_by_side([saved(each) for each in shades], 10))

    assert sheet.size == (4 * 20 + 3 * 8, 2 * 10 + 8)
    places = [(28 * column, 18 * row) for row in range(2) for column in range(4)]
    assert [colour(sheet, each)[0] for each in places] == [0, 1, 2, 3, 4, 5, 128, 128]


def test_one_picture_stands_alone():
    assert pixels(decode(side_by_side([saved(ramp())], 500))) == pixels(ramp())


def test_pictures_shown_together_are_of_one_height():
    low, high = painted((40, 20)), painted((40, 80))

    sheet = decode(side_by_side([saved(low), saved(high), saved(low)], 40))

    assert sheet.size == (80 + 8 + 20 + 8 + 80, 40)


def test_a_picture_that_is_far_too_wide_gets_a_ground():
    sheet = decode(side_by_side([saved(painted((900, 3)))], 100))

    assert sheet.size == (12, 3)


def test_transparent_parts_show_the_ground():
    clear = saved(PIL.Image.new("RGBA", (10, 10), (255, 0, 0, 0)))

    assert colours(decode(side_by_side([clear], 10))) == [(100, (128, 128, 128))]


@given(
    sizes=st.lists(
        st.builds(Size, st.integers(1, 60_000), st.integers(1, 60_000)), min_size=1, max_size=99
    ),
    height=st.integers(1, 60_000),
)
def test_a_sheet_is_never_too_large_and_nothing_on_it_overlaps(sizes, height):
    boxes, whole = fitting_boxes(sizes, height)

    assert whole[0] * whole[1] <= MAX_SHEET
    assert len(boxes) == len(sizes)
    assert all(
        left < right <= whole[0] and top < low <= whole[1] for left, top, right, low in boxes
    )
    for one, two in pairwise(boxes):
        assert one[2] < two[0] or one[3] < two[1]


def test_a_sheet_is_the_same_bytes_on_every_run():
    shown = [saved(ramp()), saved(painted((64, 48)))]

    assert side_by_side(shown, 30) == side_by_side(shown, 30)


def test_what_is_no_picture_is_not_shown():
    with pytest.raises(UnreadableImage):
        side_by_side([b"no picture"], 10)
