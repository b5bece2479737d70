import PIL.Image

from assetforge.appearance import alpha_check, size_check


def test_a_size_is_exact():
    image = PIL.Image.new("RGB", (30, 20))

    assert size_check(image, 30, 20).verdict == "equal"
    assert size_check(image, 30, 21).message == "the picture is 30x20, not 30x21"


def test_an_opaque_picture_lets_nothing_through():
    image = PIL.Image.new("RGBA", (20, 20), "red")
    image.putpixel((3, 3), (255, 0, 0, 254))

    assert alpha_check(image, False).verdict == "differs"
    assert alpha_check(PIL.Image.new("RGBA", (4, 4), "red"), False).verdict == "equal"
    assert alpha_check(PIL.Image.new("RGB", (4, 4)), False).verdict == "equal"


def test_a_transparent_picture_is_so_in_more_than_a_speck():
    image = PIL.Image.new("RGBA", (20, 20), "red")
    image.putpixel((3, 3), (0, 0, 0, 0))

    assert alpha_check(image, True).verdict == "differs"

    image.paste((0, 0, 0, 0), (0, 0, 10, 10))

    assert alpha_check(image, True).verdict == "equal"
    assert alpha_check(image, True).details["transparent_permille"] == 250
