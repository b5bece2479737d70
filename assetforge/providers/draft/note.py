"""The note a draft carries in its PNG, so that the next step knows what it is looking at."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from assetforge import images
from assetforge.errors import ActionFailed
from assetforge.providers.draft.palette import Palette, from_words
from assetforge.providers.draft.stage import stage_for
from assetforge.typeset import Box

KEYWORD = "assetforge-draft"

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Mark:
    """The DRAFT mark: where it is, and the pixels it hides, of shape (height, width, channels)."""

    box: Box
    under: Pixels


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on its way through a step.

    Attributes:
        pixels: shape (height, width, 3 or 4), sRGB.
        palette: the roles it was painted with; None for a picture that is not ours.
        lettered: True when words are on it.
        mark: the DRAFT mark on it, if any.
    """

    pixels: Pixels
    palette: Palette | None = None
    lettered: bool = False
    mark: Mark | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.pixels.shape[1], self.pixels.shape[0]

    def mirrored(self) -> Picture:
        """Return the picture with left and right exchanged; not for one with words or a mark."""
        assert not self.lettered, "BUG: words would be mirrored"
        assert self.mark is None, "BUG: the mark would be mirrored"
        return replace(self, pixels=np.ascontiguousarray(self.pixels[:, ::-1]))


def written(picture: Picture) -> bytes:
    """Return the picture as a PNG that carries its note."""
    mode = images.mode_of_channels(picture.pixels.shape[2])
    raw = np.ascontiguousarray(picture.pixels).tobytes()
    calm = stage_for(picture.size).calm
    note: dict[str, object] = {
        "calm": list(calm),
        "pixels": zlib.crc32(raw),
        "roles": picture.palette.words() if picture.palette else None,
        "words": picture.lettered,
    }
    if picture.mark:
        under = zlib.compress(picture.mark.under.tobytes(), 6)
        note["mark"] = [*picture.mark.box, base64.b64encode(under).decode("ascii")]
    image = images.from_raw(mode, picture.size, raw)
    return images.encode_noted_png(image, KEYWORD, json.dumps(note, sort_keys=True))


def opened(data: bytes) -> Picture:
    """Return an encoded picture, with what its note says if the note is still true.

    Raises:
        UnreadableImage: the bytes are no readable picture.
    """
    pixels = np.array(images.decode(data))
    note = images.note_of(data, KEYWORD)
    if note is None:
        return Picture(pixels)
    try:
        return _understood(pixels, json.loads(note))
    except (ActionFailed, ValueError, KeyError, TypeError, binascii.Error, zlib.error):
        return Picture(pixels)


def _understood(pixels: Pixels, note: dict[str, object]) -> Picture:
    """Return the picture a note describes; the note of other pixels describes nothing."""
    if note["pixels"] != zlib.crc32(pixels.tobytes()):
        return Picture(pixels)
    roles, mark = note["roles"], note.get("mark")
    palette = from_words([str(each) for each in roles]) if isinstance(roles, list) else None
    found = _mark(mark, pixels.shape[2]) if isinstance(mark, list) else None
    return Picture(pixels, palette, bool(note["words"]), found)


def _mark(words: list[object], channels: int) -> Mark:
    x, y, width, height = (int(str(each)) for each in words[:4])
    size = width * height * channels
    raw = zlib.decompressobj().decompress(base64.b64decode(str(words[4])), size)
    under = np.frombuffer(raw, np.uint8).reshape(height, width, channels)
    return Mark((x, y, width, height), under)
