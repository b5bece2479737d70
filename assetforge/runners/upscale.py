"""Runs `upscale`: gives a picture more pixels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetforge.digest import Json
from assetforge.images import decode, encode_png, enlarged


def run(request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> bytes:
    """Return the enlarged picture; see `assetforge.steps.upscale`.

    Raises:
        UnreadableImage: the input is no picture.
    """
    asked: Mapping[str, Any] = request  # its shape is this kind's own promise
    return encode_png(enlarged(decode(inputs[0]), tuple(asked["size"])))
