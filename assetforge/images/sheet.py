"""Pictures side by side, on one sheet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import PIL.Image
from PIL.Image import Image

from assetforge.images.comparison import difference_map
from assetforge.images.fitting import fit
from assetforge.images.reading import decode, size_of
from assetforge.images.writing import encode_png
from assetforge.pipeline import Size

Box: TypeAlias = tuple[int, int, int, int]
"""Left, top, right, bottom."""

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
    boxes, whole = fitting_boxes(sizes, min(edge, max(each.height for each in sizes)))
    sheet = PIL.Image.new("RGB", whole, GROUND)
    # `map` and no list: each picture is let go before the next is decoded.
    for box, image in zip(boxes, map(decode, pictures), strict=False):
        sheet.paste(_inside(image, box), box[:2])
    if len(pictures) == 2:
        sheet.paste(_inside(difference_map(*pictures), boxes[2]), boxes[2][:2])
    return encode_png(sheet, level=6)


def _inside(image: Image, box: Box) -> Image:
    return fit(image, (box[2] - box[0], box[3] - box[1]), "contain", background=GROUND)


def fitting_boxes(sizes: Sequence[Size], height: int) -> tuple[list[Box], tuple[int, int]]:
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
