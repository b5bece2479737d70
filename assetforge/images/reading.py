"""Encoded pictures in: what they are by their header, and their pixels, upright and in sRGB."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import PIL.Image
from PIL.Image import Image, Transpose

from assetforge.errors import ActionFailed
from assetforge.images.colour import as_rgb, as_srgb
from assetforge.pipeline import Size

MAX_PIXELS: Final = 64_000_000
"""Most pixels a picture may have, decoded or made: 256 MB as RGBA."""

READABLE: Final = ("PNG", "JPEG", "WEBP", "AVIF", "GIF")

# Pillow fails above twice its limit, before it takes memory; its warning at the limit says nothing.
PIL.Image.MAX_IMAGE_PIXELS = MAX_PIXELS // 2
warnings.filterwarnings("ignore", category=PIL.Image.DecompressionBombWarning)

ORIENTATION_TAG: Final = 0x0112
UPRIGHT: Final = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""EXIF orientation → what turns the pixels upright. Source: EXIF 2.32, tag 0x0112."""

LYING: Final = frozenset({5, 6, 7, 8})
"""EXIF orientations whose stored width is the picture's height."""


class UnreadableImage(ActionFailed):
    """Bytes that are no picture, a damaged one, or one too large to be decoded."""

    def __init__(self, message: str) -> None:
        super().__init__("unreadable-image", message)


def size_of(data: bytes) -> Size:
    """Return the size of an encoded picture as it is shown, read from its header alone.

    Raises:
        UnreadableImage: the header is of no readable picture, or asks for too many pixels.
    """
    with opened(data) as image:
        lying = orientation(image) in LYING
        return Size(image.height, image.width) if lying else Size(*image.size)


@dataclass(frozen=True, slots=True)
class Examined:
    """An encoded picture after all its pixels were decoded.

    `format` is `png`, `jpeg`, `webp`, ...; `transparent`: some pixel lets something through.
    """

    size: Size
    format: str
    transparent: bool


def examined(data: bytes) -> Examined:
    """Return what an encoded picture is, after decoding all its pixels.

    Raises:
        UnreadableImage: as in `decode`.
    """
    with opened(data) as image:
        lying = orientation(image) in LYING
        size = Size(image.height, image.width) if lying else Size(*image.size)
        format = (image.format or "").lower()
        image.load()
        return Examined(size, format, _lets_through(image))


def _lets_through(image: Image) -> bool:
    if not image.has_transparency_data:
        return False
    lowest, _ = image.convert("RGBA").getchannel("A").getextrema()
    return lowest < 255  # type: ignore[operator]  # one band: two numbers


def decode(data: bytes) -> Image:
    """Return the picture upright, in sRGB, as `RGB` or (where it has transparency) `RGBA`.

    Of an animation the first frame is taken. The image holds no metadata.

    Raises:
        UnreadableImage: the bytes are of no readable format, damaged, cut short, or of more than
            `MAX_PIXELS` pixels.
    """
    with opened(data) as image:
        turn = UPRIGHT.get(orientation(image))
        image.load()
        profile = image.info.get("icc_profile")
        plain = as_srgb(image, profile) if profile else as_rgb(image)
        plain = plain.transpose(turn) if turn is not None else plain
        plain.info = {}
        return plain


def kind_of(data: bytes) -> tuple[str, str]:
    """Return an encoded picture's format, such as `PNG`, and mode, such as `RGB`, by its header.

    Raises:
        UnreadableImage: the header is of no readable picture.
    """
    with opened(data) as image:
        return image.format or "", image.mode


def note_of(data: bytes, keyword: str) -> str | None:
    """Return the note that an encoded picture carries ahead of its pixels, if it carries one.

    Raises:
        UnreadableImage: the header is of no readable picture.
    """
    with opened(data) as image:
        note = image.info.get(keyword)
        return str(note) if isinstance(note, str) else None


@contextmanager
def opened(data: bytes) -> Iterator[Image]:
    """Open a picture, header only; whatever its decoder raises becomes `UnreadableImage`."""
    try:
        with PIL.Image.open(BytesIO(data), formats=READABLE) as image:
            yield image
    except PIL.UnidentifiedImageError as error:
        raise UnreadableImage("the bytes are no PNG, JPEG, WebP, AVIF or GIF picture") from error
    except PIL.Image.DecompressionBombError as error:
        raise UnreadableImage(f"the picture has more than {MAX_PIXELS} pixels") from error
    # Decoders raise nearly everything for damaged files: OSError, SyntaxError, struct.error, ...
    except Exception as error:
        raise UnreadableImage(f"the picture is damaged: {_one_line(error)}") from error


def _one_line(error: Exception) -> str:
    return re.sub(r"\s+", " ", str(error)).strip().rstrip(".")[:200] or type(error).__name__


def orientation(image: Image) -> int:
    """Return the EXIF orientation that a picture states: 1 where it stands upright."""
    # The base method: the one for PNG decodes all pixels to look for a chunk behind them.
    return int(PIL.Image.Image.getexif(image).get(ORIENTATION_TAG, 1))
