import pytest

from assetforge.images import (
    alpha_mask,
    box_mask,
    decode,
    encode_png,
    kind_of,
    sendable,
    white_mask,
)
from tests.pictures import colours, ramp, saved


def test_a_box_is_transparent_and_its_surroundings_black():
    mask = decode(box_mask((64, 48), (8, 4, 16, 10)))

    assert colours(mask.crop((8, 4, 24, 14))) == [(160, (0, 0, 0, 0))]
    assert sorted(colours(mask)) == [(160, (0, 0, 0, 0)), (64 * 48 - 160, (0, 0, 0, 255))]


def test_a_white_mask_is_white_where_a_mask_is_transparent():
    mask = decode(white_mask(box_mask((64, 48), (8, 4, 16, 10))))

    assert colours(mask.crop((8, 4, 24, 14))) == [(160, (255, 255, 255))]
    assert sorted(colours(mask)) == [(160, (255, 255, 255)), (64 * 48 - 160, (0, 0, 0))]


def test_a_mask_of_any_kind_has_an_alpha_channel():
    assert kind_of(alpha_mask(saved(ramp(), "JPEG"))) == ("PNG", "RGBA")


@pytest.mark.parametrize(("format", "name"), [("PNG", "png"), ("JPEG", "jpeg"), ("WEBP", "webp")])
def test_what_every_service_takes_stays_as_it_is(format, name):
    data = saved(ramp(), format)

    assert sendable(data) == (data, name)


@pytest.mark.parametrize("data", [saved(ramp(), "GIF"), saved(ramp(mode="L"))])
def test_anything_else_becomes_a_png_that_shows_the_same(data):
    assert sendable(data) == (encode_png(decode(data)), "png")
