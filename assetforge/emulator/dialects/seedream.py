"""Seedream on ModelArk: references go to the generations, sizes may be words, and a watermark.

Source: docs.byteplus.com, ModelArk image generation API, read 2026-11-21.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from assetforge.emulator.answers import Answer, Problem
from assetforge.emulator.call import Call, Upload
from assetforge.emulator.dialects.base import (
    Asked,
    Body,
    Dialect,
    error_of,
    inline,
    pixels,
    required,
    stand_in,
)
from assetforge.emulator.settings import Settings
from assetforge.pipeline import Size

MODELS: Final = ("seedream-4-0-250828", "seedream-4-5-251128", "seedream-5-0-260128")
NAMED: Final = {"1K": Size(1024, 1024), "2K": Size(2048, 2048), "4K": Size(4096, 4096)}
LEAST_PIXELS: Final = 1280 * 720
MOST_PIXELS: Final = 4096 * 4096
MAX_RATIO: Final = 16
MAX_IMAGES: Final = 14

SEQUENCES: Final = ("disabled", "auto")
FORMATS: Final = ("url", "b64_json")


def understood(call: Call, settings: Settings) -> Asked | Problem:
    """Draw what is asked for, with a watermark unless it is declined."""
    problem = required(call, "model", "prompt") or _choices(call)
    if problem:
        return problem
    size = size_of(call.said("size") or "2K")
    if size is None:
        return _wrong("size", "The parameter `size` specified in the request is not valid.")
    images = _images(call.said("image"))
    if isinstance(images, Problem):
        return images
    return stand_in(
        call,
        size,
        images=images,
        format="jpeg",
        as_url=call.said("response_format") != "b64_json",
        marked=call.said("watermark") is not False,
    )


def _choices(call: Call) -> Problem | None:
    if call.fields["model"] not in MODELS:
        message = f"The model or endpoint {call.fields['model']} does not exist."
        return Problem(message, code="InvalidEndpointOrModel.NotFound", status=404)
    for name, known in {
        "sequential_image_generation": SEQUENCES,
        "response_format": FORMATS,
    }.items():
        if call.said(name) is not None and call.said(name) not in known:
            return _wrong(name, f"The parameter `{name}` must be one of {', '.join(known)}.")
    if not isinstance(call.fields.get("watermark", True), bool):
        return _wrong("watermark", "The parameter `watermark` must be a boolean.")
    return None


def _wrong(param: str, message: str) -> Problem:
    return Problem(message, type="BadRequest", param=param, code="InvalidParameter")


def size_of(value: Any) -> Size | None:
    """Return the pixels of `2K` or `2048x1536`; None where it is not legal."""
    size = NAMED.get(value) if isinstance(value, str) and value in NAMED else pixels(value)
    if size is None or not LEAST_PIXELS <= size.width * size.height <= MOST_PIXELS:
        return None
    return size if max(size) <= MAX_RATIO * min(size) else None


def _images(value: Any) -> tuple[Upload, ...] | Problem:
    listed = value if isinstance(value, list) else [] if value is None else [value]
    if len(listed) > MAX_IMAGES:
        return _wrong("image", f"At most {MAX_IMAGES} reference images are allowed.")
    return tuple(inline(each, "image") for each in listed)


def answered(asked: Asked, body: Body) -> Body:
    """Count as ModelArk does: 256 pixels are a token, and what goes in is not counted."""
    width, height = asked.size or NAMED["2K"]
    count = len(body["data"])
    tokens = count * width * height // 256
    data = [{**each, "size": f"{width}x{height}"} for each in body["data"]]
    usage = {"generated_images": count, "output_tokens": tokens, "total_tokens": tokens}
    return {"model": asked.model, "created": body["created"], "data": data, "usage": usage}


def phrased(answer: Answer) -> Answer:
    """Refuse as ModelArk does."""
    error = error_of(answer)
    if error is None:
        return answer
    said = {**error, "param": error["param"] or "", "code": error["code"] or "InternalServiceError"}
    return replace(answer, body={"error": said})


SEEDREAM: Final = Dialect(
    root="/api/v3",
    endpoints=("generations",),
    models=MODELS,
    understood=understood,
    answered=answered,
    refused=phrased,
)
