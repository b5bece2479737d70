"""SGLang and vLLM-Omni: servers of open weights, with a seed, and without a bill.

Sources: docs.sglang.io, OpenAI-compatible diffusion API, and docs.vllm.ai, image generation and
image edit API of vLLM-Omni, read 2026-11-21.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from assetforge import images
from assetforge.emulator.answers import Answer, Problem
from assetforge.emulator.call import Call, Upload
from assetforge.emulator.dialects.base import (
    Asked,
    Dialect,
    bare,
    error_of,
    pixels,
    stand_in,
)
from assetforge.emulator.settings import Settings
from assetforge.images import UnreadableImage
from assetforge.pipeline import Size

MODELS: Final = ("black-forest-labs/FLUX.2-klein-4B", "Qwen/Qwen-Image-Edit")

DEFAULT: Final = Size(1024, 1024)
LARGEST_EDGE: Final = 4096


def of_sglang(call: Call, settings: Settings) -> Asked | Problem:
    """Draw any size; whatever else is said, a seed or steps, is taken. A mask is not."""
    return _wrong(call) or _asked(call, DEFAULT)


def of_vllm(call: Call, settings: Settings) -> Asked | Problem:
    """Draw any size, by default that of the first picture; a mask is white where to repaint."""
    if call.said("stream"):
        return Problem("Streaming is not supported for image generation.")
    problem = _wrong(call)
    if problem:
        return problem
    try:
        size = images.size_of(call.images[0].data) if call.images else DEFAULT
        mask = Upload(painted(call.mask.data)) if call.mask else None
    except UnreadableImage as error:
        return Problem(f"Invalid image: {error}")
    return _asked(call, size, mask)


def _asked(call: Call, default: Size, mask: Upload | None = None) -> Asked | Problem:
    size = default if call.said("size") in (None, "auto") else pixels(call.said("size"))
    if size is None or max(size) > LARGEST_EDGE:
        return Problem(f"Invalid size {call.said('size')!r}: expected WIDTHxHEIGHT")
    sent = tuple(Upload(each.data) for each in call.images or ())
    return stand_in(call, size, images=sent, mask=mask)


def _wrong(call: Call) -> Problem | None:
    if not isinstance(call.said("prompt"), str):
        return _missing("prompt")
    if call.endpoint == "edits" and not call.images:
        return _missing("image")
    if call.said("response_format") not in (None, "b64_json"):
        return Problem("Only response_format='b64_json' is supported.")
    return None


def _missing(param: str) -> Problem:
    return Problem("Field required", param=param, code="missing", status=422)


def painted(mask: bytes) -> bytes:
    """Return a mask that is transparent where this one is white.

    Raises:
        UnreadableImage: it is no picture.
    """
    light = images.decode(mask).convert("L")
    clear = light.convert("RGBA")
    clear.putalpha(light.point(lambda value: 255 - value))
    return images.encode_png(clear)


def phrased(answer: Answer) -> Answer:
    """Refuse as FastAPI does."""
    error = error_of(answer)
    if error is None:
        return answer
    detail: Any = error["message"]
    if answer.status == 422:
        place = ["body", error["param"]]
        detail = [{"type": error["code"], "loc": place, "msg": error["message"]}]
    return replace(answer, body={"detail": detail})


SGLANG: Final = Dialect(
    models=MODELS,
    raw=True,
    needs_key=False,
    understood=of_sglang,
    answered=bare,
    refused=phrased,
)
VLLM: Final = replace(SGLANG, parts={"mask_image": "mask"}, understood=of_vllm)
