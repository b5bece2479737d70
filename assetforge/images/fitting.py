"""Pictures of another size: cut, or set on a ground, and never stretched."""

from __future__ import annotations

from typing import Literal, TypeAlias

import PIL.Image
from PIL.Image import Image, Resampling

from assetforge.images.reading import MAX_PIXELS

Fit: TypeAlias = Literal["cover", "contain"]


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
