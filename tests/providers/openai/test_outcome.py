import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.errors import ActionFailed, OutcomeUnknown, ProviderUnavailable
from assetforge.providers.base import NotNow
from assetforge.providers.openai.outcome import (
    Asked,
    Told,
    broken,
    error_object,
    one_line,
    refusal,
)

ASKED = Asked("openai", "gpt-image-2", "OPENAI_API_KEY")
VERIFY = (
    "Your organization must be verified to use the model `gpt-image-2`. Please go to: "
    "https://platform.openai.com/settings/organization/general and click on Verify Organization."
)
RATE = (
    "Rate limit reached for gpt-image-2 (for limit gpt-image) in organization org-x on "
    "input-images per min: Limit {0}, Used 5, Requested {1}. Please try again in 12s. Visit x"
)


def told(status, code=None, message="no", **more):
    body = {"message": message, "type": None, "param": None, "code": code, **more}
    return Told(status, body, {"x-request-id": "req_1"})


FOR_GOOD = [
    (told(400, "invalid_value"), ActionFailed),
    (told(422), ActionFailed),
    (told(413), ActionFailed),
    (told(431), ActionFailed),
    (told(400, "moderation_blocked"), ActionFailed),
    (told(400, "contentFilter"), ActionFailed),
    (told(400, "content_filter"), ActionFailed),
    (told(None, "content_policy_violation"), ActionFailed),
    (told(429, "rate_limit_exceeded", RATE.format(5, 6)), ActionFailed),
]
STOPS = [
    (told(401, "invalid_api_key"), ProviderUnavailable),
    (told(402), ProviderUnavailable),
    (told(403, None, VERIFY), ProviderUnavailable),
    (told(403, "unsupported_country_region_territory"), ProviderUnavailable),
    (told(404), ProviderUnavailable),
    (told(405), ProviderUnavailable),
    (told(501), ProviderUnavailable),
    (told(404, "model_not_found"), ProviderUnavailable),
    (told(404, "DeploymentNotFound"), ProviderUnavailable),
    (told(400, "invalid_value", param="model"), ProviderUnavailable),
    (told(301), ProviderUnavailable),
    (told(429, "insufficient_quota"), ProviderUnavailable),
    (told(429, None, type="insufficient_quota"), ProviderUnavailable),
    (told(400, "billing_hard_limit_reached"), ProviderUnavailable),
    (told(429, "project_spend_limit_exceeded"), ProviderUnavailable),
    (told(429, "rate_limit_exceeded", RATE.format(0, 1)), ProviderUnavailable),
]
LATER = [
    (told(429, "rate_limit_exceeded", RATE.format(5, 1)), NotNow),
    (told(429, "429"), NotNow),
    (told(429, "slow_down"), NotNow),
    (told(500, "slow_down"), NotNow),
    (told(503), NotNow),
    (told(529), NotNow),
    (told(500, "server_error"), NotNow),
    (told(408), NotNow),
    (told(409), NotNow),
    (told(525), NotNow),
    (told(None, "rate_limit_exceeded"), NotNow),
]
NOBODY_KNOWS = [
    *((told(status), OutcomeUnknown) for status in (502, 504, 520, 521, 522, 523, 524, 507)),
    (told(None, "server_error"), OutcomeUnknown),
    (told(None), OutcomeUnknown),
]


@pytest.mark.parametrize(("said", "kind"), [*FOR_GOOD, *STOPS, *LATER, *NOBODY_KNOWS])
def test_a_refusal_has_one_of_four_outcomes(said, kind):
    outcome = refusal(said, ASKED)

    assert type(outcome) is kind
    assert len(str(outcome)) <= 420
    assert "\n" not in str(outcome)
    assert "req_1" in str(outcome)


