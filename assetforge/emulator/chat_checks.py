"""Why the service refuses a chat about a picture, in its words; see `assetforge.emulator.checks`.

Source of the words, where they are not ours in the same manner: answers that users recorded in
2026. What chats can do beside answering about one picture, the emulator says it does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from assetforge import images
from assetforge.capabilities import JudgeRate, judge_rate
from assetforge.emulator.answers import Problem
from assetforge.emulator.checks import missing, no_judge, whole_number, wrong_type
from assetforge.emulator.dialects.base import inline
from assetforge.emulator.rules import model_named
from assetforge.errors import ActionFailed

TAKEN: Final = frozenset(
    {"max_completion_tokens", "messages", "model", "response_format", "stream"}
)

MOST_TOKENS: Final = 128_000
"""Most tokens of an answer. Source: OpenAI model pages, read 2026-11-22."""

FORMATS: Final = ("PNG", "JPEG", "GIF", "WEBP")

NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")

Body: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """A chat that is understood.

    Attributes:
        name: of the judge, as the call writes it; `rate` is what it costs.
        words: all texts of its messages.
        pictures: all pictures of its messages, encoded.
        schema: JSON schema of the answer; None: any words.
        most_tokens: most tokens of the answer.
    """

    name: str
    rate: JudgeRate
    words: str
    pictures: tuple[bytes, ...] = field(repr=False)
    schema: Mapping[str, Any] | None
    most_tokens: int


def question_of(body: Body) -> Question | Problem:
    """Return what a chat asks, or the first thing that is wrong with it."""
    problem = next((found for rule in RULES if (found := rule(body))), None)
    if problem:
        return problem
    parts = list(_parts(body["messages"]))
    form = body.get("response_format") or {}
    return Question(
        name=body["model"],
        rate=judge_rate(body["model"]),
        words="\n".join(each["text"] for each in parts if each["type"] == "text"),
        pictures=tuple(_picture(each) for each in parts if each["type"] == "image_url"),
        schema=form["json_schema"]["schema"] if form.get("type") == "json_schema" else None,
        most_tokens=body.get("max_completion_tokens") or MOST_TOKENS,
    )


def _parts(messages: Sequence[Body]) -> Iterator[Body]:
    """Yield the parts of all messages; a plain text is one."""
    for message in messages:
        content = message["content"]
        yield from [{"type": "text", "text": content}] if isinstance(content, str) else content


def _picture(part: Body) -> bytes:
    return inline(part["image_url"]["url"], "").data


def _model(body: Body) -> Problem | None:
    name = body.get("model")
    if name is None:
        return Problem("you must provide a model parameter")
    if not isinstance(name, str):
        return wrong_type("model", "a string", name)
    if model_named(name):
        message = (
            "This is not a chat model and thus not supported in the v1/chat/completions endpoint."
        )
        return Problem(f"{message} Did you mean to use v1/completions?", param="model", status=404)
    if "/" in name or not judge_rate(name).known:
        return no_judge(name)
    return None


def _keys(body: Body) -> Problem | None:
    strange = next((each for each in body if each not in TAKEN), None)
    if strange is not None:
        return _not_here(f"takes no '{strange}' in a chat")
    return _not_here("does not stream a chat") if body.get("stream") else None


def _not_here(what: str) -> Problem:
    """Say what the service may do and the emulator does not."""
    return Problem(f"The emulator {what}.", type="emulator_error")


def _messages(body: Body) -> Problem | None:
    messages = body.get("messages")
    if messages is None:
        return missing("messages")
    if not isinstance(messages, list):
        return wrong_type("messages", "an array of objects", messages)
    if not messages:
        message = (
            "Invalid 'messages': empty array. Expected an array with minimum length 1, "
            "but got an empty array instead."
        )
        return Problem(message, param="messages", code="empty_array")
    return next((each for at, one in enumerate(messages) if (each := _message(one, at))), None)


def _message(message: Any, at: int) -> Problem | None:
    param = f"messages[{at}]"
    if not isinstance(message, dict):
        return wrong_type(param, "an object", message)
    if message.get("role") not in ("system", "developer", "user"):
        return _not_here(f"takes no messages of the role '{message.get('role')}'")
    content = message.get("content")
    if isinstance(content, str):
        return None
    if not isinstance(content, list):
        return wrong_type(f"{param}.content", "one of a string or array of objects", content)
    parts = enumerate(content)
    return next((each for at, one in parts if (each := _part(one, f"{param}.content[{at}]"))), None)


def _part(part: Any, param: str) -> Problem | None:
    match part:
        case {"type": "text", "text": str()}:
            return None
        case {"type": "image_url", "image_url": {"url": str(url), **more}}:
            if more.get("detail", "auto") not in ("auto", "low", "high", "original"):
                message = "Supported values are: 'auto', 'low', 'high' and 'original'."
                param = f"{param}.image_url.detail"
                return Problem(f"Invalid value. {message}", param=param, code="invalid_value")
            return _unreadable(url, param)
    message = f"Invalid '{param}': a part is a 'text' or an 'image_url'."
    return Problem(message, param=param, code="invalid_value")


def _unreadable(url: str, param: str) -> Problem | None:
    sent = inline(url, param)
    if sent.problem:
        return sent.problem
    try:
        images.examined(sent.data)
        if images.kind_of(sent.data)[0] in FORMATS:
            return None
    except ActionFailed:
        pass
    return Problem(
        "You uploaded an unsupported image. Please make sure your image has of one the following "
        "formats: ['png', 'jpeg', 'gif', 'webp'].",
        code="invalid_image_format",
    )


def _has_picture(body: Body) -> Problem | None:
    if any(each["type"] == "image_url" for each in _parts(body["messages"])):
        return None
    return _not_here("chats about pictures only: a message needs an 'image_url'")


def _length(body: Body) -> Problem | None:
    return whole_number("max_completion_tokens", body.get("max_completion_tokens"), 1, MOST_TOKENS)


def _form(body: Body) -> Problem | None:
    """Return what is wrong with the form that the answer shall have."""
    form = body.get("response_format")
    match form:
        case None | {"type": "text"}:
            return None
        case {"type": "json_schema", "json_schema": {"name": str(name), "schema": dict(schema)}}:
            if not NAME.fullmatch(name):
                message = (
                    "Invalid 'response_format.json_schema.name': string does not match pattern."
                )
                param = "response_format.json_schema.name"
                return Problem(message, param=param, code="invalid_value")
            strict = form["json_schema"].get("strict")
            found = next(_loose(schema, ()), None) if strict else None
            return _invalid(name, found) if found else None
    return _not_here("answers by a 'json_schema' with a name and a schema, or in plain words")


def _invalid(name: str, why: str) -> Problem:
    message = f"Invalid schema for response_format '{name}': {why}"
    return Problem(message, param="response_format", code=None)


def _loose(schema: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    """Yield what keeps a schema from being followed strictly."""
    context = f"In context={path!r}"
    if schema.get("type") == "object":
        properties: Mapping[str, Any] = schema.get("properties", {})
        if schema.get("additionalProperties") is not False:
            yield f"{context}, 'additionalProperties' is required to be supplied and to be false."
        for lacking in [each for each in properties if each not in schema.get("required", ())]:
            yield (
                f"{context}, 'required' is required to be supplied and to be an array including "
                f"every key in properties. Missing '{lacking}'."
            )
        for name, each in properties.items():
            yield from _loose(each, (*path, "properties", name))
    if schema.get("type") == "array":
        yield from _loose(schema.get("items", {}), (*path, "items"))


RULES: Final[tuple[Callable[[Body], Problem | None], ...]] = (
    _model,
    _keys,
    _messages,
    _has_picture,
    _length,
    _form,
)
"""In this order; each may rely on what stands before it."""
