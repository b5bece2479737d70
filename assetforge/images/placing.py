"""Pictures laid over others, set on larger grounds, and enlarged.

Samples are sRGB and are mixed as they are, as browsers and design tools do it. Before a picture is
scaled, its colours are weighed by their opacity, so that no fringe of what is transparent shows.
"""

from __future__ import annotations

from collections.abc import Sequence

import PIL.Image
from PIL.Image import Image, Resampling

from assetforge.images.bands import bands
from assetforge.images.reading import MAX_PIXELS


def on_pixels(
    box: Sequence[int], canvas: Sequence[int], size: tuple[int, int]
) -> tuple[int, int, int, int]:
    """Return a box of a canvas in the pixels that the picture really has; all of it is inside.

    Boxes are x, y, width and height. Some services make pictures in the canvas's shape with more or
    fewer pixels.
    """
    left, top = (-(-box[each] * size[each] // canvas[each]) for each in (0, 1))
    right, bottom = ((box[each] + box[each + 2]) * size[each] // canvas[each] for each in (0, 1))
    return left, top, max(0, right - left), max(0, bottom - top)


def overlaid(
    image: Image,
    layer: Image,
    area: tuple[int, int, int, int],
    bound: tuple[int, int] | None,
    anchor: tuple[int, int],
    opacity: int,
) -> Image:
    """Return a picture with another one laid over it, which keeps its shape.

    Args:
        image: the picture below; not changed.
        layer: the picture above.
        area: x, y, width and height of where the layer may be.
        bound: width and height in which the layer fits exactly; None: it keeps its size. Either
            way it is never larger than the area.
        anchor: percents across and down: where in the area the layer stands.
        opacity: in percent.
    """
    most = area[2:]
    wanted = bound or layer.size
    scale = min(
        each / edge for each, edge in zip((*wanted, *most), (*layer.size, *layer.size), strict=True)
    )
    size = max(1, round(layer.width * scale)), max(1, round(layer.height * scale))
    x = area[0] + (most[0] - size[0]) * anchor[0] // 100
    y = area[1] + (most[1] - size[1]) * anchor[1] // 100
    return _laid(image, _resized(layer, size), (x, y), opacity)


def framed(image: Image, frame: Image, area: tuple[int, int, int, int], opacity: int) -> Image:
    """Return a picture with a frame over an area (x, y, width, height), stretched to it."""
    return _laid(image, _resized(frame, area[2:]), area[:2], opacity)


def _resized(image: Image, size: tuple[int, int]) -> Image:
    if image.size == size:
        return image
    return image.resize(size, Resampling.LANCZOS, reducing_gap=3.0)


def _laid(image: Image, layer: Image, place: tuple[int, int], opacity: int) -> Image:
    shown = layer.convert("RGBA")
    if opacity < 100:
        shown.putalpha(shown.getchannel("A").point([a * opacity // 100 for a in range(256)]))
    under = image.copy()
    if under.mode == "RGBA":
        under.alpha_composite(shown, place)
    else:
        under.paste(shown, place, shown)
    return under


def padded(
    image: Image, size: tuple[int, int], place: tuple[int, int], background: str | None
) -> Image:
    """Return a picture on a larger ground of one colour; None is transparent."""
    assert size[0] * size[1] <= MAX_PIXELS, "BUG: a size that the step should have refused"
    if background is None:
        ground = PIL.Image.new("RGBA", size, (0, 0, 0, 0))
        ground.paste(image, place)
        return ground
    ground = PIL.Image.new("RGB", size, background)
    ground.paste(image, place, image if image.mode == "RGBA" else None)
    return ground


def enlarged(image: Image, size: tuple[int, int]) -> Image:
    """Return a picture with more pixels, by Lanczos: scaled until it covers `size`, and cut.

    It is made in bands of rows, so that little is needed besides the two pictures.
    """
    assert size[0] * size[1] <= MAX_PIXELS, "BUG: a size that the step should have refused"
    width, height = image.size
    scale = max(size[0] / width, size[1] / height)
    left, top = (width - size[0] / scale) / 2, (height - size[1] / scale) / 2
    right = min(width, left + size[0] / scale)
    weighed = image.convert("RGBa") if image.mode == "RGBA" else image
    made = PIL.Image.new(image.mode, size)
    for band in bands(size):
        # What lies beyond the box's edges is looked at too, so the bands fit together.
        box = (left, top + band[1] / scale, right, min(height, top + band[3] / scale))
        rows = weighed.resize((size[0], band[3] - band[1]), Resampling.LANCZOS, box=box)
        made.paste(rows.convert(image.mode), band[:2])
    return made
