import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.errors import OutcomeUnknown
from assetforge.providers.base import BadReply
from assetforge.providers.openai.reply import Envelope, Unfetched, answer_of, reply_of
from tests.providers.openai.stand_in import PICTURE, USAGE

ENVELOPE = Envelope({"x-request-id": "req_9"}, "openai")
TEXT = base64.b64encode(PICTURE).decode()


def no_fetch(url):
    raise Unfetched("nothing is fetched here")


def reply(answer):
    return reply_of(answer, ENVELOPE, no_fetch)


@pytest.mark.parametrize(
    "picture",
    [
        {"b64_json": TEXT},
        {"b64_json": f"data:image/png;base64,{TEXT}"},
        {"b64_json": None, "url": f"data:image/png;base64,{TEXT}"},
    ],
)
def test_a_picture_comes_in_several_wrappings(picture):
    assert reply({"data": [picture], "usage": USAGE}).data == PICTURE


def test_a_finished_event_is_an_answer_too():
    assert reply({"type": "image_edit.completed", "b64_json": TEXT}).data == PICTURE


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        ({"b64_json": TEXT[:-3] + "!"}, "broken base64"),
        ({"b64_json": TEXT[:-1]}, "broken base64"),
        ({"b64_json": TEXT[:40] + "\n" + TEXT[40:]}, "broken base64"),
        ({"b64_json": "ü"}, "broken base64"),
        ({"b64_json": base64.b64encode(b"<svg/>").decode()}, "sent no picture"),
        ({"b64_json": ""}, "without a picture"),
        ({"url": 7}, "without a picture"),
        ({"url": "https://h/x"}, "could not be fetched: nothing is fetched here"),
        ("text", "without a picture"),
    ],
)
def test_what_is_no_picture_is_paid_all_the_same(picture, message):
    with pytest.raises(BadReply, match=message) as caught:
        reply({"data": [picture], "usage": USAGE})

    assert caught.value.reply.usage["total_tokens"] == 246
    assert caught.value.reply.request_id == "req_9"
    assert "req_9" in str(caught.value)


def test_what_is_counted_is_kept_without_floats():
    usage = {**USAGE, "cost": 0.25, "parts": [{"share": 0.5, "name": "x"}]}

    counted = reply({"data": [{"b64_json": TEXT}], "usage": usage}).usage

    assert counted == {**USAGE, "cost": "0.25", "parts": [{"share": "0.5", "name": "x"}]}


def test_no_picture_at_all_is_a_bad_reply():
    with pytest.raises(BadReply, match="without a picture"):
        reply({"data": []})


def test_broken_base64_is_kept_to_be_looked_at():
    with pytest.raises(BadReply) as caught:
        reply({"data": [{"b64_json": "%%%"}]})

    assert caught.value.reply.data == b"%%%"
    assert not caught.value.reply.usage


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"7", b"{", b"\xff", b"[" * 100_000])
def test_an_answer_that_is_no_object_is_an_outcome_nobody_knows(body):
    with pytest.raises(OutcomeUnknown, match="not with JSON"):
        answer_of(body, "openai")


def test_an_object_without_pictures_is_an_outcome_nobody_knows():
    with pytest.raises(OutcomeUnknown, match="not with pictures: detail"):
        reply({"detail": "x"})


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
names = st.sampled_from(["data", "b64_json", "url", "usage", "model", "error"])


@given(st.dictionaries(names, json_values))
def test_no_answer_breaks_the_reading(answer):
    with suppress(BadReply, OutcomeUnknown):
        reply(answer_of(json.dumps(answer).encode(), "openai"))
