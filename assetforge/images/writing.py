"""Encoded pictures out: the same bytes on every run, stated to be sRGB."""

from __future__ import annotations

from io import BytesIO
from typing import Literal, TypeAlias

import PIL.Image
from PIL.Image import Image, Resampling
from PIL.PngImagePlugin import PngInfo

from assetforge.images.colour import flatten, srgb_profile
from assetforge.images.reading import decode

Format: TypeAlias = Literal["png", "jpeg", "webp", "avif"]


def encode(
    image: Image, format: Format, quality: int = 85, *, background: str = "#ffffff"
) -> bytes:
    """Return a finished picture's file, the same bytes on every run, stated to be sRGB.

    Args:
        image: `RGB` or `RGBA`.
        format: the file format.
        quality: from 1 to 100; the lossless format PNG takes no notice of it.
        background: colour behind transparent parts, where the format knows no transparency.
    """
    match format:
        case "png":
            return encode_png(image, level=6)
        case "jpeg":
            # 4:4:4 and a profile: text in saturated colours must not smear, nor shift.
            options = {"subsampling": 0, "optimize": True, "progressive": True}
            flat = flatten(image, background)
            return saved(flat, "JPEG", quality=quality, icc_profile=srgb_profile(), **options)
        case "webp":
            profile = srgb_profile()
            return saved(image, "WEBP", quality=quality, method=4, icc_profile=profile)
        case "avif":
            # One thread: more give other bytes. Without a profile Pillow states sRGB by number.
            return saved(image, "AVIF", quality=quality, speed=8, max_threads=1)


def encode_png(image: Image, level: int = 1) -> bytes:
    """Return a PNG stated to be sRGB; by default packed fast, for pictures between two steps."""
    stated = PngInfo()
    stated.add(b"sRGB", b"\x00")
    return saved(image, "PNG", compress_level=level, pnginfo=stated)


def encode_noted_png(image: Image, keyword: str, note: str) -> bytes:
    """Return a PNG, packed fast, that carries a note for the step that reads it next."""
    stated = PngInfo()
    stated.add(b"sRGB", b"\x00")
    stated.add_text(keyword, note)
    return saved(image, "PNG", compress_level=1, pnginfo=stated)


def preview(data: bytes, edge: int) -> bytes:
    """Return a small WebP of an encoded picture, the same bytes on every run.

    Its longest edge is at most `edge` pixels; a picture that is smaller keeps its size.

    Raises:
        UnreadableImage: as in `decode`.
    """
    image = decode(data)
    image.thumbnail((edge, edge), Resampling.LANCZOS, reducing_gap=2.0)
    return saved(image, "WEBP", quality=76, method=2)


def saved(image: Image, format: str, **options: object) -> bytes:
    """Return a picture's file; `options` are those of Pillow's writer of the format."""
    # A copy: Pillow leaves one save's settings on the object for the next, even across threads.
    clean = image.copy()
    clean.info = {}
    file = BytesIO()
    clean.save(file, format, **options)
    return file.getvalue()


def from_raw(mode: Literal["RGB", "RGBA"], size: tuple[int, int], pixels: bytes) -> Image:
    """Return the image whose rows of 8-bit samples these bytes are."""
    return PIL.Image.frombytes(mode, size, pixels)


def mode_of_channels(channels: int) -> Literal["RGB", "RGBA"]:
    """Return the mode of an image with three or four samples a pixel."""
    assert channels in (3, 4), f"BUG: a picture with {channels} channels"
    return "RGB" if channels == 3 else "RGBA"
