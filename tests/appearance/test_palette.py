import PIL.Image
import pytest

from assetforge.appearance import palette_check

BRAND = ["#1a4fa0", "#ffffff"]


def picture(*colours: str):
    image = PIL.Image.new("RGB", (10 * len(colours), 10))
    for number, colour in enumerate(colours):
        image.paste(colour, (10 * number, 0, 10 * number + 10, 10))
    return image


@pytest.mark.parametrize("colour", ["#1a4fa0", "#7fa3dd", "#0a2048", "#808080", "#000000"])
def test_tints_shades_and_greys_belong_to_the_brand(colour):
    assert palette_check(picture(colour), BRAND, 0).verdict == "equal"


def test_other_hues_are_counted_and_named():
    check = palette_check(picture("#c03020", "#1a4fa0", "#1a4fa0", "#1a4fa0"), BRAND, 200)

    assert check.verdict == "differs"
    assert check.message.startswith(
        "25% of the picture is far from the brand's colours, around '#c"
    )
    assert check.details["foreign_permille"] == pytest.approx(250, abs=30)
    assert palette_check(
        picture("#c03020", "#1a4fa0", "#1a4fa0", "#1a4fa0"), BRAND, 300
    ).verdict == ("equal")


def test_what_is_transparent_has_no_colour():
    image = PIL.Image.new("RGBA", (400, 100), (255, 0, 0, 0))

    assert palette_check(image, BRAND, 0).verdict == "equal"

    image.paste((20, 80, 160, 255), (0, 0, 300, 100))

    assert palette_check(image, BRAND, 20).verdict == "equal"
