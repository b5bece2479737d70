"""Pictures to test with, and what is in them."""

from io import BytesIO
from typing import Any, cast

import PIL.Image

from assetforge.images import Image


def saved(image: Image, format: str = "PNG", **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, format, **options)
    return file.getvalue()


def ramp(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image:
    """Every pixel another colour: red grows to the right, green downwards."""
    image = PIL.Image.new("RGB", size)
    image.putdata(
        [
            (x * 255 // size[0], y * 255 // size[1], 128)
            for y in range(size[1])
            for x in range(size[0])
        ]
    )
    return image.convert(mode)


def pixels(image: Image) -> tuple[str, tuple[int, int], bytes]:
    return image.mode, image.size, image.tobytes()


def colour(image: Image, point: tuple[int, int]) -> tuple[int, ...]:
    return cast("tuple[int, ...]", image.getpixel(point))


def colours(image: Image) -> list[tuple[int, tuple[int, ...]]]:
    return cast("list[tuple[int, tuple[int, ...]]]", image.getcolors())


def painted(size: tuple[int, int], *boxes: tuple[int, int, int, int], mode: str = "RGB") -> Image:
    """White, with black boxes: x, y, width, height."""
    image = PIL.Image.new(mode, size, "white")
    for x, y, width, height in boxes:
        image.paste("black", (x, y, x + width, y + height))
    return image
