"""Chats through a real server; what is wrong with a call is in `test_chat_checks`."""

import base64
import json
from typing import Any

import pytest

from assetforge.capabilities import judge_rate
from assetforge.emulator import Settings, serving
from assetforge.judge_pricing import cost_of_judging
from tests.emulator.asking import ask, chat
from tests.pictures import ramp, saved

URL = f"data:image/png;base64,{base64.b64encode(saved(ramp())).decode()}"
TEXTS = json.dumps({"texts": [{"slot": "cta", "text": "Buy now"}]})
STRINGS = {"type": "array", "items": {"type": "string"}}
CLOSED = {"additionalProperties": False}
SEEN = {
    "type": "object",
    "properties": {"read": {"type": "string"}, "equal": {"type": "boolean"}},
    "required": ["read", "equal"],
    **CLOSED,
}
SLOTS = {"type": "object", "properties": {"cta": SEEN}, "required": ["cta"], **CLOSED}
SCHEMA: Any = {
    "type": "object",
    "properties": {"lines": STRINGS, "slots": SLOTS, "other": STRINGS},
    "required": ["lines", "slots", "other"],
    **CLOSED,
}


def question(**fields: Any) -> dict[str, Any]:
    seen = {"type": "image_url", "image_url": {"url": URL, "detail": "high"}}
    form = {"name": "verdict", "strict": True, "schema": SCHEMA}
    return {
        "model": "gpt-5.4-mini",
        "messages": [
            {"role": "system", "content": f"Read it.\n{TEXTS}"},
            {"role": "user", "content": [seen]},
        ],
        "response_format": {"type": "json_schema", "json_schema": form},
        **fields,
    }


def words(told: Any) -> str:
    assert told.status == 200
    text: str = told.body["choices"][0]["message"]["content"]
    return text


def test_a_judge_reads_what_it_was_told_of_and_is_counted_and_booked(server):
    told = chat(server, question())

    assert json.loads(words(told)) == {
        "lines": ["Buy now"],
        "slots": {"cta": {"read": "Buy now", "equal": True}},
        "other": [],
    }
    usage = told.body["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]
    (call,) = server.books()["calls"]
    assert (call["endpoint"], call["outcome"], call["model"]) == (
        "chat",
        "accepted",
        "gpt-5.4-mini",
    )
    assert (call["references"], call["n"], call["usage"]) == (1, 0, usage)
    billed = cost_of_judging(judge_rate("gpt-5.4-mini"), usage)
    assert billed == call["billed_microdollars"] == server.books()["totals"]["billed_microdollars"]
    assert server.books()["totals"]["images"] == 0
    assert not [each for each in told.headers if "input-images" in each]


def test_a_judge_may_read_wrongly_or_say_nothing_that_makes_sense():
    with serving(Settings(judge="wrong")) as server:
        said = json.loads(words(chat(server, question())))
        stray = question(messages=question()["messages"][1:])
        other = json.loads(words(chat(server, stray)))
    with serving(Settings(judge="garbled")) as server:
        garbled = words(chat(server, question()))

    assert said["slots"]["cta"]["read"] not in ("", "Buy now")
    assert said["slots"]["cta"]["equal"] is False
    assert other["other"] == ["lorem ipsum"]
    with pytest.raises(json.JSONDecodeError):
        json.loads(garbled)


def test_an_answer_ends_with_its_tokens(shared):
    told = chat(shared, question(max_completion_tokens=5))

    assert told.body["choices"][0]["finish_reason"] == "length"
    assert told.body["usage"]["completion_tokens"] <= 5


def test_plain_words_are_answered_with_plain_words(shared):
    assert words(chat(shared, question(response_format=None))) == "A picture."


def test_limits_and_faults_are_those_of_pictures():
    with serving(Settings(tokens_per_minute=500, requests_per_minute=9)) as server:
        told = [chat(server, question()) for _ in range(8)]

        assert (told[0].status, told[0].headers["x-ratelimit-limit-requests"]) == (200, "9")
        assert {each.status for each in told[1:]} <= {200, 429}
        assert told[-1].error["code"] == "rate_limit_exceeded"
        assert server.books()["totals"]["429"] == sum(each.status == 429 for each in told)


@pytest.mark.parametrize(("fault", "status"), [("500", 500), ("html", 502), ("nonsense", 400)])
def test_a_fault_refuses_a_chat_and_bills_nothing(server, fault, status):
    told = chat(server, question(), {"x-emulator-fault": fault})

    assert told.status == status
    assert server.books()["totals"]["billed_microdollars"] == 0


def test_a_fault_spoils_an_answer_that_is_billed(server):
    page = chat(server, question(), {"x-emulator-fault": "html_200"})
    bare = chat(server, question(), {"x-emulator-fault": "no_usage"})

    assert page.data.startswith(b"<html>")
    assert "usage" not in bare.body
    assert server.books()["totals"]["accepted"] == 2


def test_what_is_no_json_is_refused(shared):
    told = ask(shared, "POST", "/v1/chat/completions", b"{}")
    broken = ask(
        shared,
        "POST",
        "/v1/chat/completions",
        b"{",
        {"authorization": "Bearer any", "content-type": "application/json"},
    )

    assert told.error["code"] == "unsupported_content_type"
    assert broken.status == 400


@pytest.mark.parametrize(
    ("dialect", "judge", "missing", "code"),
    [
        ("azure", "our-gpt-4.1-deployment", "missing-one", "DeploymentNotFound"),
        ("ofox", "openai/gpt-4.1", "gpt-4.1", "model_not_found"),
    ],
)
def test_a_gateway_has_its_own_names(dialect, judge, missing, code):
    with serving(Settings(dialect=dialect)) as server:
        told = chat(server, question(model=judge))
        refused = chat(server, question(model=missing))
        booked = server.books()["calls"]
        broken = ask(server, "POST", server.url.removeprefix(server.address) + "/chat/completions")

    assert json.loads(words(told))["lines"] == ["Buy now"]
    assert (refused.status, refused.error["code"]) == (404, code)
    assert booked[0]["model"] == "gpt-4.1"
    assert broken.status == 400


def test_a_service_without_chat_has_nothing_there():
    with serving(Settings(dialect="seedream")) as server:
        assert chat(server, question()).status == 404
