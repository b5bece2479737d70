"""Colours: whatever a picture states becomes sRGB, and what goes out is stated to be."""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import cast

import PIL.Image
from PIL import ImageCms
from PIL.Image import Image


def as_rgb(image: Image) -> Image:
    """Return any mode as RGB or RGBA; 16-bit grey keeps its upper 8 bits."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image.convert(mode)


def as_srgb(image: Image, profile: bytes) -> Image:
    """Return the picture in sRGB; a profile that cannot be followed is ignored, as browsers do."""
    plain = image if image.mode in ("L", "CMYK") else as_rgb(image)
    alpha = plain.getchannel("A") if plain.mode == "RGBA" else None
    opaque = plain.convert("RGB") if alpha else plain
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        made = ImageCms.profileToProfile(opaque, source, _srgb(), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return as_rgb(image)
    colours = cast(Image, made)  # None only where it is asked to convert in place
    if alpha:
        colours.putalpha(alpha)
    return colours


def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(BytesIO(srgb_profile()))


@cache
def srgb_profile() -> bytes:
    """Return the ICC profile of sRGB, the same bytes on every run."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # ICC.1:2022, 7.2.1: bytes 24 to 35 are the date; 80 to 99 the maker and the profile's hash.
    date = bytes.fromhex("07e600010001000000000000")
    return made[:24] + date + made[36:80] + bytes(20) + made[100:]


def flatten(image: Image, background: str) -> Image:
    """Return the picture without transparency, over a background colour."""
    if image.mode != "RGBA":
        return image
    ground = PIL.Image.new("RGB", image.size, background)
    ground.paste(image, mask=image)
    return ground
