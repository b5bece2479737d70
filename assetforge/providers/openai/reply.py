"""What came back, taken apart: the picture's bytes, what was counted, who made it."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from assetforge.errors import OutcomeUnknown
from assetforge.images import UnreadableImage, size_of
from assetforge.providers.base import EMULATED, BadReply, Reply
from assetforge.providers.openai.headers import allowance_of
from assetforge.providers.openai.outcome import one_line, request_id_of

DATA_URL: Final = re.compile(r"data:[\w/+.-]*(?:;[\w=+.-]+)*,")

Fetch = Callable[[str], bytes]
"""Returns the picture at an address; raises `Unfetched`."""


class Unfetched(Exception):
    """A picture that was made could not be fetched; says why in one line."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What comes with every answer: its headers, names in lower case, and who was asked."""

    headers: Mapping[str, str]
    service: str


def answer_of(body: bytes, service: str) -> Mapping[str, Any]:
    """Return an answer's JSON object.

    Raises:
        OutcomeUnknown: it is none, so that nobody knows what was done and billed.
    """
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    if isinstance(answer, dict):
        return answer
    shown = "an HTML page" if body.lstrip()[:1] == b"<" else f"{len(body)} bytes of something else"
    shown = shown if body else "nothing"
    raise OutcomeUnknown(
        "no-json", f"'{service}' answered, but not with JSON: {shown}; it may have been billed"
    )


def reply_of(answer: Mapping[str, Any], envelope: Envelope, fetch: Fetch) -> Reply:
    """Return the reply that an answer is, or one finished event of a stream.

    Raises:
        BadReply: there is no picture in it; what was counted is known all the same.
        OutcomeUnknown: it is no answer about pictures at all.
    """
    bare = replace(bare_reply(answer, envelope), allowance=allowance_of(envelope.headers))
    data = _picture_bytes(_picture(answer, envelope, bare), envelope, bare, fetch)
    reply = replace(bare, data=data)
    try:
        size_of(data)
    except UnreadableImage as error:
        raise bad_reply(f"sent no picture: {error}", envelope, reply) from None
    return reply


def bare_reply(answer: Mapping[str, Any], envelope: Envelope) -> Reply:
    """Return what an answer says beside what was asked for: who answered, what was counted."""
    usage, model = answer.get("usage"), answer.get("model")
    # What has a point becomes text: no float is exact, and none may be kept.
    counted = json.loads(json.dumps(usage), parse_float=str) if isinstance(usage, dict) else {}
    return Reply(
        b"",
        cost_microdollars=None,
        usage=counted,
        request_id=request_id_of(envelope.headers),
        model=model if isinstance(model, str) else None,
        emulated=EMULATED in envelope.headers,
    )


def _picture(answer: Mapping[str, Any], envelope: Envelope, bare: Reply) -> Mapping[str, Any]:
    if "b64_json" in answer or "url" in answer:
        return answer
    pictures = answer.get("data")
    if not isinstance(pictures, list):
        shown = ", ".join(list(answer)[:5])
        raise OutcomeUnknown(
            "no-images",
            f"'{envelope.service}' answered, but not with pictures: {one_line(shown, 80)}; "
            "it may have been billed",
        )
    first = pictures[0] if pictures else None
    if not isinstance(first, dict):
        raise bad_reply("answered without a picture", envelope, bare)
    return first


def _picture_bytes(
    picture: Mapping[str, Any], envelope: Envelope, bare: Reply, fetch: Fetch
) -> bytes:
    text, url = picture.get("b64_json"), picture.get("url")
    if isinstance(text, str) and text:
        return _decoded(text, envelope, bare)
    if not (isinstance(url, str) and url):
        raise bad_reply("answered without a picture", envelope, bare)
    if url.startswith("data:"):
        return _decoded(url, envelope, bare)
    try:
        return fetch(url)
    except Unfetched as error:
        why = f"made a picture that could not be fetched: {error}"
        raise bad_reply(why, envelope, bare) from None


def _decoded(text: str, envelope: Envelope, bare: Reply) -> bytes:
    prefix = DATA_URL.match(text)
    try:
        return base64.b64decode(text[prefix.end() :] if prefix else text, validate=True)
    except ValueError as error:
        broken = replace(bare, data=text.encode("utf-8", "replace"))
        raise bad_reply(f"sent broken base64: {error}", envelope, broken) from None


def bad_reply(what: str, envelope: Envelope, reply: Reply) -> BadReply:
    """Return that an answer is not what was asked for, with its cost."""
    name = f" ({reply.request_id})" if reply.request_id else ""
    return BadReply(one_line(f"'{envelope.service}' {what}{name}"), reply)
