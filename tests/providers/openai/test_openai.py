"""The provider through the real SDK, against a real server."""

import base64
import gzip
import logging
import threading
from dataclasses import replace

import pytest

from assetforge.errors import ActionFailed, OutcomeUnknown, ProviderUnavailable
from assetforge.images import encode_png, from_raw
from assetforge.providers.base import BadReply, Connection, ImageRequest, NotNow
from assetforge.providers.openai import OpenAI
from tests.providers.openai.stand_in import (
    PICTURE,
    USAGE,
    Answer,
    billed,
    events,
    picture,
    refused,
    said,
)

KEY = "sk-proj-0123456789abcdefghij"
REQUEST = ImageRequest("a hill", (1024, 1024), model="gpt-image-2", quality="low")
PNG = encode_png(from_raw("RGB", (4, 4), bytes(48)))


@pytest.fixture
def opened(stand_in, monkeypatch):
    """Opens the provider at the stand-in, with any of a connection's other fields."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def open_it(service="openai", **fields):
        monkeypatch.setenv("OTHER_KEY", KEY)
        if service != "openai":
            fields["key_env"] = "OTHER_KEY"
        return OpenAI(Connection(service, stand_in.url, timeout_seconds=5, **fields))

    return open_it


def nobody(data):
    raise AssertionError("a preview that nobody asked for")


def test_a_picture_comes_back_untouched_with_its_price(opened, stand_in):
    stand_in.answers = [picture(model="gpt-image-2-2026-04-21")]

    reply = opened().make(REQUEST, nobody)

    assert reply.data == PICTURE
    assert billed(reply) == 20 * 5 + 30 * 8 + 196 * 30
    assert reply.usage == USAGE
    assert reply.model == "gpt-image-2-2026-04-21"


def test_a_request_says_what_was_asked_and_no_more(opened, stand_in):
    opened().make(REQUEST, nobody)

    (sent,) = stand_in.sent
    assert (sent.method, sent.path) == ("POST", "/v1/images/generations")
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.json == {
        "prompt": "a hill",
        "model": "gpt-image-2",
        "size": "1024x1024",
        "quality": "low",
    }


def test_an_edit_is_a_form_with_true_names_and_types(opened, stand_in):
    request = ImageRequest(
        "more", (1024, 1024), "gpt-image-2", images=(PNG, PNG), edit=True, moderation="low"
    )

    opened().make(request, nobody)

    (sent,) = stand_in.sent
    assert sent.path == "/v1/images/edits"
    assert sent.fields == {
        "prompt": "more",
        "model": "gpt-image-2",
        "size": "1024x1024",
        "moderation": "low",
    }
    assert [(each.name, each.filename, each.type, each.data) for each in sent.files] == [
        ("image[]", "image-1.png", "image/png", PNG),
        ("image[]", "image-2.png", "image/png", PNG),
    ]


def test_what_the_answer_says_about_limits_comes_with_the_reply(opened, stand_in):
    answer = picture()
    answer.headers |= {
        "x-request-id": "req_7",
        "x-ratelimit-limit-input-images": "5",
        "x-ratelimit-remaining-input-images": "4",
        "x-ratelimit-reset-requests": "12s",
    }
    stand_in.answers = [answer]

    reply = opened().make(REQUEST, nobody)

    assert reply.request_id == "req_7"
    assert reply.allowance.images_per_minute == 5
    assert reply.allowance.images_left == 4
    assert reply.allowance.reset_seconds == 12.0


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
def test_no_refusal_is_sent_again(opened, stand_in, status):
    """The SDK would: it looks at the status only, and a picture would be paid twice."""
    stand_in.answers = [refused(status, None, "no")]

    with pytest.raises(ActionFailed):
        opened().make(REQUEST, nobody)

    assert len(stand_in.sent) == 1


def test_a_refusal_for_limits_says_how_long_to_wait(opened, stand_in):
    message = "on input-images per min: Limit 5, Used 5, Requested 1. Please try again in 12s."
    stand_in.answers = [refused(429, "rate_limit_exceeded", message, "input-images")]

    with pytest.raises(NotNow) as caught:
        opened().make(REQUEST, nobody)

    assert caught.value.limited
    assert caught.value.wait_seconds == 12.0
    assert caught.value.allowance.images_per_minute == 5


def test_a_service_that_is_not_there_was_sent_nothing(opened, stand_in, monkeypatch):
    provider = OpenAI(Connection("openai", "http://127.0.0.1:1/v1"))

    with pytest.raises(NotNow, match=r"'openai' cannot be reached: .*check the connection") as it:
        provider.make(REQUEST, nobody)

    assert it.value.code == "unreachable"
    assert not it.value.limited


@pytest.mark.parametrize(
    "answer",
    [
        Answer(reset=True),
        Answer(body=b"x" * 2000, cut=1000, reset=True),
        Answer(body=b"x" * 2000, cut=1000),
        Answer(body=b"<html>hello</html>"),
        Answer(502, b"<html>bad gateway</html>"),
        said([1, 2]),
        said({"detail": "strange"}),
    ],
    ids=["reset", "reset after headers", "truncated", "html", "gateway", "list", "no images"],
)
def test_no_answer_is_an_outcome_that_nobody_knows(opened, stand_in, answer):
    answer.headers.setdefault("connection", "close")
    stand_in.answers = [answer]

    with pytest.raises(OutcomeUnknown, match="billed"):
        opened().make(REQUEST, nobody)

    assert len(stand_in.sent) == 1


def test_an_answer_that_takes_too_long_is_not_waited_for(stand_in, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    over = threading.Event()

    def late(sent):
        over.wait(10)
        return picture()

    stand_in.answers = [late]
    provider = OpenAI(Connection("openai", stand_in.url, timeout_seconds=0.2))

    with pytest.raises(OutcomeUnknown, match=r"no answer within 0\.2 s"):
        provider.make(REQUEST, nobody)
    over.set()


def test_a_redirect_is_not_followed(opened, stand_in):
    stand_in.answers = [Answer(307, b"", {"location": "http://127.0.0.1:1/elsewhere"})]

    with pytest.raises(ProviderUnavailable, match=r"redirect \(307\)"):
        opened().make(REQUEST, nobody)


def test_what_is_no_picture_is_a_bad_reply_with_its_cost(opened, stand_in):
    stand_in.answers = [picture(b"hello")]

    with pytest.raises(BadReply, match="sent no picture") as caught:
        opened().make(REQUEST, nobody)

    assert caught.value.reply.data == b"hello"
    assert billed(caught.value.reply) == 6220


def test_an_error_under_a_status_of_success_is_a_refusal(opened, stand_in):
    stand_in.answers = [said({"error": {"code": "moderation_blocked", "message": "no"}})]

    with pytest.raises(ActionFailed) as caught:
        opened().make(REQUEST, nobody)

    assert caught.value.code == "moderation_blocked"


def test_previews_are_shown_while_a_picture_is_drawn(opened, stand_in):
    preview = base64.b64encode(PNG).decode()
    part = {"type": "image_generation.partial_image", "b64_json": preview}
    broken = {"type": "image_generation.partial_image", "b64_json": "ü%"}
    empty = {"type": "image_generation.partial_image"}
    done = {
        "type": "image_generation.completed",
        "b64_json": base64.b64encode(PICTURE).decode(),
        "usage": USAGE,
    }
    stand_in.answers = [events(part, broken, empty, done)]
    shown: list[bytes] = []

    reply = opened(partial_images=2).make(REQUEST, shown.append)

    assert stand_in.sent[0].json["stream"] is True
    assert stand_in.sent[0].json["partial_images"] == 2
    assert shown == [PNG]
    assert reply.data == PICTURE
    assert billed(reply) == 6220


def test_an_endless_answer_is_not_read_to_its_end(opened, stand_in, monkeypatch):
    monkeypatch.setattr("assetforge.providers.openai.client.LARGEST", 100)
    stand_in.answers = [picture()]

    with pytest.raises(OutcomeUnknown, match="more than 100 bytes"):
        opened().make(REQUEST, nobody)


@pytest.mark.parametrize("kind", ["application/json", "text/event-stream"])
@pytest.mark.parametrize("status", [200, 400])
def test_nothing_is_read_to_its_end_that_has_none(opened, stand_in, monkeypatch, status, kind):
    """Refusals and events, too: the SDK reads them whole, however long they are."""
    monkeypatch.setattr("assetforge.providers.openai.transport.LARGEST", 5000)
    monkeypatch.setattr("assetforge.providers.openai.transport.LARGEST_REFUSAL", 5000)
    stand_in.answers = [Answer(status, b"data: " + b"x" * 9000, {"content-type": kind})]

    with pytest.raises(OutcomeUnknown, match="more than 5000 bytes"):
        opened().make(REQUEST, nobody)


def test_a_packed_answer_is_unpacked(opened, stand_in):
    plain = picture()
    packed = Answer(200, gzip.compress(plain.body), {"content-encoding": "gzip"})
    broken = Answer(200, b"no gzip", {"content-encoding": "gzip"})
    stand_in.answers = [packed, broken]

    assert opened().make(REQUEST, nobody).data == PICTURE
    with pytest.raises(OutcomeUnknown, match="billed"):
        opened().make(REQUEST, nobody)


@pytest.mark.parametrize("kind", ["text/plain", "application/octet-stream", "nonsense"])
def test_an_answer_may_be_mislabelled(opened, stand_in, kind):
    stand_in.answers = [Answer(200, picture().body, {"content-type": kind})]

    assert opened().make(REQUEST, nobody).data == PICTURE


def test_a_refusal_may_name_a_wrong_charset(opened, stand_in):
    answer = refused(400, "invalid_value", "no größe")
    answer.headers["content-type"] = "application/json; charset=utf-16"
    stand_in.answers = [answer]

    with pytest.raises(ActionFailed, match="no größe"):
        opened().make(REQUEST, nobody)


def test_gemini_wraps_its_errors_in_a_list(opened, stand_in):
    error = {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED"}
    stand_in.answers = [said([{"error": error}], 429)]

    with pytest.raises(NotNow, match="is over its limits: Quota exceeded"):
        opened("gemini").make(REQUEST, nobody)


def test_a_service_that_does_not_stream_after_all_is_understood(opened, stand_in):
    assert opened(partial_images=1).make(REQUEST, nobody).data == PICTURE


def test_a_service_without_previews_is_not_asked_for_them(opened, stand_in):
    opened("ofox", partial_images=1).make(REQUEST, nobody)

    assert "stream" not in stand_in.sent[0].json


@pytest.mark.parametrize(
    "answer",
    [
        events({"type": "image_generation.partial_image"}),
        Answer(200, b"", {"content-type": "text/event-stream"}),
        events({"error": {"code": "server_error", "message": "broke"}}),
        Answer(200, b"data: {nonsense\n\n", {"content-type": "text/event-stream"}),
        Answer(200, b"data: {}\n\n" * 9, {"content-type": "text/event-stream"}, 30, True),
    ],
    ids=["ended", "empty", "error", "no JSON", "reset"],
)
def test_a_stream_that_breaks_is_an_outcome_that_nobody_knows(opened, stand_in, answer):
    stand_in.answers = [answer]

    with pytest.raises(OutcomeUnknown, match="billed"):
        opened(partial_images=1).make(REQUEST, lambda data: None)


def test_moderation_inside_a_stream_fails_the_action(opened, stand_in):
    stand_in.answers = [events({"error": {"code": "moderation_blocked", "message": "no"}})]

    with pytest.raises(ActionFailed) as caught:
        opened(partial_images=1).make(REQUEST, nobody)

    assert caught.value.code == "moderation_blocked"


def test_an_event_may_be_an_error_of_its_own(opened, stand_in):
    """So OpenAI's Responses tell it; how Images do is written nowhere."""
    stand_in.answers = [events({"type": "error", "code": "moderation_blocked", "message": "no"})]

    with pytest.raises(ActionFailed) as caught:
        opened(partial_images=1).make(REQUEST, nobody)

    assert caught.value.code == "moderation_blocked"


