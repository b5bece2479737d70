"""Runs `pad`: sets a picture on a larger ground."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetforge.digest import Json
from assetforge.images import decode, encode_png, matched, padded


def run(request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> bytes:
    """Return the picture on its ground; see `assetforge.steps.pad`.

    Raises:
        UnreadableImage: the input is no picture.
    """
    asked: Mapping[str, Any] = request  # its shape is this kind's own promise
    image = matched(decode(inputs[0]), tuple(asked["canvas"]))
    size, place = tuple(asked["size"]), tuple(asked["place"])
    return encode_png(padded(image, size, place, asked.get("background")))
