import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.images import enlarged, framed, on_pixels, overlaid, padded
from tests.pictures import colour, painted, ramp

WHITE = painted((100, 60))
RED = PIL.Image.new("RGBA", (10, 5), (255, 0, 0, 255))
ALL = (0, 0, 100, 60)


def box_of(image):
    """Return where a picture is not white: left, top, right, bottom."""
    return PIL.Image.eval(image.convert("RGB").convert("L"), lambda value: 255 - value).getbbox()


@pytest.mark.parametrize(
    ("anchor", "corner"),
    [((0, 0), (10, 10)), ((100, 100), (80, 45)), ((50, 50), (45, 27)), ((0, 100), (10, 45))],
)
def test_an_overlay_stands_at_its_anchor_in_the_area(anchor, corner):
    made = overlaid(WHITE, RED, (10, 10, 80, 40), None, anchor, 100)

    assert box_of(made) == (*corner, corner[0] + 10, corner[1] + 5)
    assert colour(made, corner) == (255, 0, 0)
    assert box_of(WHITE) is None


@pytest.mark.parametrize(
    ("bound", "size"), [((40, 60), (40, 20)), ((100, 10), (20, 10)), ((4, 60), (4, 2))]
)
def test_an_overlay_fits_a_bound_and_keeps_its_shape(bound, size):
    assert box_of(overlaid(WHITE, RED, ALL, bound, (0, 0), 100)) == (0, 0, *size)


@pytest.mark.parametrize("bound", [None, (90, 90)])
def test_an_overlay_is_never_larger_than_the_area(bound):
    made = overlaid(WHITE, RED.resize((200, 100)), (5, 5, 50, 40), bound, (0, 0), 100)

    assert box_of(made) == (5, 5, 55, 30)


def test_an_overlay_may_let_through():
    half = RED.copy()
    half.putalpha(128)

    assert colour(overlaid(WHITE, half, ALL, None, (0, 0), 100), (0, 0)) == (255, 127, 127)
    assert colour(overlaid(WHITE, RED, ALL, None, (0, 0), 50), (0, 0)) == (255, 128, 128)


def test_over_what_is_transparent_an_overlay_is_what_shows():
    clear = PIL.Image.new("RGBA", (100, 60))

    made = overlaid(clear, RED, ALL, None, (0, 0), 40)

    assert colour(made, (0, 0)) == (255, 0, 0, 102)
    assert colour(made, (50, 50))[3] == 0


def test_no_fringe_of_what_is_transparent_shows_when_it_is_scaled():
    """The transparent half is green, and none of it may show."""
    layer = PIL.Image.new("RGBA", (80, 40), (0, 255, 0, 0))
    layer.paste((255, 0, 0, 255), (0, 0, 40, 40))

    made = overlaid(WHITE, layer, ALL, (31, 40), (0, 0), 100)

    assert all(colour(made, (x, 5))[1] == colour(made, (x, 5))[2] for x in range(40))


def test_a_frame_is_stretched_over_the_area():
    frame = PIL.Image.new("RGBA", (30, 30), (0, 0, 255, 255))
    frame.paste((0, 0, 0, 0), (10, 10, 20, 20))

    made = framed(WHITE, frame, (10, 0, 90, 60), 100)

    assert box_of(made) == (10, 0, 100, 60)
    assert colour(made, (55, 30)) == (255, 255, 255)


def test_padding_is_transparent_or_of_a_colour():
    image = PIL.Image.new("RGB", (4, 2), "red")
    clear = padded(image, (8, 6), (2, 1), None)
    blue = padded(image, (8, 6), (2, 1), "#0000ff")

    assert [colour(clear, point) for point in ((0, 0), (2, 1))] == [(0,) * 4, (255, 0, 0, 255)]
    assert [colour(blue, point) for point in ((7, 5), (5, 2))] == [(0, 0, 255), (255, 0, 0)]


def test_the_ground_shows_through_a_padded_picture():
    half = PIL.Image.new("RGBA", (2, 2), (255, 255, 255, 51))

    assert colour(padded(half, (4, 4), (1, 1), "#000000"), (1, 1)) == (51, 51, 51)
    assert colour(padded(half, (4, 4), (1, 1), None), (1, 1)) == (255, 255, 255, 51)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("size", [(300, 230), (200, 400), (97, 331)])
def test_bands_fit_together_to_one_enlarged_picture(mode, size, monkeypatch):
    image = ramp((60, 50), mode)
    whole = enlarged(image, size)

    monkeypatch.setattr("assetforge.images.bands.BAND", 4 * size[0])

    assert enlarged(image, size).tobytes() == whole.tobytes()
    assert whole.size == size


def test_what_covers_is_cut_on_both_sides():
    image = PIL.Image.new("RGB", (30, 10), "white")
    image.paste("red", (10, 0, 20, 10))

    made = enlarged(image, (20, 20))

    assert colour(made, (10, 10)) == (255, 0, 0)
    assert min(colour(made, (0, 10))[1], colour(made, (19, 10))[1]) <= 60


@given(
    box=st.tuples(*[st.integers(0, 40)] * 2, *[st.integers(1, 40)] * 2),
    size=st.tuples(st.integers(1, 200), st.integers(1, 200)),
)
@settings(max_examples=40)
def test_a_box_in_other_pixels_reaches_no_farther_than_it_does_on_its_canvas(box, size):
    x, y, width, height = on_pixels(box, (80, 80), size)

    assert x * 80 >= box[0] * size[0]
    assert y * 80 >= box[1] * size[1]
    assert width == 0 or (x + width) * 80 <= (box[0] + box[2]) * size[0]
    assert height == 0 or (y + height) * 80 <= (box[1] + box[3]) * size[1]
    assert on_pixels(box, (80, 80), (80, 80)) == box
