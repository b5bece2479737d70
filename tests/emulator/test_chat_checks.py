from typing import Any

import pytest

from assetforge.emulator.answers import Problem
from assetforge.emulator.chat_checks import question_of
from tests.emulator.test_chat import SCHEMA, SEEN, URL, question


def said(**fields: Any) -> dict[str, Any]:
    """Return what the service says of a question with these fields instead; all of it."""
    body = {key: value for key, value in question(**fields).items() if value is not ...}
    found = question_of(body)
    assert isinstance(found, Problem), found
    return {"status": found.status, "code": found.code, "message": found.message}


def messages(*parts: Any) -> list[Any]:
    return [{"role": "user", "content": list(parts)}]


def form(**fields: Any) -> dict[str, Any]:
    schema = {"name": "verdict", "strict": True, "schema": SCHEMA, **fields}
    return {"type": "json_schema", "json_schema": schema}


@pytest.mark.parametrize("strict", [True, False])
def test_a_list_may_say_nothing_of_what_it_holds(strict):
    schema = {**SCHEMA, "properties": {"lines": {"type": "array"}}, "required": ["lines"]}

    found = question_of(question(response_format=form(schema=schema, strict=strict)))

    assert not isinstance(found, Problem)


def test_a_right_question_is_understood():
    found = question_of(question(max_completion_tokens=100))

    assert not isinstance(found, Problem)
    assert (found.name, found.rate.name, found.most_tokens) == ("gpt-5.4-mini", "gpt-5.4-mini", 100)
    assert len(found.pictures) == 1
    assert "Buy now" in found.words
    assert found.schema == SCHEMA


@pytest.mark.parametrize(
    ("model", "status", "code", "words"),
    [
        (..., 400, None, "you must provide a model parameter"),
        (5, 400, "invalid_type", "expected a string"),
        ("gpt-7", 404, "model_not_found", "The model `gpt-7` does not exist or you do not have"),
        ("openai/gpt-5.4", 404, "model_not_found", "does not exist"),
        ("gpt-image-2", 404, None, "This is not a chat model"),
    ],
)
def test_who_cannot_be_asked(model, status, code, words):
    found = said(model=model)

    assert (found["status"], found["code"]) == (status, code)
    assert words in found["message"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"temperature": 0}, "The emulator takes no 'temperature' in a chat."),
        ({"stream": True}, "The emulator does not stream a chat."),
        ({"messages": ...}, "Missing required parameter: 'messages'."),
        ({"messages": "hello"}, "Invalid type for 'messages'"),
        ({"messages": []}, "Invalid 'messages': empty array."),
        ({"messages": ["hello"]}, "Invalid type for 'messages[0]'"),
        ({"messages": [{"role": "tool"}]}, "takes no messages of the role 'tool'"),
        ({"messages": [{"role": "user", "content": 5}]}, "Invalid type for 'messages[0].content'"),
        ({"messages": messages({"type": "audio"})}, "a part is a 'text' or an 'image_url'"),
        ({"messages": messages({"type": "text", "text": "hi"})}, "chats about pictures only"),
        ({"max_completion_tokens": 0}, "integer below minimum value"),
        ({"response_format": {"type": "json_object"}}, "The emulator answers by a 'json_schema'"),
        ({"response_format": form(name="two words")}, "string does not match pattern"),
    ],
)
def test_what_is_wrong_is_said_in_the_service_s_order_and_words(fields, words):
    assert words in said(**fields)["message"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://example.com/a.png", "invalid_value"),
        ("data:image/png;base64,!", "invalid_value"),
        ("data:image/png;base64,aGVsbG8=", "invalid_image_format"),
    ],
)
def test_a_picture_has_to_be_one(url, code):
    part = {"type": "image_url", "image_url": {"url": url}}

    assert said(messages=messages(part))["code"] == code


def test_a_picture_is_looked_at_in_a_known_detail():
    part = {"type": "image_url", "image_url": {"url": URL, "detail": "extreme"}}

    assert "Supported values are: 'auto'" in said(messages=messages(part))["message"]


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({**SCHEMA, "additionalProperties": True}, "In context=(), 'additionalProperties' is"),
        ({**SCHEMA, "required": ["lines", "slots"]}, "Missing 'other'."),
        (
            {**SCHEMA, "properties": {**SCHEMA["properties"], "slots": {"type": "object"}}},
            "In context=('properties', 'slots'), 'additionalProperties' is required",
        ),
        (
            {
                **SCHEMA,
                "properties": {
                    **SCHEMA["properties"],
                    "other": {"type": "array", "items": {**SEEN, "required": ["read"]}},
                },
            },
            "In context=('properties', 'other', 'items'), 'required' is required",
        ),
    ],
)
def test_a_strict_schema_is_closed_and_whole(schema, words):
    assert words in said(response_format=form(schema=schema))["message"]
    assert not isinstance(
        question_of(question(response_format=form(schema=schema, strict=False))), Problem
    )
