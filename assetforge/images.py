"""The one door to Pillow: encoded pictures in, sRGB pixels of 8 bit, encoded pictures out.

What comes in is not trusted: formats are an allow-list, the number of pixels is capped before
memory is taken, and only the first frame is read. What goes out is the same bytes on every run.

An `Image` belongs to one task and one thread; encoded bytes are what tasks share.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Final, Literal, TypeAlias, cast

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL import ImageCms
from PIL.Image import Image, Resampling, Transpose
from PIL.PngImagePlugin import PngInfo

from assetforge.digest import Digest
from assetforge.errors import ActionFailed
from assetforge.pipeline import Size

__all__ = [
    "MAX_PIXELS",
    "Fit",
    "Format",
    "Image",
    "UnreadableImage",
    "decode",
    "encode",
    "encode_png",
    "fit",
    "size_of",
]

Format: TypeAlias = Literal["png", "jpeg", "webp", "avif"]
Fit: TypeAlias = Literal["cover", "contain"]

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
    with _opened(data) as image:
        lying = _orientation(image) in LYING
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
    with _opened(data) as image:
        lying = _orientation(image) in LYING
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
    with _opened(data) as image:
        turn = UPRIGHT.get(_orientation(image))
        image.load()
        profile = image.info.get("icc_profile")
        plain = _as_srgb(image, profile) if profile else _as_rgb(image)
        plain = plain.transpose(turn) if turn is not None else plain
        plain.info = {}
        return plain


@contextmanager
def _opened(data: bytes) -> Iterator[Image]:
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


def _orientation(image: Image) -> int:
    # The base method: the one for PNG decodes all pixels to look for a chunk behind them.
    return int(PIL.Image.Image.getexif(image).get(ORIENTATION_TAG, 1))


def _as_rgb(image: Image) -> Image:
    """Return any mode as RGB or RGBA; 16-bit grey keeps its upper 8 bits."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    return image.convert(mode)


