"""Gemini: an endpoint that resembles OpenAI's, without edits, and without pixels.

It ignores every parameter that it does not know. Source: ai.google.dev, OpenAI compatibility and
image generation, read 2026-11-21.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from assetforge.emulator.answers import Answer, Problem
from assetforge.emulator.call import Call
from assetforge.emulator.dialects.base import (
    Asked,
    Dialect,
    bare,
    error_of,
    required,
    stand_in,
)
from assetforge.emulator.settings import Settings
from assetforge.pipeline import Size

MODELS: Final = ("gemini-2.5-flash-image", "gemini-3-pro-image", "gemini-3.1-flash-image")

SIZES: Final = {
    "1:1": Size(1024, 1024),
    "2:3": Size(832, 1248),
    "3:2": Size(1248, 832),
    "3:4": Size(864, 1184),
    "4:3": Size(1184, 864),
    "4:5": Size(896, 1152),
    "5:4": Size(1152, 896),
    "9:16": Size(768, 1344),
    "16:9": Size(1344, 768),
    "21:9": Size(1536, 672),
}
"""Aspect ratio → what is drawn for it."""

STATUSES: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


def understood(call: Call, settings: Settings) -> Asked | Problem:
    """Draw a square whatever the size, unless an aspect ratio is asked for."""
    problem = required(call, "model", "prompt")
    if problem:
        return problem
    name = call.fields["model"].removeprefix("models/")
    if not name.startswith("gemini-") or "image" not in name:
        message = f"models/{name} is not found for API version v1main."
        return Problem(message, status=404)
    ratio = call.said("aspect_ratio")
    if ratio is not None and ratio not in SIZES:
        return Problem(f"aspect_ratio must be one of {', '.join(SIZES)}.")
    return stand_in(call, SIZES[ratio or "1:1"])


def phrased(answer: Answer) -> Answer:
    """Refuse as Google does."""
    error = error_of(answer)
    if error is None:
        return answer
    status = STATUSES.get(answer.status, "UNKNOWN")
    said = {"code": answer.status, "message": error["message"], "status": status}
    return replace(answer, body={"error": said})


GEMINI: Final = Dialect(
    root="/v1beta/openai",
    endpoints=("generations",),
    models=tuple(f"models/{each}" for each in MODELS),
    understood=understood,
    answered=bare,
    refused=phrased,
)
