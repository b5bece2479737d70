import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.images import (
    fit,
)
from tests.pictures import colour, colours, pixels, ramp


def test_covering_cuts_whole_pixels_where_nothing_is_scaled():
    image = ramp((64, 48))

    assert pixels(fit(image, (64, 40))) == pixels(image.crop((0, 4, 64, 44)))
    assert pixels(fit(image, (64, 48))) == pixels(image)


@pytest.mark.parametrize(
    ("focus", "box"),
    [
        ((50, 0), (0, 0, 64, 40)),
        ((50, 100), (0, 8, 64, 48)),
        ((0, 25), (0, 2, 64, 42)),
    ],
)
def test_focus_says_what_is_cut(focus, box):
    image = ramp((64, 48))

    assert pixels(fit(image, (64, 40), focus=focus)) == pixels(image.crop(box))


def test_focus_works_across_too_and_when_scaled():
    image = PIL.Image.new("RGB", (90, 30), "red")
    image.paste("blue", (60, 0, 90, 30))

    assert colour(fit(image, (15, 15), focus=(0, 50)), (7, 7)) == (255, 0, 0)
    assert colour(fit(image, (15, 15), focus=(100, 50)), (7, 7)) == (0, 0, 255)


@given(
    st.tuples(st.integers(1, 60), st.integers(1, 60)),
    st.tuples(st.integers(1, 60), st.integers(1, 60)),
    st.sampled_from(["cover", "contain"]),
    st.sampled_from(["RGB", "RGBA"]),
    st.tuples(st.integers(0, 100), st.integers(0, 100)),
    st.sampled_from([None, "#102030"]),
)
@settings(deadline=None)
def test_the_fitted_picture_has_exactly_the_wanted_size(have, want, mode, colours, focus, ground):
    image = PIL.Image.new(colours, have, "#336699")

    fitted = fit(image, want, mode, focus=focus, background=ground)

    assert fitted.size == want
    assert image.size == have


def test_a_flat_picture_stays_flat_when_it_covers():
    fitted = fit(PIL.Image.new("RGB", (97, 61), "#336699"), (33, 57))

    assert fitted.getcolors() == [(33 * 57, (0x33, 0x66, 0x99))]


@pytest.mark.parametrize("background", [None, "#102030"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_containing_shows_all_and_fills_the_rest(background, mode):
    image = PIL.Image.new(mode, (20, 10), "#ff0000")

    fitted = fit(image, (40, 40), "contain", background=background)

    shown = (255, 0, 0) if background else (255, 0, 0, 255)
    ground = (16, 32, 48) if background else (0, 0, 0, 0)
    assert [colour(fitted, (20, y)) for y in (9, 10, 29, 30)] == [ground, shown, shown, ground]


def test_transparent_parts_keep_their_neighbours_clean_of_hidden_colour():
    """Scaled with premultiplied alpha: the green under alpha 0 must not bleed."""
    image = PIL.Image.new("RGBA", (40, 40), (0, 255, 0, 0))
    image.paste((255, 0, 0, 255), (20, 0, 40, 40))

    seen = [each for _, each in colours(fit(image, (15, 15))) if each[3]]
    assert seen
    assert all(each[1] <= 2 for each in seen)