def test_a_finished_event_may_hold_an_address(opened, stand_in):
    address = stand_in.url.replace("/v1", "/v1/images/7/content")
    done = {"type": "image_generation.completed", "url": address, "usage": USAGE}
    stand_in.answers = [events(done), Answer(body=PICTURE)]

    reply = opened(partial_images=1).make(REQUEST, nobody)

    assert reply.data == PICTURE
    assert billed(reply) == 6220


def test_a_refused_stream_is_a_refusal(opened, stand_in):
    stand_in.answers = [refused(429, "slow_down", "slow down")]

    with pytest.raises(NotNow):
        opened(partial_images=1).make(REQUEST, nobody)


def test_a_result_at_an_address_is_fetched(opened, stand_in):
    address = stand_in.url.replace("/v1", "/v1/images/7/content")
    stand_in.answers = [said({"data": [{"url": address}]}), Answer(body=PICTURE)]

    reply = opened().make(REQUEST, nobody)

    assert reply.data == PICTURE
    assert billed(reply) is None
    assert stand_in.sent[1].path == "/v1/images/7/content"
    assert "authorization" not in stand_in.sent[1].headers


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_no_proxy_is_asked_for_this_machine(stand_in, monkeypatch, host):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    url = stand_in.url.replace("127.0.0.1", host)
    stand_in.answers = [said({"data": [{"url": f"{url}/7"}]}), Answer(body=PICTURE)]

    assert OpenAI(Connection("openai", url)).make(REQUEST, nobody).data == PICTURE


