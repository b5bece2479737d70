"""What a dialect is: another service's way of asking for the same pictures."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from assetforge.canvas import canvas_for
from assetforge.capabilities import capabilities_of
from assetforge.emulator.answers import Answer, Problem
from assetforge.emulator.call import Call, Endpoint, Upload
from assetforge.emulator.checks import missing, wrong_type
from assetforge.emulator.settings import Settings
from assetforge.pipeline import Size

STAND_IN: Final = "gpt-image-2"
STAND_IN_QUALITY: Final = "low"
"""The model that draws, is counted and is billed where the service has models of its own."""

DATA_URL: Final = re.compile(r"data:image/[a-z]+;base64,", re.IGNORECASE)

Body: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A call in OpenAI's words, and what its answer has to be turned into.

    Attributes:
        call: what OpenAI would have been asked.
        canvas, size: pictures drawn in the one size are made the other; None: they stay.
        format: what the pictures are sent as; None: as they were drawn.
        as_url: whether they stay with the service, and the answer has their address.
        marked: whether the service puts its watermark on them.
        model: what the service calls the model; empty where it is OpenAI's.
    """

    call: Call
    canvas: Size | None = None
    size: Size | None = None
    format: Literal["png", "jpeg"] | None = None
    as_url: bool = False
    marked: bool = False
    model: str = ""


def unchanged(call: Call, settings: Settings) -> Asked | Problem:
    """Understand a call as OpenAI does."""
    return Asked(call)


def whole(asked: Asked, body: Body) -> Body:
    """Answer as OpenAI does."""
    return body


def bare(asked: Asked, body: Body) -> Body:
    """Answer with the pictures and the time, and nothing else."""
    return {"created": body["created"], "data": body["data"]}


def as_it_is(answer: Answer) -> Answer:
    """Refuse as OpenAI does."""
    return answer


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one service speaks.

    Attributes:
        root: what all its paths begin with.
        endpoints: which of the two it has.
        models: the names it lists.
        parts: part of a multipart call → OpenAI's name for it.
        raw: True where a call in JSON has its pictures in fields of its own.
        needs_key: False where a server is usually run without one.
        judge: turns its name of a judge into OpenAI's, or says why it has none; None: nobody can
            be asked about a picture.
        understood: turns a call into OpenAI's words, or says why the service refuses it.
        answered: turns what OpenAI would have answered into the service's words.
        refused: the same of a refusal.
    """

    root: str = "/v1"
    endpoints: tuple[Endpoint, ...] = ("generations", "edits")
    models: tuple[str, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    raw: bool = False
    needs_key: bool = True
    judge: Callable[[Any], str | Problem] | None = None
    understood: Callable[[Call, Settings], Asked | Problem] = unchanged
    answered: Callable[[Asked, Body], Body] = whole
    refused: Callable[[Answer], Answer] = as_it_is


def stand_in(
    call: Call,
    size: Size,
    *,
    images: tuple[Upload, ...] | None = None,
    mask: Upload | None = None,
    format: Literal["png", "jpeg"] = "png",
    as_url: bool = False,
    marked: bool = False,
) -> Asked:
    """Ask OpenAI for what a service with models of its own was asked for.

    Args:
        call: the call; of its fields `prompt`, `n` and the model's name are kept.
        size: of the pictures, legal for OpenAI or not.
        images: the pictures that go in; None: there are none.
        mask: transparent where the first picture may change.
        format: what the service sends.
        as_url: whether it sends an address.
        marked: whether it puts its watermark on them.
    """
    canvas = canvas_for([size], capabilities_of("openai", STAND_IN), STAND_IN_QUALITY)
    fields = {key: call.fields[key] for key in ("prompt", "n") if key in call.fields}
    fields |= {"model": STAND_IN, "quality": STAND_IN_QUALITY, "size": str(canvas)}
    endpoint: Endpoint = "edits" if images else "generations"
    asked = Call(endpoint, "json", fields, images or None, mask)
    return Asked(asked, canvas, size, format, as_url, marked, str(call.said("model")))


def inline(url: Any, param: str) -> Upload:
    """Return the picture in a data URL; a stranger's address is not followed."""
    prefix = DATA_URL.match(url) if isinstance(url, str) else None
    if prefix is None:
        message = f"Invalid '{param}': the emulator takes pictures as base64 data URLs only."
        return Upload(b"", problem=Problem(message, param=param, code="invalid_value"))
    try:
        return Upload(base64.b64decode(url[prefix.end() :], validate=True))
    except binascii.Error:
        message = f"Invalid '{param}': the data URL is not valid base64."
        return Upload(b"", problem=Problem(message, param=param, code="invalid_value"))


def pixels(text: Any) -> Size | None:
    """Return the size that `1024x768` is; None where it is no such text, or far too large."""
    match = re.fullmatch(r"([1-9]\d{1,3})x([1-9]\d{1,3})", text) if isinstance(text, str) else None
    return Size(int(match[1]), int(match[2])) if match else None


def required(call: Call, *names: str) -> Problem | None:
    """Return that a text is missing."""
    for name in names:
        if name not in call.fields:
            return missing(name)
        if not isinstance(call.fields[name], str):
            return wrong_type(name, "a string", call.fields[name])
    return None


def error_of(answer: Answer) -> Mapping[str, Any] | None:
    """Return the error object of a refusal; None where it is not in the service's own words."""
    found = (answer.body or {}).get("error")
    return found if isinstance(found, dict) else None
