"""Runs `flatten`: takes the transparency out of a picture."""

from __future__ import annotations

from collections.abc import Mapping

from assetforge.digest import Json
from assetforge.images import decode, encode_png, flatten, kind_of


def run(request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> bytes:
    """Return the picture on its ground; a PNG without transparency is returned as it is.

    Raises:
        UnreadableImage: the input is no picture.
    """
    image = decode(inputs[0])
    if image.mode == "RGB" and kind_of(inputs[0])[0] == "PNG":
        return inputs[0]
    return encode_png(flatten(image, str(request["background"])))
