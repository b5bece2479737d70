"""Runs `overlay`: lays one picture over another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetforge.digest import Json
from assetforge.images import decode, encode_png, framed, on_pixels, overlaid


def run(request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> bytes:
    """Return the picture with the other one over it; see `assetforge.steps.overlay`.

    Raises:
        UnreadableImage: an input is no picture.
    """
    asked: Mapping[str, Any] = request  # its shape is this kind's own promise
    image, layer = decode(inputs[0]), decode(inputs[1])
    canvas, opacity = asked["canvas"], asked.get("opacity", 100)
    area = on_pixels(asked["area"], canvas, image.size)
    if asked.get("frame"):
        return encode_png(framed(image, layer, area, opacity))
    bound = None
    if "bound" in asked:
        bound = on_pixels((0, 0, *asked["bound"]), canvas, image.size)[2:]
    return encode_png(overlaid(image, layer, area, bound, tuple(asked["anchor"]), opacity))
