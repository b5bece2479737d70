"""A judge through the real SDK, against a stand-in and against the emulator."""

import base64
import json
from typing import Any

import pytest

from assetforge import images
from assetforge.emulator import Settings, serving
from assetforge.errors import ActionFailed, OutcomeUnknown, ProviderUnavailable
from assetforge.images import UnreadableImage, encode_png, from_raw
from assetforge.judgement import findings_of
from assetforge.judging import judge_request
from assetforge.providers.base import UNTOLD, BadReply, Connection, Judge, JudgeRequest, NotNow
from assetforge.providers.openai import OpenAI
from tests.providers.openai.stand_in import events, refused, said

PNG = encode_png(from_raw("RGB", (64, 48), bytes(64 * 48 * 3)))
REQUEST = JudgeRequest("gpt-5.4-mini", "What is written here?", {"type": "object"}, 100, PNG)
USAGE = {"prompt_tokens": 700, "completion_tokens": 5, "total_tokens": 705}
KEY = "sk-proj-0123456789abcdefghij"


@pytest.fixture
def opened(stand_in, monkeypatch):
    """Opens the provider at the stand-in, as any service."""
    monkeypatch.setenv("OTHER_KEY", KEY)

    def open_it(service="openai", **fields):
        connection = Connection(service, stand_in.url, key_env="OTHER_KEY", **fields)
        return OpenAI(connection)

    return open_it


def completion(content, **fields):
    choice = {"index": 0, "finish_reason": "stop", "message": {"content": content}} | fields
    return said({"choices": [choice], "usage": USAGE, "model": "m"}, x_request_id="req_1")


def test_a_judge_s_words_come_back_with_what_was_counted(opened, stand_in):
    stand_in.answers = [completion('{"lines": ["né"]}')]
    provider = opened()

    reply = provider.judge(REQUEST)

    assert isinstance(provider, Judge)
    assert reply.data.decode() == '{"lines": ["né"]}'
    assert (reply.usage, reply.cost_microdollars) == (USAGE, None)
    assert (reply.model, reply.request_id, reply.allowance) == ("m", "req_1", UNTOLD)


def test_a_question_says_what_is_asked_and_no_more(opened, stand_in):
    stand_in.answers = [completion("{}")]

    opened().judge(REQUEST)

    (sent,) = stand_in.sent
    url = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    seen = {"type": "image_url", "image_url": {"url": url, "detail": "high"}}
    form = {"name": "verdict", "strict": True, "schema": {"type": "object"}}
    assert sent.path == "/v1/chat/completions"
    assert sent.json == {
        "model": "gpt-5.4-mini",
        "messages": [
            {"role": "system", "content": "What is written here?"},
            {"role": "user", "content": [seen]},
        ],
        "response_format": {"type": "json_schema", "json_schema": form},
        "max_completion_tokens": 100,
    }


@pytest.mark.parametrize(
    ("service", "model"), [("azure", "gpt-5.4-mini"), ("ofox", "openai/gpt-5.4-mini")]
)
def test_a_judge_has_the_service_s_name_and_not_that_of_the_pictures_deployment(
    opened, stand_in, service, model
):
    stand_in.answers = [completion("{}")]

    opened(service, deployment="our-pictures").judge(REQUEST)

    assert stand_in.sent[0].json["model"] == model


def test_a_large_picture_is_scaled_down_and_keeps_its_shape(opened, stand_in):
    large = encode_png(from_raw("RGB", (4096, 64), bytes(4096 * 64 * 3)))
    stand_in.answers = [completion("{}")]

    opened().judge(JudgeRequest("j", "", {}, 100, large))

    url = stand_in.sent[0].json["messages"][1]["content"][0]["image_url"]["url"]
    assert images.size_of(base64.b64decode(url.partition(",")[2])) == (2048, 32)


def test_what_is_no_picture_is_not_sent(opened, stand_in):
    with pytest.raises(UnreadableImage):
        opened().judge(JudgeRequest("j", "", {}, 100, b"no picture"))

    assert stand_in.sent == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (completion(None), "answered without a word of the judge"),
        (completion(" "), "answered without a word of the judge"),
        (completion("", message="nothing"), "answered without a word of the judge"),
        (said({"choices": [], "usage": USAGE}), "answered without a word of the judge"),
        (completion('{"li', finish_reason="length"), "came to the end of its tokens"),
        (completion("x", finish_reason="content_filter"), "kept back what the judge said"),
        (
            completion(None, message={"content": None, "refusal": "I\nwill not."}),
            "did not judge the picture: I will not.",
        ),
    ],
)
def test_an_answer_without_a_verdict_is_billed(opened, stand_in, answer, words):
    stand_in.answers = [answer]

    with pytest.raises(BadReply, match=words) as failed:
        opened().judge(REQUEST)

    assert failed.value.reply.usage == USAGE


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (said({"data": []}), OutcomeUnknown, "not as a chat does: data; it may have been billed"),
        (events({"type": "chunk"}), OutcomeUnknown, "it may have been billed"),
        (said("hello"), OutcomeUnknown, "not with JSON"),
        (
            refused(404, "model_not_found", "No."),
            ProviderUnavailable,
            "has no model 'gpt-5.4-mini'",
        ),
        (refused(401, "invalid_api_key", f"Wrong: {KEY}"), ProviderUnavailable, "OTHER_KEY"),
        (refused(400, "invalid_image_format", "Unsupported."), ActionFailed, "Unsupported"),
        (refused(504, None, "Late."), OutcomeUnknown, "it may have been done and billed"),
    ],
)
def test_a_refusal_is_told_as_that_of_a_picture(opened, stand_in, answer, kind, words):
    stand_in.answers = [answer]

    with pytest.raises(kind, match=words) as failed:
        opened().judge(REQUEST)

    assert KEY not in str(failed.value)
    assert len(stand_in.sent) == 1


def test_the_limits_of_a_judge_are_not_taken_for_those_of_pictures(opened, stand_in):
    limit = "Rate limit reached on tokens per min (TPM): Limit 9, Used 9, Requested 1. "
    stand_in.answers = [refused(429, "rate_limit_exceeded", limit + "Please try again in 2s.")]

    with pytest.raises(NotNow) as failed:
        opened().judge(REQUEST)

    assert (failed.value.limited, failed.value.wait_seconds) == (True, 2)
    assert failed.value.allowance == UNTOLD


@pytest.mark.parametrize(("judge", "verdict"), [("right", "equal"), ("wrong", "look")])
def test_a_verdict_comes_of_what_the_emulator_reads(monkeypatch, judge, verdict):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    request: Any = {
        "what": "copy",
        "copy": [["headline", "Summer sale", None, False]],
        "judge": {"model": "gpt-5.4-mini"},
    }
    with serving(Settings(judge=judge)) as server:
        reply = OpenAI(Connection("openai", server.url)).judge(judge_request(request, PNG))

    assert reply.emulated
    assert findings_of(request, reply.data).verdict == verdict
    assert json.loads(reply.data)["other"] == []
