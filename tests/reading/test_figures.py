import pytest

from assetforge.reading.figures import (
    can_be_read_apart,
    figures_agree,
    figures_of,
    without_figures,
)


def test_figures_are_digits_and_the_signs_that_go_with_them():
    assert figures_of("Save 35 % until 31.12.") == ["35%", "3112"]
    assert figures_of("€1,990 or 4 parts") == ["€1990", "4"]
    assert without_figures("Save 35 % now") == "Save 0 now"


def test_a_figure_that_stands_elsewhere_is_seen():
    assert without_figures("轻松4分期付款") != without_figures("轻松分4期付款")


def test_only_figures_of_latin_digits_are_read_apart():
    assert can_be_read_apart("35% off")
    assert not can_be_read_apart("٣٥ off")
    assert not can_be_read_apart("off")


@pytest.mark.parametrize(
    ("readings", "apart", "agree"),
    [
        (["λίστα 5096"] * 3, ["lota 50%"] * 3, True),
        (["λίστα 50%"] * 3, ["lota 50%", "lota 50%", "lota 5%"], True),
        (["λίστα 80%"] * 3, ["lota 80%"] * 3, False),
        (["λίστα 50%"] * 2 + ["λίστα 5096"], ["lota 5%", "lota", "lota 50%"], False),
        (["4개월"] * 3 + ["λίστα 50%"], ["47H", "47H", "4H"], False),
        (["λίστα 5096"] * 3, ["10ta 50%"] * 3, True),
        (["3 λίστα 50%"] * 3, ["3 lota 50%"] * 3, False),
        (["λίστα 50%"] * 2 + ["λίστα 5096"], ["lota 150%"] * 3, False),
        (["λίστα 50%"] * 3, ["lota 150%"] * 3, True),
    ],
)
def test_figures_have_to_be_read_most_times(readings, apart, agree):
    assert figures_agree("λίστα 50%", readings, apart) is agree
