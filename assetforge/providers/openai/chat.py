"""A judge's question on its way out, and the answer that came back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from assetforge.capabilities import judged_size
from assetforge.digest import Json
from assetforge.errors import OutcomeUnknown
from assetforge.images import decode, encode_png, fit, sendable, size_of
from assetforge.providers.base import JudgeRequest, Reply
from assetforge.providers.openai.outcome import one_line
from assetforge.providers.openai.pictures import File, data_url
from assetforge.providers.openai.reply import Envelope, bad_reply, bare_reply
from assetforge.providers.openai.request import Outgoing, prefixed
from assetforge.services import Service

CHAT: Final = "/chat/completions"

DETAIL: Final = "high"
"""How closely the picture is looked at; the finest that every service takes."""

CUT: Final = ("length", "content_filter")
"""Why an answer ended before it was whole."""


def question(request: JudgeRequest, service: Service) -> Outgoing:
    """Return the one request that asks a judge. Source: OpenAI API reference, chat completions.

    A judge is called by its own name, or on Azure by its deployment's; the profile's deployment is
    that of the pictures.

    Raises:
        UnreadableImage: the picture cannot be decoded.
    """
    seen: Json = {"url": data_url(shown(request.picture)), "detail": DETAIL}
    body: dict[str, Json] = {
        "model": prefixed(request.judge, service),
        "messages": [
            {"role": "system", "content": request.instructions},
            {"role": "user", "content": [{"type": "image_url", "image_url": seen}]},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "verdict", "strict": True, "schema": dict(request.answer)},
        },
        "max_completion_tokens": request.max_output_tokens,
    }
    return Outgoing(CHAT, body)


def shown(picture: bytes) -> File:
    """Return a picture as a judge is sent it: no larger than it is looked at.

    Raises:
        UnreadableImage: it cannot be decoded.
    """
    size = size_of(picture)
    wanted = judged_size(size)
    if wanted != size:
        picture = encode_png(fit(decode(picture), wanted))
    data, format = sendable(picture)
    return f"picture.{format}", data, f"image/{format}"


def judgement_of(answer: Mapping[str, Any], envelope: Envelope) -> Reply:
    """Return the reply that a chat's answer is; its data are the words of the judge.

    Raises:
        BadReply: the judge said nothing, not all of it, or that it will not answer.
        OutcomeUnknown: it is no answer of a chat at all.
    """
    bare = bare_reply(answer, envelope)
    choices = answer.get("choices")
    if not isinstance(choices, list):
        listed = one_line(", ".join(list(answer)[:5]), 80)
        message = f"'{envelope.service}' answered, but not as a chat does: {listed}"
        raise OutcomeUnknown("no-chat", f"{message}; it may have been billed")
    choice = _mapping(choices[0] if choices else None)
    said = _mapping(choice.get("message"))
    content, ended = said.get("content"), choice.get("finish_reason")
    if isinstance(content, str) and content.strip() and ended not in CUT:
        return replace(bare, data=content.encode("utf-8", "replace"))
    raise bad_reply(_lack(said, ended), envelope, bare)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _lack(said: Mapping[str, Any], ended: object) -> str:
    """Return why there is no answer."""
    if refusal := said.get("refusal"):
        return f"did not judge the picture: {one_line(str(refusal), 120)}"
    if ended == "length":
        return "came to the end of its tokens before the judge's answer was whole"
    if ended == "content_filter":
        return "kept back what the judge said of the picture"
    return "answered without a word of the judge"
