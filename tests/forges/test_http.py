import socket

import pytest

from assetforge.errors import UsageProblem
from assetforge.forges import http
from assetforge.forges.base import ForgeProblem, Gone, NotAllowed
from assetforge.forges.http import HttpCalls, checked, seconds_to_wait
from assetforge.secrets import Secret
from tests.forges.server import TOKEN, ForgeServer, Trouble, served

BEARER = {"Authorization": "Bearer {}"}


@pytest.fixture
def forge():
    server = ForgeServer()
    with served(server):
        yield server


@pytest.fixture
def calls():
    opened = []

    def call(address: str, waits: list[float] | None = None) -> HttpCalls:
        pause = (waits if waits is not None else []).append
        opened.append(HttpCalls("GitHub", address, BEARER, Secret(TOKEN, "environment"), pause))
        return opened[-1]

    yield call
    for each in opened:
        each.close()


@pytest.mark.parametrize(
    ("status", "headers", "tried", "seconds"),
    [
        (200, {}, 1, None),
        (404, {}, 1, None),
        (403, {}, 1, None),
        (403, {"retry-after": "7"}, 1, 7),
        (403, {"x-ratelimit-remaining": "0"}, 1, 60),
        (429, {}, 1, 1),
        (429, {}, 3, 4),
        (500, {"retry-after": "soon"}, 2, 2),
        (503, {"retry-after": "9" * 20}, 1, 1),
    ],
)
def test_how_long_to_wait(status, headers, tried, seconds):
    assert seconds_to_wait(status, headers, tried) == seconds


def test_a_forge_is_waited_for_as_it_asks(forge, calls):
    waits: list[float] = []
    forge.troubles = [Trouble(429, {"Retry-After": "5"}), Trouble(502)]

    calls(forge.address, waits)("POST", "/graphql", {})

    assert waits == [5, 2]


def test_a_forge_that_asks_for_an_hour_is_not_waited_for(forge, calls):
    waits: list[float] = []
    forge.troubles = [Trouble(429, {"Retry-After": "3600"}, {"message": "slow down"})]

    with pytest.raises(ForgeProblem, match="429: slow down"):
        calls(forge.address, waits)("GET", "/")

    assert waits == []


def test_a_forge_that_is_not_there_is_tried_a_few_times(calls):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    waits: list[float] = []

    with pytest.raises(ForgeProblem, match=f"GitHub at '127.0.0.1:{port}'"):
        calls(f"http://127.0.0.1:{port}", waits)("GET", "/")

    assert waits == [1, 2, 3]


def test_an_answer_that_breaks_off_is_an_error(forge, calls):
    forge.troubles = [Trouble(200, {"Content-Encoding": "gzip"}, b"no gzip")]

    with pytest.raises(ForgeProblem):
        calls(forge.address)("GET", "/")


def test_an_answer_without_end_is_not_read_to_it(forge, monkeypatch, calls):
    monkeypatch.setattr(http, "LARGEST", 10)
    forge.troubles = [Trouble(200, body=b"[1, 2, 3, 4, 5, 6, 7]")]

    with pytest.raises(ForgeProblem, match="more than 10 bytes"):
        calls(forge.address)("GET", "/")


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_gone(forge, status, calls):
    forge.troubles = [Trouble(status, body={"error": "404\nProject\x1b[2J Not Found"})]

    with pytest.raises(Gone, match=r"404 Project\\x1b\[2J Not Found"):
        calls(forge.address)("GET", "/")


def test_a_long_refusal_is_shortened_and_repeats_no_token(forge, calls):
    forge.troubles = [Trouble(403, body={"message": f"{TOKEN} " + "no " * 500})]

    with pytest.raises(NotAllowed) as told:
        calls(forge.address)("GET", "/")

    assert TOKEN not in str(told.value)
    assert len(str(told.value)) < 400


@pytest.mark.parametrize(
    "address",
    [
        "http://git.example.com",
        "ftp://git.example.com",
        "https://",
        "git.example.com",
        "https://user:secret@git.example.com",
        "https://git.example.com?token=secret",
        "https://[::1",
        "https://git.example.com:99999",
        "http://localhost.evil.example",
    ],
)
def test_a_token_is_sent_to_no_such_address(address):
    with pytest.raises(UsageProblem) as told:
        checked(address)

    assert "secret" not in str(told.value)


@pytest.mark.parametrize(
    "address", ["https://git.example.com/api", "http://[::1]:3000", "http://localhost"]
)
def test_a_token_may_be_sent_to_such_an_address(address):
    assert checked(address) == address


def test_a_token_goes_to_its_own_host_only(forge, calls):
    with pytest.raises(UsageProblem, match="is not the host"):
        calls("https://git.example.com")("POST", f"{forge.address}/graphql", {})

    assert forge.requests == []


@pytest.mark.parametrize("token", ["päss", "two\nlines"])
def test_what_no_header_can_hold_is_no_token(token):
    with pytest.raises(UsageProblem, match="the environment variable 'X' holds no token") as told:
        HttpCalls("GitHub", "https://x.example", BEARER, Secret(token, "environment variable 'X'"))

    assert token not in str(told.value)
