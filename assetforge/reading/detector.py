"""RapidOCR: finds where text stands on a busy ground. The one door to rapidocr.

Only its boxes are used: it reads no more than Latin, Chinese and Japanese.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any, Final

import numpy as np

from assetforge.errors import ActionFailed
from assetforge.findings import Box
from assetforge.reading.preparing import Grey

try:
    import rapidocr
except ImportError:  # an extra: the message below says how to get it
    rapidocr = None

# The longest edge at which it looks: at its own choice it takes five times as long.
SETTINGS: Final = {
    "Global.log_level": "critical",
    "Det.limit_side_len": 736,
    "Det.limit_type": "max",
}

_ONE_AT_A_TIME = threading.Lock()


def detected(part: Grey) -> list[Box]:
    """Return the boxes of lines of text in luminances, from top to bottom.

    Raises:
        ActionFailed: the detector is not installed.
    """
    colours = np.repeat(part[..., None], 3, axis=2)
    with _ONE_AT_A_TIME:
        found = _detector()(colours, use_det=True, use_cls=False, use_rec=False)
    boxes = [_box(each) for each in ([] if found.boxes is None else found.boxes.tolist())]
    return sorted(boxes, key=lambda each: (each[1], each[0]))


@cache
def _detector() -> Any:
    if rapidocr is None:
        message = "'reader: rapidocr' needs it; install it with: pip install 'assetforge[rapidocr]'"
        raise ActionFailed("no-reader", message)
    return rapidocr.RapidOCR(params=dict(SETTINGS))


def _box(corners: list[list[float]]) -> Box:
    across, down = [int(each[0]) for each in corners], [int(each[1]) for each in corners]
    left, top = min(across), min(down)
    return left, top, max(across) - left, max(down) - top