@pytest.mark.parametrize(("said", "kind"), LATER)
def test_only_limits_and_overload_make_the_whole_account_wait(said, kind):
    outcome = refusal(said, ASKED)

    assert isinstance(outcome, NotNow)
    assert outcome.limited == (said.status in (429, 503, 529, None) or "slow_down" in said.words)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            told(400, "moderation_blocked"),
            "'openai' refused the prompt (moderation_blocked, req_1); change the words, the copy "
            "or the references",
        ),
        (
            told(
                400,
                "moderation_blocked",
                moderation_details={"moderation_stage": "input", "categories": ["sexual", "new"]},
            ),
            "'openai' refused the input: sexual, new (moderation_blocked, req_1); change the "
            "words, the copy or the references",
        ),
        (
            told(400, "moderation_blocked", moderation_details={"moderation_stage": "output"}),
            "'openai' drew a picture, which may be billed, and kept it back (moderation_blocked, "
            "req_1); change the words, or build again: another picture may pass",
        ),
        (
            told(
                400,
                "contentFilter",
                inner_error={
                    "content_filter_results": {
                        "hate": {"filtered": False},
                        "violence": {"filtered": True, "severity": "high"},
                    }
                },
            ),
            "'openai' refused the prompt: violence (contentFilter, req_1); change the words, the "
            "copy or the references",
        ),
        (
            told(401, "invalid_api_key", "Incorrect API key."),
            "'openai' does not accept the key: Incorrect API key (invalid_api_key, req_1); set "
            "the key in 'OPENAI_API_KEY'",
        ),
        (
            told(403, None, VERIFY),
            "'openai' gives 'gpt-image-2' to verified organizations only (http-403, req_1); verify "
            "it at https://platform.openai.com/settings/organization/general; it can take 15 "
            "minutes to count",
        ),
        (
            told(404, "model_not_found", ""),
            "'openai' has no model 'gpt-image-2' (model_not_found, req_1); name one that the "
            "account has; `assetforge doctor` lists them",
        ),
        (
            told(429, "rate_limit_exceeded", RATE.format(5, 6)),
            "'openai' never takes 6 input-images at once, the limit is 5 (rate_limit_exceeded, "
            "req_1); use fewer references, or raise the account's tier",
        ),
        (
            told(413, None, ""),
            "'openai' finds the request too large (http-413, req_1); use smaller references",
        ),
    ],
)
def test_a_message_says_what_happened_and_what_to_do(said, words):
    assert str(refusal(said, ASKED)) == words


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"detail": "size is odd"}, "size is odd"),
        ({"detail": [{"loc": ["body", "size"], "msg": "not a size"}]}, "not a size"),
        ({"error": "gone"}, "gone"),
        ({"message": "two\nlines\x00"}, "two lines"),
        ({}, ""),
        ("plain\ttext", "plain text"),
        ("<html><body>Bad Gateway</body></html>", ""),
        ([], "[]"),
        (None, ""),
    ],
)
def test_errors_of_every_shape_are_read(body, message):
    assert Told(422, body).message == message
    assert isinstance(refusal(Told(422, body), ASKED), ActionFailed)


def test_a_code_that_is_missing_is_the_type_or_the_status():
    assert Told(400, {"code": None, "type": "image_generation_user_error"}).code == (
        "image_generation_user_error"
    )
    assert Told(418, {"code": 7}).code == "http-418"
    assert Told(None, "x").code == "stream-error"


def test_moderation_has_one_code_whoever_refuses():
    assert {refusal(said, ASKED).code for said, _ in FOR_GOOD[4:8]} == {"moderation_blocked"}


def test_azure_names_the_call_in_its_own_header():
    assert "abc" in str(refusal(Told(500, None, {"apim-request-id": "abc"}), ASKED))


@pytest.mark.parametrize(
    "cause",
    [
        httpx2.ConnectError("Connection refused"),
        httpx2.ConnectTimeout("slow"),
        httpx2.PoolTimeout("full"),
        httpx2.ProxyError("no"),
        httpx2.LocalProtocolError("illegal header"),
    ],
)
def test_what_never_left_may_be_sent_again(cause):
    outcome = broken(cause, ASKED, 600)

    assert isinstance(outcome, NotNow)
    assert (outcome.code, outcome.limited) == ("unreachable", False)


@pytest.mark.parametrize(
    "cause",
    [
        httpx2.ReadTimeout("slow"),
        httpx2.WriteTimeout("slow"),
        httpx2.ReadError("reset"),
        httpx2.WriteError("pipe"),
        httpx2.RemoteProtocolError("Server disconnected without sending a response."),
        httpx2.DecodingError("gzip"),
        RuntimeError(),
    ],
)
def test_what_left_without_an_answer_is_not_sent_again(cause):
    outcome = broken(cause, ASKED, 600)

    assert isinstance(outcome, OutcomeUnknown)
    assert outcome.code == "no-answer"


def test_a_long_message_is_cut():
    assert one_line("x" * 400) == "x" * 299 + "…"
    assert len(str(refusal(told(400, "c" * 400, "x" * 4000), ASKED))) < 400


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
fields = st.sampled_from(
    ["code", "type", "message", "param", "detail", "error", "moderation_details", "inner_error"]
)
details = st.dictionaries(
    st.sampled_from(["moderation_stage", "categories", "content_filter_results"]), json_values
)
moderation = st.fixed_dictionaries(
    {"code": st.just("contentFilter"), "moderation_details": details, "inner_error": details}
)


@given(
    st.none() | st.integers(300, 599),
    st.dictionaries(fields, json_values) | moderation | json_values,
    st.dictionaries(st.sampled_from(["x-request-id", "retry-after"]), st.text(max_size=200)),
)
def test_no_refusal_breaks_the_reading(status, body, headers):
    outcome = refusal(Told(status, error_object(body), headers), ASKED)

    assert str(outcome).isprintable()
    assert len(str(outcome)) < 500
