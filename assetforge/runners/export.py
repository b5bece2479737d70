"""Runs `export`: scales, cuts and encodes one picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetforge.digest import Json
from assetforge.images import decode, encode, fit


def run(request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> bytes:
    """Return the finished file; see `assetforge.steps.export` for what may be asked.

    Raises:
        UnreadableImage: the input is no picture.
    """
    asked: Mapping[str, Any] = request  # its shape is this kind's own promise
    fitted = fit(
        decode(inputs[0]),
        tuple(asked["size"]),
        asked["fit"],
        focus=tuple(asked.get("focus", (50, 50))),
        background=asked.get("background"),
    )
    behind = asked.get("background", "#ffffff")
    return encode(fitted, asked["format"], asked.get("quality", 100), background=behind)
