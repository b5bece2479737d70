import struct
from io import BytesIO

import PIL.Image
import pytest
from PIL import ImageCms

from assetforge.images import (
    decode,
    srgb_profile,
)
from tests.pictures import colour, pixels, ramp, saved


def test_our_srgb_profile_is_valid_and_has_no_clock():
    profile = ImageCms.ImageCmsProfile(BytesIO(srgb_profile())).profile

    assert profile.creation_date is not None
    assert profile.creation_date.isoformat() == "2022-01-01T00:00:00"
    assert profile.xcolor_space.strip() == "RGB"


def swapped_profile() -> bytes:
    """An RGB profile whose red is sRGB's green and the other way round."""
    data = bytearray(srgb_profile())
    count = struct.unpack(">I", data[128:132])[0]
    entries = {bytes(data[at : at + 4]): at for at in range(132, 132 + 12 * count, 12)}
    red, green = entries[b"rXYZ"], entries[b"gXYZ"]
    data[red : red + 4], data[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(data)


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_colours_of_another_profile_are_converted_to_srgb(mode):
    image = PIL.Image.new(mode, (4, 4), (255, 0, 0, 90)[: len(mode)])

    pixel = colour(decode(saved(image, icc_profile=swapped_profile())), (1, 1))

    assert max(abs(one - other) for one, other in zip(pixel[:3], (0, 255, 0), strict=True)) < 4
    assert pixel[3:] == (90,)[: len(mode) - 3]


def test_colours_that_are_srgb_already_stay_as_they_are():
    decoded = decode(saved(ramp(), icc_profile=srgb_profile()))

    assert pixels(decoded) == pixels(ramp())


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
@pytest.mark.parametrize("profile", [b"broken", srgb_profile()[:200], srgb_profile()])
def test_a_profile_that_cannot_be_followed_is_ignored(mode, profile):
    image = ramp(mode=mode)

    assert pixels(decode(saved(image, icc_profile=profile))) == pixels(
        image.convert("RGBA" if mode == "RGBA" else "RGB")
    )