def _as_srgb(image: Image, profile: bytes) -> Image:
    """Return the picture in sRGB; a profile that cannot be followed is ignored, as browsers do."""
    plain = image if image.mode in ("L", "CMYK") else _as_rgb(image)
    alpha = plain.getchannel("A") if plain.mode == "RGBA" else None
    opaque = plain.convert("RGB") if alpha else plain
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        made = ImageCms.profileToProfile(opaque, source, _srgb(), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return _as_rgb(image)
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


def fit(
    image: Image,
    size: tuple[int, int],
    mode: Fit = "cover",
    *,
    focus: tuple[int, int] = (50, 50),
    background: str | None = None,
) -> Image:
    """Return a new picture of exactly `size` pixels, never stretched.

    Args:
        image: the picture to fit, `RGB` or `RGBA`.
        size: width and height wanted, in pixels.
        mode: `cover` scales until the size is filled and cuts the rest off; `contain` scales until
            all is inside and fills the rest with `background`.
        focus: the point, in percent of width and height, that `cover` keeps as near to its place
            as it can: 0 keeps the left or top edge, 100 the right or bottom one.
        background: `#rrggbb`, or None for transparent.
    """
    assert size[0] * size[1] <= MAX_PIXELS, "BUG: a final size that the step should have refused"
    if mode == "contain":
        return _contain(image, size, background)
    return _cover(image, size, focus)


def _cover(image: Image, size: tuple[int, int], focus: tuple[int, int]) -> Image:
    scale = max(size[0] / image.width, size[1] / image.height)
    width, height = min(size[0] / scale, image.width), min(size[1] / scale, image.height)
    left, top = (image.width - width) * focus[0] / 100, (image.height - height) * focus[1] / 100
    if scale == 1:
        # Whole pixels are cut, so that not one of them is blurred.
        x, y = int(left), int(top)
        return image.crop((x, y, x + size[0], y + size[1]))
    box = (left, top, left + width, top + height)
    return image.resize(size, Resampling.LANCZOS, box=box, reducing_gap=3.0)


def _contain(image: Image, size: tuple[int, int], background: str | None) -> Image:
    scale = min(size[0] / image.width, size[1] / image.height)
    inside = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = image.resize(inside, Resampling.LANCZOS, reducing_gap=3.0)
    place = ((size[0] - inside[0]) // 2, (size[1] - inside[1]) // 2)
    if background is None:
        ground = PIL.Image.new("RGBA", size, (0, 0, 0, 0))
        ground.paste(small, place)
        return ground
    ground = PIL.Image.new("RGB", size, background)
    ground.paste(small, place, small if small.mode == "RGBA" else None)
    return ground


def flatten(image: Image, background: str) -> Image:
    """Return the picture without transparency, over a background colour."""
    if image.mode != "RGBA":
        return image
    ground = PIL.Image.new("RGB", image.size, background)
    ground.paste(image, mask=image)
    return ground


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
            return _saved(flat, "JPEG", quality=quality, icc_profile=srgb_profile(), **options)
        case "webp":
            profile = srgb_profile()
            return _saved(image, "WEBP", quality=quality, method=4, icc_profile=profile)
        case "avif":
            # One thread: more give other bytes. Without a profile Pillow states sRGB by number.
            return _saved(image, "AVIF", quality=quality, speed=8, max_threads=1)


def encode_png(image: Image, level: int = 1) -> bytes:
    """Return a PNG stated to be sRGB; by default packed fast, for pictures between two steps."""
    stated = PngInfo()
    stated.add(b"sRGB", b"\x00")
    return _saved(image, "PNG", compress_level=level, pnginfo=stated)


def _saved(image: Image, format: str, **options: object) -> bytes:
    # A copy: Pillow leaves one save's settings on the object for the next, even across threads.
    clean = image.copy()
    clean.info = {}
    file = BytesIO()
    clean.save(file, format, **options)
    return file.getvalue()


def preview(data: bytes, edge: int) -> bytes:
    """Return a small WebP of an encoded picture, the same bytes on every run.

    Its longest edge is at most `edge` pixels; a picture that is smaller keeps its size.

    Raises:
        UnreadableImage: as in `decode`.
    """
    image = decode(data)
    image.thumbnail((edge, edge), Resampling.LANCZOS, reducing_gap=2.0)
    return _saved(image, "WEBP", quality=76, method=2)


def from_raw(mode: Literal["RGB", "RGBA"], size: tuple[int, int], pixels: bytes) -> Image:
    """Return the image whose rows of 8-bit samples these bytes are."""
    return PIL.Image.frombytes(mode, size, pixels)


def encode_noted_png(image: Image, keyword: str, note: str) -> bytes:
    """Return a PNG, packed fast, that carries a note for the step that reads it next."""
    stated = PngInfo()
    stated.add(b"sRGB", b"\x00")
    stated.add_text(keyword, note)
    return _saved(image, "PNG", compress_level=1, pnginfo=stated)


def note_of(data: bytes, keyword: str) -> str | None:
    """Return the note that an encoded picture carries ahead of its pixels, if it carries one.

    Raises:
        UnreadableImage: the header is of no readable picture.
    """
    with _opened(data) as image:
        note = image.info.get(keyword)
        return str(note) if isinstance(note, str) else None


def mode_of_channels(channels: int) -> Literal["RGB", "RGBA"]:
    """Return the mode of an image with three or four samples a pixel."""
    assert channels in (3, 4), f"BUG: a picture with {channels} channels"
    return "RGB" if channels == 3 else "RGBA"


def kind_of(data: bytes) -> tuple[str, str]:
    """Return an encoded picture's format, such as `PNG`, and mode, such as `RGB`, by its header.

    Raises:
        UnreadableImage: the header is of no readable picture.
    """
    with _opened(data) as image:
        return image.format or "", image.mode


def sendable(data: bytes) -> tuple[bytes, Literal["png", "jpeg", "webp"]]:
    """Return a picture as every image service takes it, and its format.

    A PNG, JPEG or WebP that is upright and 8-bit RGB or RGBA stays as it is, byte by byte; anything
    else becomes a PNG that shows the same.

    Raises:
        UnreadableImage: as in `decode`.
    """
    with _opened(data) as image:
        plain = image.mode in ("RGB", "RGBA") and _orientation(image) == 1
        format = _PLAIN_FORMATS.get(str(image.format))
        still = getattr(image, "n_frames", 1) == 1
    # Pillow shows 16-bit colours as 8-bit ones. PNG (W3C), 11.2.1: byte 24 is the bit depth.
    deep = format == "png" and data[24] != 8
    if format is None or not plain or not still or deep:
        return encode_png(decode(data)), "png"
    return data, format


_PLAIN_FORMATS: Final[dict[str, Literal["png", "jpeg", "webp"]]] = {
    "PNG": "png",
    "JPEG": "jpeg",
    "WEBP": "webp",
}


def box_mask(size: tuple[int, int], box: tuple[int, int, int, int]) -> bytes:
    """Return a PNG that is transparent in a box (x, y, width, height) and black around it."""
    mask = PIL.Image.new("RGBA", size, (0, 0, 0, 255))
    x, y, width, height = box
    mask.paste((0, 0, 0, 0), (x, y, x + width, y + height))
    return _saved(mask, "PNG", compress_level=6)


def alpha_mask(data: bytes) -> bytes:
    """Return a mask as an 8-bit RGBA PNG that is transparent where the picture is.

    Raises:
        UnreadableImage: as in `decode`.
    """
    return _saved(decode(data).convert("RGBA"), "PNG", compress_level=6)


def white_mask(data: bytes) -> bytes:
    """Return a PNG that is white where a mask is fully transparent, and black elsewhere.

    Raises:
        UnreadableImage: as in `decode`.
    """
    alpha = decode(data).convert("RGBA").getchannel("A")
    white = alpha.point([255, *[0] * 255])
    return _saved(white.convert("RGB"), "PNG", compress_level=6)


def pixel_digest(data: bytes) -> Digest:
    """Return the digest of what a picture shows: its size, and its upright sRGB pixels as RGBA.

    The same for a picture saved again without loss, whatever its packing and metadata; another one
    as soon as one pixel differs.

    Raises:
        UnreadableImage: as in `decode`.
    """
    image = decode(data)
    found = hashlib.sha256(b"assetforge pixels v1\n%d %d\n" % image.size)
    for band in _bands(image.size):
        found.update(image.crop(band).convert("RGBA").tobytes())
    return Digest(found.hexdigest())


def _bands(size: tuple[int, int]) -> Iterator[tuple[int, int, int, int]]:
    """Yield boxes of whole rows that cover a picture, each of about `BAND` pixels."""
    width, height = size
    rows = max(1, BAND // width)
    return ((0, top, width, min(top + rows, height)) for top in range(0, height, rows))


BAND: Final = 1 << 18
"""Pixels that are looked at together: what they need on top of a decoded picture is small."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How two pictures differ to the eye.

    Attributes:
        same_size: else the second was scaled to the first before they were compared.
        changed_permille: share of the pixels that visibly differ, rounded down.
        box: x, y, width and height of the smallest box around these; None: there are none.
        distance: how far the coarse shapes are apart, 0 to 64: bits of their dHash that differ.
    """

    same_size: bool
    changed_permille: int
    box: tuple[int, int, int, int] | None
    distance: int


def difference(one: bytes, two: bytes) -> Difference:
    """Compare two encoded pictures.

    Raises:
        UnreadableImage: as in `decode`.
    """
    first, second = decode(one), decode(two)
    changed = _changed(first, _scaled(second, first.size))
    count = int(np.count_nonzero(changed))
    return Difference(
        same_size=first.size == second.size,
        changed_permille=count * 1000 // changed.size,
        box=_box_around(changed) if count else None,
        distance=(_dhash(first) ^ _dhash(second)).bit_count(),
    )


YIQ: Final = np.array(
    [
        [0.29889531, 0.58662247, 0.11448223],
        [0.59597799, -0.27417610, -0.32180189],
        [0.21147017, -0.52261711, 0.31114694],
    ],
    dtype=np.float32,
)
"""Red, green and blue to Y, I and Q."""

WEIGHTS: Final = np.array([0.5053, 0.299, 0.1957], dtype=np.float32)
"""How much the squares of differences in Y, I and Q count for the eye.

Source, also of `YIQ` and `FARTHEST`: Kotsarenko and Ramos, Measuring perceived color difference
using YIQ NTSC transmission color space in mobile applications, Programación Matemática y Software
2(2), 2010.
"""

FARTHEST: Final = 35215.0
"""The weighted square of the greatest difference that two 8-bit colours can have."""

VISIBLE: Final = 0.1
"""Part of the greatest difference from which on two colours are told apart."""


def _changed(one: Image, two: Image) -> NDArray[np.bool_]:
    """Return which pixels of two pictures of one size visibly differ, by row and column."""
    changed = np.empty((one.height, one.width), dtype=np.bool_)
    for band in _bands(one.size):
        changed[band[1] : band[3]] = _differ(_samples(one, band), _samples(two, band))
    return changed


def _samples(image: Image, band: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """Return rows of a picture as red, green and blue over black, and opacity; 0 to 255."""
    samples = np.asarray(image.crop(band).convert("RGBA"), dtype=np.float32).copy()
    samples[..., :3] *= samples[..., 3:] / 255
    return samples


def _differ(one: NDArray[np.float32], two: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell which pixels differ over a black ground, or over a white one."""
    apart = one - two
    black, white = apart[..., :3], apart[..., :3] - apart[..., 3:]
    farther = np.maximum(_seen(black), _seen(white))
    return np.asarray(farther > FARTHEST * VISIBLE**2, dtype=np.bool_)


def _seen(apart: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how differences in red, green and blue look, as weighted squares."""
    return np.asarray((apart @ YIQ.T) ** 2 @ WEIGHTS, dtype=np.float32)


def _box_around(changed: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    left, top = int(columns[0]), int(rows[0])
    return left, top, int(columns[-1]) - left + 1, int(rows[-1]) - top + 1


def _dhash(image: Image) -> int:
    """Return 64 bits: where a picture of 9x8 greys gets lighter to the right.

    Source: Krawetz, Kind of Like That, hackerfactor.com, 21 January 2013.
    """
    grey = flatten(image, "#ffffff").convert("L")
    small = grey.resize((9, 8), Resampling.BOX).tobytes()
    bits = 0
    for place in range(72):
        if place % 9:
            bits = bits << 1 | (small[place] > small[place - 1])
    return bits


def _scaled(image: Image, size: tuple[int, int]) -> Image:
    if image.size == size:
        return image
    return image.resize(size, Resampling.LANCZOS, reducing_gap=3.0)


GROUND: Final = "#808080"
"""Colour between and behind pictures that are shown together."""

GAP: Final = 8
"""Pixels between them."""

ACROSS: Final = 4
"""Up to this many stand in one row."""

WIDEST: Final = 4
"""Up to this many times as wide as high a picture is shown; a wider one gets a ground."""

MAX_SHEET: Final = 16_000_000
"""Most pixels of pictures shown together: with more or larger ones, each is shown smaller."""


def side_by_side(pictures: Sequence[bytes], edge: int) -> bytes:
    """Return one PNG of encoded pictures in their order, in rows of up to four, of equal height.

    Beside just two a third shows where they differ: the first one pale, what differs in red. One
    picture at a time is decoded, for the difference two. The same bytes on every run.

    Args:
        pictures: at least one.
        edge: the height of each in pixels; less if none is that high, or there are many.

    Raises:
        UnreadableImage: as in `decode`.
    """
    sizes = [size_of(each) for each in pictures]
    if len(pictures) == 2:
        sizes.append(sizes[0])
    boxes, whole = _fitting_boxes(sizes, min(edge, max(each.height for each in sizes)))
    sheet = PIL.Image.new("RGB", whole, GROUND)
    # `map` and no list: each picture is let go before the next is decoded.
    for box, image in zip(boxes, map(decode, pictures), strict=False):
        sheet.paste(_inside(image, box), box[:2])
    if len(pictures) == 2:
        sheet.paste(_inside(_difference_map(*pictures), boxes[2]), boxes[2][:2])
    return encode_png(sheet, level=6)


def _inside(image: Image, box: Box) -> Image:
    return fit(image, (box[2] - box[0], box[3] - box[1]), "contain", background=GROUND)


Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom."""


def _fitting_boxes(sizes: Sequence[Size], height: int) -> tuple[list[Box], tuple[int, int]]:
    """Return where each picture goes, at most this high, and the size of the sheet."""
    while True:
        boxes = _boxes(sizes, height)
        whole = (max(each[2] for each in boxes), max(each[3] for each in boxes))
        if whole[0] * whole[1] <= MAX_SHEET:
            return boxes, whole
        height -= max(1, height // 8)


def _boxes(sizes: Sequence[Size], height: int) -> list[Box]:
    boxes: list[Box] = []
    left = 0
    for place, size in enumerate(sizes):
        if place % ACROSS == 0:
            left = 0
        width = min(max(1, round(size.width * height / size.height)), height * WIDEST)
        top = place // ACROSS * (height + GAP)
        boxes.append((left, top, left + width, top + height))
        left += width + GAP
    return boxes


def _difference_map(one: bytes, two: bytes) -> Image:
    """Return the first picture in pale grey, and in red where the second visibly differs."""
    first = decode(one)
    changed = PIL.Image.fromarray(_changed(first, _scaled(decode(two), first.size)))
    pale = flatten(first, "#ffffff").convert("L").point([190 + grey // 4 for grey in range(256)])
    shown = pale.convert("RGB")
    shown.paste("#e5002b", mask=changed.convert("1"))
    return shown
