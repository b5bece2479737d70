"""Tesseract: luminances in, words with their boxes out. The one door to tesserocr."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from types import ModuleType
from typing import Any, Final

from assetforge.errors import ActionFailed
from assetforge.findings import Box
from assetforge.reading.boxes import around
from assetforge.reading.data import places_of
from assetforge.reading.preparing import Grey

try:
    import tesserocr
except ImportError:  # an extra: the message below says how to get it
    tesserocr = None

BLOCK: Final = 6
"""Tesseract's mode for one block of text of one size."""

SPARSE: Final = 11
"""Tesseract's mode for text anywhere, in no order."""

WORD: Final = "5"
"""The level of a word in the engine's table; columns 2 to 4 number its line, 6 to 9 are its box.

Lines are put together of words: what the engine returns for a line of Hebrew or Arabic is wrong.
"""

KEPT: Final = 4
"""Models that one thread keeps loaded: 10 to 50 MB each."""

WITHOUT_DICTIONARIES: Final = {
    f"load_{each}_dawg": "0" for each in ("system", "freq", "punc", "number", "bigram", "unambig")
}
"""A dictionary would read the word that should be there in place of the one that is."""

# Else dots of letters, in Arabic script most of all, are thrown away as noise.
SETTINGS: Final = {"textord_noise_rejrows": "0", "textord_noise_rejwords": "0"}

RESOLUTION: Final = 300
"""Dots per inch that the engine is told; it has no meaning here, but a guess costs time."""

_LOADED = threading.local()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text that was read.

    Attributes:
        text: as read, in logical order.
        box: in pixels of the picture that was read.
        confidence: how sure the model is, 0 to 100.
    """

    text: str
    box: Box
    confidence: int


def _engine() -> ModuleType:
    if tesserocr is None:
        message = "reading text needs tesserocr; install it with: pip install 'assetforge[verify]'"
        raise ActionFailed("no-reader", message)
    module: ModuleType = tesserocr
    return module


@cache
def version() -> str:
    """Return the engine's name and version, `tesseract 5.5.4`.

    Raises:
        ActionFailed: the engine is not installed.
    """
    return str(_engine().tesseract_version().split("\n")[0].strip())


def read_text(grey: Grey, model: str, mode: int = BLOCK) -> str:
    """Return the text of luminances, dark on light; lines end with a line feed.

    `model` may be several, joined by `+`.

    Raises:
        ActionFailed: the engine or a model is not installed.
    """
    api = _set(model, mode, grey)
    text = str(api.GetUTF8Text())
    api.Clear()
    return text


def read_lines(grey: Grey, model: str, mode: int = SPARSE) -> list[Line]:
    """Return the lines of text in luminances, in the order the engine found them.

    Raises:
        ActionFailed: the engine or a model is not installed.
    """
    api = _set(model, mode, grey)
    rows = [row.split("\t") for row in str(api.GetTSVText(0)).splitlines()]
    api.Clear()
    words = [row for row in rows if len(row) == 12 and row[0] == WORD and row[11].strip()]
    return [_line(list(each)) for _, each in groupby(words, key=lambda row: row[2:5])]


def _line(words: list[list[str]]) -> Line:
    """Return the line that some words make; each is a row of the engine's table."""
    boxes = [
        (int(x), int(y), int(width), int(height))
        for x, y, width, height in (row[6:10] for row in words)
    ]
    sure = sum(float(row[10]) for row in words) / len(words)
    return Line(" ".join(row[11] for row in words), around(boxes), int(sure))


def _set(model: str, mode: int, grey: Grey) -> Any:
    api = _loaded(model)
    api.SetPageSegMode(mode)
    height, width = grey.shape
    api.SetImageBytes(grey.tobytes(), width, height, 1, width)
    api.SetSourceResolution(RESOLUTION)
    return api


def _loaded(model: str) -> Any:
    """Return this thread's engine for a model; an engine has no lock of its own."""
    kept: OrderedDict[str, Any] = _LOADED.__dict__.setdefault("kept", OrderedDict())
    if model not in kept:
        kept[model] = _load(model)
        if len(kept) > KEPT:
            kept.popitem(last=False)[1].End()
    kept.move_to_end(model)
    return kept[model]


def _load(model: str) -> Any:
    engine = _engine()
    folder, parts = places_of(model.split("+"))
    names = "+".join(parts)
    try:
        return engine.PyTessBaseAPI(
            path=f"{folder}/",
            lang=names,
            psm=BLOCK,
            variables={**WITHOUT_DICTIONARIES, **SETTINGS},
        )
    except RuntimeError as error:
        message = f"the model '{names}' in '{folder}' cannot be loaded; install it again"
        raise ActionFailed("no-reader", message) from error
