import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.providers.base import Allowance
from assetforge.providers.openai.headers import (
    Limit,
    allowance_of,
    limit_of,
    number,
    refused_allowance,
    seconds,
    wait_seconds,
)

IMAGES = "on input-images per min: Limit 5, Used 5, Requested 1. Please try again in 12s. Visit x"
TOKENS = "on tokens per min (TPM): Limit 100,000, Used 99,000, Requested 2,000."


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("1s", 1.0),
        ("6m0s", 360.0),
        ("250ms", 0.25),
        ("1h2m3.5s", 3723.5),
        ("12", 12.0),
        ("0.5", 0.5),
        ("1d", 86400.0),
        ("", None),
        ("soon", None),
        ("1s later", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
        ("-5", None),
        ("nan", None),
        ("1e99", None),
    ],
)
def test_times_are_read(text, time):
    assert seconds(text) == time


@given(st.text(max_size=30))
def test_no_header_breaks_the_reading(text):
    seconds(text)
    number(text)
    wait_seconds({"retry-after": text, "retry-after-ms": text}, text)


def test_limits_are_told_by_headers():
    headers = {
        "x-ratelimit-limit-requests": "500",
        "x-ratelimit-remaining-requests": "499",
        "x-ratelimit-limit-tokens": "250000",
        "x-ratelimit-limit-input-images": "20",
        "x-ratelimit-remaining-input-images": "19",
        "x-ratelimit-reset-requests": "3s",
    }

    assert allowance_of(headers) == Allowance(20, 250_000, 19, 3.0)


def test_headers_may_tell_nothing():
    assert allowance_of({"x-ratelimit-remaining-requests": "many"}) == Allowance()


def test_the_time_to_wait_is_taken_from_the_most_exact_place():
    headers = {
        "retry-after-ms": "1500",
        "retry-after": "2",
        "x-ratelimit-reset-input-images": "30s",
    }
    waits = []
    for gone in ("retry-after-ms", "retry-after", None):
        waits.append(wait_seconds(headers, IMAGES))
        headers.pop(gone or "", None)

    assert waits == [1.5, 2.0, 12.0]
    assert wait_seconds(headers, "") is None
    assert wait_seconds({**headers, "x-ratelimit-remaining-input-images": "0"}, "") == 30.0
    headers |= {"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "40s"}
    assert wait_seconds(headers, "") == 40.0
    assert wait_seconds({}, "try again in 500ms") == 0.5
    assert wait_seconds({}, "Please try again in 1m30s.") == 90.0
    assert wait_seconds({}, "Try again in 1h2m3.5s") == 3723.5
    assert wait_seconds({}, "try again in 2 m") == 120.0
    assert wait_seconds({}, "later") is None


def test_a_message_names_the_limit():
    assert limit_of(IMAGES) == Limit("input-images", "min", 5, 1)
    assert limit_of(TOKENS) == Limit("tokens", "min", 100_000, 2000)
    assert limit_of("on requests per day: Limit 200") == Limit("requests", "day", 200, None)
    assert limit_of("on x per min: Limit ,") is None
    assert limit_of("on x per min: Limit 0") == Limit("x", "min", 0, None)
    assert limit_of("too fast") is None


def test_a_refusal_tells_the_limit_it_is_about():
    assert refused_allowance({}, IMAGES).images_per_minute == 5
    assert refused_allowance({}, TOKENS).tokens_per_minute == 100_000
    assert refused_allowance({}, "on requests per min: Limit 3") == Allowance()
    assert refused_allowance({}, "on images per day: Limit 3") == Allowance()
    assert refused_allowance({"x-ratelimit-limit-tokens": "7"}, IMAGES) == Allowance(5, 7)
