from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.emulator import Settings
from assetforge.emulator.limits import Account, Demand, Window, spoken

ONE = Demand("gpt-image-2", "gpt-image-2", 1, 100)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_window_slides(clock):
    window = Window(3, 60, clock)
    for _ in range(3):
        window.add(1)
        clock.now += 10

    assert (window.used, window.wait_seconds(1), window.wait_seconds(2)) == (3, 30, 40)
    clock.now += 30
    assert (window.used, window.wait_seconds(1), window.reset_seconds) == (2, 0, 20)
    clock.now += 20
    assert (window.used, window.reset_seconds) == (0, 0)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6)), max_size=40))
def test_no_minute_ever_has_more_than_the_limit(calls: Sequence[tuple[int, int]]):
    clock = Clock()
    account = Account(Settings(images_per_minute=7), clock)
    let_through = []
    for later, images in calls:
        clock.now += later
        if account.admit(Demand("gpt-image-2", "gpt-image-2", images, 1)) is None:
            let_through.append((clock.now, images))

    for start, _ in let_through:
        assert sum(images for at, images in let_through if start <= at < start + 60) <= 7


@given(st.integers(1, 5), st.floats(0.01, 59))
def test_who_waits_as_told_is_let_through(images: int, later: float):
    clock = Clock()
    window = Window(5, 60, clock)
    window.add(2)
    clock.now += later
    window.add(3)
    clock.now += window.wait_seconds(images) + 1e-6

    assert window.used + images <= 5


def test_the_refusal_has_the_service_s_words(clock):
    account = Account(Settings(images_per_minute=5), clock)
    for _ in range(5):
        assert account.admit(ONE) is None
    clock.now += 48

    refused = account.admit(ONE)

    assert refused is not None
    assert refused.message.startswith(
        "Rate limit reached for gpt-image-2 (for limit gpt-image) in organization org-emulator on "
        "input-images per min: Limit 5, Used 5, Requested 1. Please try again in 12s."
    )
    assert (refused.status, refused.type, refused.code) == (
        429,
        "input-images",
        "rate_limit_exceeded",
    )
    assert refused.headers == {"retry-after": "12"}


def test_what_is_refused_is_not_counted(clock):
    account = Account(Settings(images_per_minute=2), clock)
    account.admit(ONE)
    for _ in range(3):
        assert account.admit(Demand("gpt-image-2", "gpt-image-2", 2, 1)) is not None

    assert account.admit(ONE) is None


@pytest.mark.parametrize("limit", [0, 5])
def test_more_than_the_limit_never_succeeds(limit, clock):
    account = Account(Settings(images_per_minute=limit), clock)
    for _ in range(3):
        refused = account.admit(Demand("gpt-image-2", "gpt-image-2", 10, 1))
        assert refused is not None
        assert f"Limit {limit}, Used 0, Requested 10." in refused.message
        clock.now += 61


def test_tokens_and_requests_have_limits_of_their_own(clock):
    tokens = Account(Settings(tokens_per_minute=250), clock)
    requests = Account(Settings(requests_per_minute=1), clock)
    said = [str(each) for _ in range(3) for each in [tokens.admit(ONE)]]
    requests.admit(ONE)

    assert "tokens per min (TPM): Limit 250, Used 200, Requested 100" in said[2]
    assert "requests per min (RPM): Limit 1, Used 1, Requested 1" in str(requests.admit(ONE))


def test_each_family_has_its_own_window(clock):
    account = Account(Settings(images_per_minute=1), clock)

    assert account.admit(ONE) is None
    assert account.admit(Demand("gpt-image-2.5", "gpt-image-2.5-flare", 1, 1)) is None
    assert account.admit(ONE) is not None


def test_headers_say_what_is_left_of_each_limit(clock):
    account = Account(Settings(images_per_minute=5, tokens_per_minute=1000), clock)
    account.admit(Demand("gpt-image-2", "gpt-image-2", 3, 400))
    clock.now += 20

    assert account.headers("gpt-image-2") == {
        "x-ratelimit-limit-tokens": "1000",
        "x-ratelimit-remaining-tokens": "600",
        "x-ratelimit-reset-tokens": "40s",
        "x-ratelimit-limit-input-images": "5",
        "x-ratelimit-remaining-input-images": "2",
        "x-ratelimit-reset-input-images": "40s",
    }


def test_where_there_is_no_limit_a_client_is_told_that_it_need_not_wait(clock):
    assert Account(Settings(), clock).headers("gpt-image-2") == {
        "x-ratelimit-limit-input-images": "100000",
        "x-ratelimit-remaining-input-images": "100000",
        "x-ratelimit-reset-input-images": "0s",
    }


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (0.34, "340ms"), (1, "1s"), (11.2, "12s"), (60, "1m0s"), (359.5, "6m0s")],
)
def test_times_are_written_as_the_service_does(seconds, text):
    assert spoken(seconds) == text