def test_a_proxy_is_asked_for_all_others(stand_in, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("HTTP_PROXY", stand_in.url.removesuffix("/v1"))

    OpenAI(Connection("openai", "http://service.invalid/v1")).make(REQUEST, nobody)

    assert stand_in.sent[0].path == "http://service.invalid/v1/images/generations"


def test_many_threads_share_one_provider(opened, stand_in):
    provider, replies = opened(), []
    threads = [
        threading.Thread(target=lambda: replies.append(provider.make(REQUEST, nobody)))
        for _ in range(32)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert [each.data for each in replies] == [PICTURE] * 32
    assert len(stand_in.sent) == 32


def test_models_are_listed_without_making_a_picture(opened, stand_in):
    listed = [
        {"id": "gpt-image-2", "object": "model"},
        {"id": "models/gemini-3-image", "shutdown_date": "2027-01-31T00:00:00Z"},
        "nonsense",
    ]
    stand_in.answers = [said({"data": listed}, x_ratelimit_limit_input_images="50")]

    models, allowance = opened().models()

    assert models == {"gpt-image-2": None, "gemini-3-image": "2027-01-31"}
    assert allowance.images_per_minute == 50
    assert (stand_in.sent[0].method, stand_in.sent[0].path) == ("GET", "/v1/models")


def test_a_service_may_list_no_models(opened, stand_in):
    stand_in.answers = [said({"model_path": "x"})]

    with pytest.raises(ActionFailed, match="lists no models"):
        opened().models()


def test_the_organization_is_told_to_openai_only(opened, stand_in, monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin-1234567890")

    for service in ("openai", "ofox"):
        opened(service).make(REQUEST, nobody)

    here, abroad = stand_in.sent
    assert here.headers["openai-organization"] == "org-1"
    assert "openai-organization" not in abroad.headers
    assert "openai-project" not in abroad.headers
    assert all("admin" not in str(each.headers) for each in stand_in.sent)


@pytest.mark.parametrize(
    ("service", "sent"),
    [("openai", ("Bearer gate", "7")), ("ofox", (f"Bearer {KEY}", None))],
)
def test_headers_for_openai_go_to_openai_only(opened, stand_in, monkeypatch, service, sent):
    """The SDK would send them to whatever it is opened for: the token of a gateway, too."""
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "x-gate: 7\nauthorization: Bearer gate")

    opened(service).make(REQUEST, nobody)

    headers = stand_in.sent[0].headers
    assert (headers["authorization"], headers.get("x-gate")) == sent


def test_a_header_that_cannot_be_sent_is_said(opened, monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "größe")

    with pytest.raises(ProviderUnavailable, match="check the environment: 'OPENAI_ORG_ID'"):
        opened().make(REQUEST, nobody)


@pytest.mark.parametrize("headers", ["", "x-gate: 7\nauthorization: Bearer gate"])
def test_who_is_signed_in_is_told_with_every_request(stand_in, monkeypatch, headers):
    """A token is good for an hour only: each request has that of its time."""
    tokens = iter(["t1", "t2", "t3"])
    monkeypatch.setattr(
        "assetforge.providers.openai.access.azure_token", lambda names: lambda: next(tokens)
    )
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", headers)
    provider = OpenAI(Connection("azure", stand_in.url))
    stand_in.answers = [picture(), picture(), said({"data": []})]

    provider.make(REQUEST, nobody)
    provider.make(replace(REQUEST, images=(PNG,)), nobody)
    provider.models()

    told = [each.headers["authorization"] for each in stand_in.sent]
    assert told == ["Bearer t1", "Bearer t2", "Bearer t3"]
    assert len(stand_in.sent[1].files) == 1
    assert all("gate" not in str(each.headers) for each in stand_in.sent)


@pytest.mark.parametrize("name", ["azure", "ofox"])
def test_the_address_of_openai_is_for_openai_only(stand_in, monkeypatch, name):
    monkeypatch.setenv("OPENAI_BASE_URL", stand_in.url)
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTHER_KEY", KEY)

    assert stand_in.url not in OpenAI(Connection(name, key_env="OTHER_KEY")).base_url


@pytest.mark.parametrize("end", ["", "/"])
def test_an_address_may_end_with_a_slash(stand_in, monkeypatch, end):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    provider = OpenAI(Connection("openai", f"{stand_in.url}{end}"))

    provider.make(REQUEST, nobody)

    assert stand_in.sent[0].path == "/v1/images/generations"


def test_no_key_is_in_any_message_or_log(opened, stand_in, caplog):
    """Services repeat keys: whole, shortened, in headers, in addresses."""
    caplog.set_level(logging.DEBUG)
    for name in ("openai", "httpx2", "httpcore2"):
        caplog.set_level(logging.DEBUG, name)
    echo = f"Incorrect API key provided: {KEY}, Bearer {KEY}, sk-pro*****ghij"
    stand_in.answers = [
        refused(401, KEY, echo),
        refused(400, "invalid_value", echo),
        refused(429, "rate_limit_exceeded", echo),
        refused(500, None, echo),
        Answer(502, echo.encode()),
        said({"data": [{"url": f"ftp://h/{KEY}"}]}),
        said({"data": [{"b64_json": KEY}]}),
        events({"error": {"message": echo}}),
        Answer(reset=True),
    ]
    told, provider = [], opened()
    for _ in range(len(stand_in.answers)):
        with pytest.raises(ActionFailed) as caught:
            provider.make(REQUEST, nobody)
        told += [str(caught.value), repr(caught.value), caught.value.code]
    told += [repr(provider), repr(vars(provider)), provider.account, provider.key_source]

    assert "sk-pro" not in "\n".join([*told, caplog.text])
    assert caplog.text
