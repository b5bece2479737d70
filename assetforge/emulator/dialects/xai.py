"""xAI: shapes in the place of sizes, and pictures that go in as JSON.

Source: docs.x.ai, image generation and editing, read 2026-11-21; the form of its errors from
github.com/rikkahub/rikkahub/issues/1602.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from assetforge.emulator.answers import Answer, Problem
from assetforge.emulator.call import Call, Upload
from assetforge.emulator.dialects.base import (
    Asked,
    Dialect,
    bare,
    error_of,
    inline,
    required,
    stand_in,
)
from assetforge.emulator.settings import Settings
from assetforge.pipeline import Size

MODELS: Final = ("grok-imagine-image", "grok-imagine-image-quality", "grok-imagine-image-2.0")
RATIOS: Final = (
    "1:1", "3:4", "4:3", "9:16", "16:9", "2:3", "3:2", "9:19.5", "19.5:9", "9:20", "20:9",
    "1:2", "2:1", "auto",
)  # fmt: skip
EDGES: Final = {"1k": 1024, "2k": 2048}
"""Resolution → the edge of a square."""

KEYS: Final = frozenset(
    {"aspect_ratio", "model", "n", "prompt", "resolution", "response_format", "user"}
)
PICTURES: Final = frozenset({"image", "images"})
MAX_IMAGES: Final = 3


def understood(call: Call, settings: Settings) -> Asked | Problem:
    """Draw the shape that is asked for; pictures that go in are objects with an address."""
    if call.form == "multipart":
        return Problem("Expected request with `Content-Type: application/json`", status=415)
    problem = _unknown(call) or required(call, "model", "prompt") or _choices(call)
    if problem:
        return problem
    images = _images(call) if call.endpoint == "edits" else None
    if isinstance(images, Problem):
        return images
    size = size_of(call.said("aspect_ratio") or "auto", call.said("resolution") or "1k")
    as_url = call.said("response_format") != "b64_json"
    return stand_in(call, size, images=images, format="jpeg", as_url=as_url)


def _unknown(call: Call) -> Problem | None:
    keys = KEYS | PICTURES if call.endpoint == "edits" else KEYS
    unknown = next((key for key in call.fields if key not in keys), None)
    return Problem(f"Argument not supported: {unknown}") if unknown is not None else None


def _choices(call: Call) -> Problem | None:
    if call.fields["model"] not in MODELS:
        return Problem(f"The model {call.fields['model']} does not exist.", status=404)
    known = {"aspect_ratio": RATIOS, "resolution": EDGES, "response_format": ("url", "b64_json")}
    for name, words in known.items():
        if call.said(name) is not None and call.said(name) not in words:
            return Problem(f"Invalid {name}: expected one of {', '.join(words)}")
    return None


def _images(call: Call) -> tuple[Upload, ...] | Problem:
    sent = call.said("images") if call.said("image") is None else [call.said("image")]
    if not isinstance(sent, list) or not 1 <= len(sent) <= MAX_IMAGES:
        return Problem(f"Expected 1 to {MAX_IMAGES} images to edit")
    return tuple(
        inline(each.get("url") if isinstance(each, dict) else None, "image") for each in sent
    )


def size_of(ratio: str, resolution: str) -> Size:
    """Return the pixels of a shape: as many as a square of the resolution has."""
    across, _, down = ("1:1" if ratio == "auto" else ratio).partition(":")
    shape = math.sqrt(float(across) / float(down))
    return Size(*(2 * round(EDGES[resolution] * each / 2) for each in (shape, 1 / shape)))


def phrased(answer: Answer) -> Answer:
    """Refuse as xAI does: the words are the error."""
    error = error_of(answer)
    if error is None:
        return answer
    return replace(answer, body={"code": str(answer.status), "error": error["message"]})


XAI: Final = Dialect(models=MODELS, raw=True, understood=understood, answered=bare, refused=phrased)
