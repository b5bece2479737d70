import PIL.Image
import pytest

from assetforge.appearance import contrast_check
from assetforge.appearance.contrast import measure
from assetforge.images import Image
from tests.reading.lettering import lettered

BOX = (20, 28, 180, 30)


def text(colour: str, ground: str):
    return lettered((20, 20, 32, colour, "Fresh bread"), size=(240, 80), ground=ground)


def measured(image: Image) -> tuple[int, int]:
    found = measure(image, BOX, 24)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("colour", "ground", "ratio"),
    [
        ("#000000", "#ffffff", 21000),
        ("#ffffff", "#000000", 21000),
        ("#767676", "#ffffff", 4540),
        ("#ffffff", "#0000ff", 8590),
    ],
)
def test_contrast_is_that_of_the_letters_and_what_is_around_them(colour, ground, ratio):
    usual, lowest = measured(text(colour, ground))

    assert usual == pytest.approx(ratio, rel=0.03)
    assert lowest <= usual


def test_the_worst_part_counts_not_the_mean():
    image = text("#ffffff", "#203060")
    image.paste("#e0e0e0", (140, 0, 240, 80))
    image.paste(text("#ffffff", "#e0e0e0").crop((140, 0, 240, 80)), (140, 0))

    usual, _ = measured(image)

    assert usual < 2000


def test_too_little_contrast_is_said_with_its_number():
    check = contrast_check(text("#909090", "#ffffff"), BOX, 24, 4500, "headline")

    assert (check.verdict, check.slot, check.box) == ("differs", "headline", BOX)
    assert check.message == "headline: contrast 3.1, not 4.5"
    assert check.details["least"] == 4500


def test_nearly_enough_has_to_be_looked_at():
    assert contrast_check(text("#787878", "#ffffff"), BOX, 24, 4700, "a").verdict == "look"
    assert contrast_check(text("#707070", "#ffffff"), BOX, 24, 4500, "a").verdict == "equal"


def test_where_no_letters_stand_out_nothing_is_measured():
    check = contrast_check(PIL.Image.new("RGB", (240, 80), "#445566"), BOX, 24, 4500, "a")

    assert check.verdict == "look"
    assert "cannot be measured" in check.message
