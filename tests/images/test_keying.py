import PIL.Image
import pytest

from assetforge.images import ground_colour, keyed, removed_permille
from tests.pictures import colour, painted

GREEN = (0, 255, 0)


def on(ground, size=(60, 40), figure=(200, 60, 90), box=(20, 10, 40, 30)):
    """A figure on a ground, drawn four times as large and scaled down, so that its edge is soft."""
    large = PIL.Image.new("RGB", (size[0] * 4, size[1] * 4), ground)
    left, top, right, bottom = (4 * each + 2 for each in box)
    large.paste(figure, (left, top, right, bottom))
    return large.resize(size, PIL.Image.Resampling.BOX)


def test_the_ground_goes_and_the_figure_stays():
    made = keyed(on(GREEN), GREEN, 8, 16)

    assert colour(made, (2, 2)) == (0, 0, 0, 0)
    assert colour(made, (30, 20)) == (200, 60, 90, 255)
    assert removed_permille(on(GREEN), made) == (2400 - 21 * 21) * 1000 // 2400


def test_a_soft_edge_is_partly_transparent_and_has_no_tint():
    made = keyed(on(GREEN), GREEN, 8, 40)

    red, green, blue, opaque = colour(made, (20, 20))
    assert 0 < opaque < 255
    assert green <= max(red, blue)
    assert abs(red - 200) < 40


def test_a_tint_is_taken_off_near_the_edge_only():
    image = PIL.Image.new("RGB", (60, 40), GREEN)
    image.paste((90, 120, 90), (20, 0, 60, 40))

    made = keyed(image, GREEN, 8, 16)

    red, green, blue, opaque = colour(made, (20, 20))
    assert red == green == blue
    assert opaque == 255 * (255 - 30) // 255
    assert colour(made, (50, 20)) == (90, 120, 90, 255)


@pytest.mark.parametrize("key", [(255, 0, 255), (0, 0, 255), (255, 255, 255), (12, 12, 12)])
def test_any_colour_can_be_a_ground(key):
    made = keyed(on(key, figure=(60, 130, 60)), key, 8, 16)

    assert colour(made, (2, 2))[3] == 0
    assert colour(made, (30, 20)) == (60, 130, 60, 255)


def test_a_ground_that_is_not_even_goes_within_the_tolerance():
    image = on((10, 240, 20))

    assert colour(keyed(image, GREEN, 8, 16), (2, 2))[3] == 0
    assert colour(keyed(image, GREEN, 0, 8), (2, 2))[3] > 0


def test_without_softness_a_pixel_is_ground_or_not():
    made = keyed(on((255, 255, 255)), (255, 255, 255), 20, 0)

    assert {value for value, count in enumerate(made.getchannel("A").histogram()) if count} == {
        0,
        255,
    }


def test_what_was_transparent_stays_so_and_is_not_counted():
    image = on(GREEN).convert("RGBA")
    image.putalpha(painted((60, 40), (0, 0, 60, 20), mode="L"))

    made = keyed(image, GREEN, 8, 16)

    assert colour(made, (30, 15)) == (0, 0, 0, 0)
    assert colour(made, (30, 25)) == (200, 60, 90, 255)
    assert removed_permille(image, made) == (20 * 60 - 11 * 21) * 1000 // 2400


def test_the_ground_is_the_commonest_colour_at_the_edges():
    image = on((17, 200, 31), box=(20, 10, 58, 39))
    image.putpixel((0, 0), (255, 0, 0))

    found, share = ground_colour(image)

    assert found == (17, 200, 31)
    assert 700 < share < 1000


def test_a_ground_on_both_sides_of_a_step_is_one():
    image = PIL.Image.new("RGB", (40, 40), (15, 200, 32))
    image.paste((16, 199, 31), (0, 0, 19, 40))

    found, share = ground_colour(image)

    assert share == 1000
    assert found in ((15, 200, 32), (16, 199, 31))
