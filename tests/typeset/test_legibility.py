import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.typeset import legibility
from assetforge.typeset.blocks import Pixels
from assetforge.typeset.laying import lay
from assetforge.typeset.legibility import (
    CALMEST,
    DARK,
    ENOUGH,
    LIGHT,
    colour_for,
    contrast,
    label_for,
    rgb,
    samples,
    shade_box,
    shade_cover,
    shade_for,
    shaded,
    strength_for,
    worst_contrast,
)

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


def of(*colours: str) -> Pixels:
    return np.array([rgb(each) for each in colours], np.uint8)


NOTHING = np.zeros((0, 3), np.uint8)


def test_contrast_is_that_of_wcag():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


def test_contrast_with_pixels_is_nearly_that_of_the_worst():
    """A pixel or two do not count: 3 of 100 may read worse."""
    ground = of(*["#000000"] * 98, "#ffffff", "#ffffff")

    assert worst_contrast("#ffffff", ground) == pytest.approx(21)
    assert worst_contrast("#ffffff", of("#000000", "#ffffff")) == pytest.approx(1)
    assert worst_contrast("#ffffff", NOTHING) == 21


def test_samples_leave_out_what_lets_the_ground_through():
    part = np.zeros((4, 4, 4), np.uint8)
    part[0, :, 3] = 255

    assert samples(part).shape == (4, 3)
    assert samples(np.zeros((900, 900, 3), np.uint8)).shape[0] <= 1.2 * legibility.MOST_SAMPLES


@given(COLOURS, st.lists(COLOURS, min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_words_can_be_read_under_their_shade_whatever_is_behind_them(ink, behind):
    """Unless the words' own colour is so middling that nothing is far enough from it."""
    colour, ground = "#{:02x}{:02x}{:02x}".format(*ink), np.array(behind, np.uint8)
    shade = shade_for(colour, ground)

    under = shaded(ground, shade, strength_for(colour, ground, shade))

    assert worst_contrast(colour, under) >= min(ENOUGH, 0.8 * contrast(colour, shade))


def test_an_even_ground_that_reads_well_has_no_shade():
    assert strength_for(LIGHT, of(*["#123456"] * 9), DARK) == 0
    assert strength_for(LIGHT, NOTHING, DARK) == 0


def test_a_busy_ground_is_calmed_though_the_contrast_is_there():
    busy = of(*["#000000", "#3a5f9a"] * 9)

    assert worst_contrast(LIGHT, busy) > ENOUGH
    assert 0 < strength_for(LIGHT, busy, DARK) <= CALMEST


def test_a_ground_that_only_grows_a_little_darker_is_not_busy():
    paper = np.linspace((250, 244, 232), (232, 220, 200), 40).astype(np.uint8)

    assert strength_for(DARK, paper, LIGHT) == 0


def test_words_are_light_or_dark_as_the_ground_asks():
    dark, light = of(*["#203040"] * 9), of(*["#e0e8f0"] * 9)

    assert colour_for(dark, dark) == LIGHT
    assert colour_for(light, light) == DARK
    assert colour_for(NOTHING, NOTHING) == DARK


def test_where_both_would_do_the_shade_is_as_light_as_the_picture():
    ground = of(*["#f0f0f0"] * 5, *["#101010"] * 5)

    assert colour_for(ground, of(*["#f0f0f0"] * 9)) == DARK
    assert colour_for(ground, of(*["#101010"] * 9)) == LIGHT


def test_a_shade_has_a_little_of_the_grounds_colour():
    red, green, blue = rgb(shade_for(LIGHT, of(*["#ff0000"] * 4)))

    assert red > max(green, blue)
    assert shade_for(LIGHT, NOTHING) == DARK


def test_the_label_of_a_button_reads_on_it():
    assert label_for("#1f3a8a") == LIGHT
    assert label_for("#ffee55") == DARK


def test_a_colour_is_laid_over_pixels_and_makes_clear_ones_opaque():
    part = np.zeros((1, 3, 4), np.uint8)
    part[0, 0] = (0, 0, 0, 255)

    lay(part, (255, 0, 0), np.array([[0.5, 1.0, 0.0]], np.float32))

    assert part.tolist() == [[[128, 0, 0, 255], [255, 0, 0, 255], [0, 0, 0, 0]]]


def test_a_shade_runs_off_the_edges_that_are_near_and_fades_on_the_others():
    box, fade = shade_box((10, 210, 300, 100), 20, (1000, 400))

    cover = shade_cover(box, fade, range(400), 1000, 0.5)
    assert box == (0, 210, 310, 190)
    assert fade == pytest.approx(104)
    assert cover[250, 0] == cover[399, 300] == pytest.approx(0.5)
    assert cover[100, 5] == cover[250, 415] == 0
    assert 0 < cover[150, 5] < 0.5
    assert cover[150, 350] < cover[150, 5]
