"""What services take: pictures as every one reads them, and masks as each of them wants."""

from __future__ import annotations

from typing import Final, Literal

import PIL.Image
from PIL.Image import Image

from assetforge.images.reading import decode, opened, orientation
from assetforge.images.writing import encode_png, saved

PLAIN_FORMATS: Final[dict[str, Literal["png", "jpeg", "webp"]]] = {
    "PNG": "png",
    "JPEG": "jpeg",
    "WEBP": "webp",
}


def sendable(data: bytes) -> tuple[bytes, Literal["png", "jpeg", "webp"]]:
    """Return a picture as every image service takes it, and its format.

    A PNG, JPEG or WebP that is upright and 8-bit RGB or RGBA stays as it is, byte by byte; anything
    else becomes a PNG that shows the same.

    Raises:
        UnreadableImage: as in `decode`.
    """
    with opened(data) as image:
        plain = image.mode in ("RGB", "RGBA") and orientation(image) == 1
        format = PLAIN_FORMATS.get(str(image.format))
        still = getattr(image, "n_frames", 1) == 1
    # Pillow shows 16-bit colours as 8-bit ones. PNG (W3C), 11.2.1: byte 24 is the bit depth.
    deep = format == "png" and data[24] != 8
    if format is None or not plain or not still or deep:
        return encode_png(decode(data)), "png"
    return data, format


def box_mask(size: tuple[int, int], box: tuple[int, int, int, int]) -> bytes:
    """Return a PNG that is transparent in a box (x, y, width, height) and black around it."""
    mask = PIL.Image.new("RGBA", size, (0, 0, 0, 255))
    x, y, width, height = box
    mask.paste((0, 0, 0, 0), (x, y, x + width, y + height))
    return saved(mask, "PNG", compress_level=6)


def alpha_mask(data: bytes) -> bytes:
    """Return a mask as an 8-bit RGBA PNG that is transparent where the picture is.

    Raises:
        UnreadableImage: as in `decode`.
    """
    return saved(decode(data).convert("RGBA"), "PNG", compress_level=6)


def opacity(data: bytes) -> Image:
    """Return how opaque each pixel of a picture is, 0 to 255.

    Raises:
        UnreadableImage: as in `decode`.
    """
    return decode(data).convert("RGBA").getchannel("A")


def white_mask(data: bytes) -> bytes:
    """Return a PNG that is white where a mask is fully transparent, and black elsewhere.

    Raises:
        UnreadableImage: as in `decode`.
    """
    white = opacity(data).point([255, *[0] * 255])
    return saved(white.convert("RGB"), "PNG", compress_level=6)
