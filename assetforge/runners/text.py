"""Runs `text`: sets the copy on the picture so far."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetforge.digest import Json
from assetforge.images import decode, encode_png
from assetforge.typeset import lettered


def run(request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> bytes:
    """Return the picture with the copy on it; see `assetforge.steps.text` for what may be asked.

    Raises:
        ActionFailed: the copy cannot be set: it is too long, a font lacks a letter or is damaged,
            or a template has a mistake.
        UnreadableImage: the input is no picture.
    """
    asked: Mapping[str, Any] = request  # its shape is this kind's own promise
    fonts = inputs[len(inputs) - asked.get("fonts", 0) :]
    template = inputs[1] if asked.get("template") else None
    return encode_png(lettered(decode(inputs[0]), asked, fonts, template))
