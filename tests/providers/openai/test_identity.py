import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from socket import socket

import pytest

from assetforge.errors import ActionFailed, ProviderUnavailable
from assetforge.providers.base import Connection, NotNow
from assetforge.providers.openai import OpenAI
from assetforge.providers.openai.access import access_of
from assetforge.providers.openai.identity import (
    ACCOUNT,
    ASKED_AT,
    ASKED_WITH,
    AUDIENCE,
    PROVIDER,
    TOKEN,
    TOKEN_FILE,
    Identity,
    find_identity,
)
from tests.providers.openai.exchange import ACCESS_TOKEN, Exchange, exchanging
from tests.providers.openai.stand_in import StandIn, picture, refused, said
from tests.providers.openai.test_openai import REQUEST, nobody
from tests.space import Space

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvIn0.c2lnbmF0dXJl"
"""A token of GitHub's or GitLab's."""

NOBODY = (PROVIDER, ACCOUNT, AUDIENCE, TOKEN, TOKEN_FILE, ASKED_AT, ASKED_WITH)


@pytest.fixture(scope="module")
def serving(tmp_path_factory) -> Iterator[Exchange]:
    with exchanging(tmp_path_factory.mktemp("exchange")) as exchange:
        yield exchange


@pytest.fixture
def exchange(serving: Exchange, monkeypatch) -> Exchange:
    """OpenAI's exchange, which this machine is known to by nothing yet."""
    serving.asked.clear()
    serving.answers.clear()
    for name in NOBODY:
        monkeypatch.delenv(name, raising=False)
    for name, value in serving.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(PROVIDER, "idp_1")
    monkeypatch.setenv(ACCOUNT, "svc_1")
    return serving


def identity() -> Identity:
    found = find_identity()
    assert found
    return found


def test_a_token_in_the_environment_is_exchanged(exchange, monkeypatch):
    monkeypatch.setenv(TOKEN, f"{JWT}\n")

    assert identity().token() == f"{ACCESS_TOKEN}-1"
    assert exchange.asked == [
        {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": JWT,
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "identity_provider_id": "idp_1",
            "service_account_id": "svc_1",
        }
    ]
    assert identity().source == "sign-in as 'svc_1' with the token in 'OPENAI_IDENTITY_TOKEN'"


def test_a_token_is_asked_for_once_while_it_is_good(exchange, monkeypatch):
    monkeypatch.setenv(TOKEN, JWT)
    found = identity()

    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(lambda _: found.token(), range(32)))

    assert tokens == {f"{ACCESS_TOKEN}-1"}
    assert len(exchange.asked) == 1


def test_a_token_is_fetched_anew_before_it_ends(exchange, monkeypatch, tmp_path):
    file = tmp_path / "token"
    file.write_text("first\n")
    monkeypatch.setenv(TOKEN_FILE, str(file))
    exchange.answers = [(200, {"access_token": "short", "expires_in": 1})]
    found = identity()

    before = found.token()
    file.write_text("second\n")
    while (after := found.token()) == before:
        time.sleep(0.01)

    assert (before, after) == ("short", f"{ACCESS_TOKEN}-2")
    assert [each["subject_token"] for each in exchange.asked] == ["first", "second"]
    assert [each.reveal() for each in found.given] == [before, after]
    assert found.source == f"sign-in as 'svc_1' with the token in '{file}'"


def test_a_token_that_has_ended_already_is_no_token(exchange, monkeypatch):
    monkeypatch.setenv(TOKEN, JWT)
    exchange.answers = [(200, {"access_token": "short", "expires_in": 0})]

    with pytest.raises(NotNow, match="OpenAI gave no token"):
        identity().token()


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_file_without_a_token_is_named(exchange, monkeypatch, tmp_path, content):
    file = tmp_path / "token"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv(TOKEN_FILE, str(file))

    with pytest.raises(ProviderUnavailable, match="holds no token that can be read; check") as told:
        identity().token()
    assert told.value.code == "no-token"
    assert exchange.asked == []


@pytest.fixture
def github(exchange, stand_in, monkeypatch):
    """A job of GitHub's that may ask for a token."""
    monkeypatch.setenv(ASKED_AT, stand_in.url.replace("/v1", "/token?api-version=2.0"))
    monkeypatch.setenv(ASKED_WITH, "runner-token")
    return stand_in


@pytest.mark.parametrize(
    ("stated", "sent"), [("", "https%3A%2F%2Fapi.openai.com%2Fv1"), ("our-own", "our-own")]
)
def test_github_is_asked_who_this_job_is(exchange, github, monkeypatch, stated, sent):
    monkeypatch.setenv(AUDIENCE, stated)
    github.answers = [said({"count": 1, "value": JWT})]

    identity().token()

    (asked,) = github.sent
    assert (asked.method, asked.path) == ("GET", f"/token?api-version=2.0&audience={sent}")
    assert asked.headers["authorization"] == "bearer runner-token"
    assert exchange.asked[0]["subject_token"] == JWT
    assert identity().source == "sign-in as 'svc_1' with GitHub's token for this job"


@pytest.mark.parametrize(
    ("status", "answer", "kind", "message"),
    [
        (403, {"message": "no"}, ProviderUnavailable, r"\(403\); give the job `id-token: write`"),
        (200, {"value": ""}, ProviderUnavailable, r"\(200\); give the job `id-token: write`"),
        (200, ["value"], ProviderUnavailable, "GitHub gave no token"),
        (500, {}, NotNow, r"GitHub gave no token \(500\)"),
        (429, {}, NotNow, r"GitHub gave no token \(429\)"),
    ],
)
def test_github_may_tell_nobody_who_a_job_is(github, exchange, status, answer, kind, message):
    github.answers = [said(answer, status)]

    with pytest.raises(kind, match=message):
        identity().token()
    assert exchange.asked == []


def test_github_may_answer_with_a_page(github, exchange):
    github.answers = [replace(said({}), body=b"<html>")]

    with pytest.raises(ProviderUnavailable, match="GitHub gave no token"):
        identity().token()


@pytest.mark.parametrize("url", ["http://127.0.0.1:{}/token", "http://[::1/token"])
def test_github_may_not_be_reached(exchange, monkeypatch, url):
    with closing(socket()) as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv(ASKED_AT, url.format(unused.getsockname()[1]))
    monkeypatch.setenv(ASKED_WITH, "runner-token")

    with pytest.raises(NotNow, match="GitHub cannot be asked for a token"):
        identity().token()


@pytest.mark.parametrize(
    ("status", "answer", "kind", "message"),
    [
        (
            401,
            {"error": "invalid_grant", "error_description": f"no mapping for {JWT}"},
            ProviderUnavailable,
            r"'OPENAI_IDENTITY_TOKEN' \(invalid_grant: no mapping for \*\*\*\); "
            "check its audience, and what the mapping of 'svc_1' asks for",
        ),
        (403, b"", ProviderUnavailable, r"\(403: OAuth authentication error\.\)"),
        (503, {}, NotNow, "OpenAI gave no token: Token exchange failed with status 503"),
        (200, b"<html>", NotNow, "OpenAI gave no token"),
        (200, {"access_token": "", "expires_in": 1}, NotNow, "valid access_token"),
    ],
)
def test_openai_may_give_no_token(exchange, monkeypatch, status, answer, kind, message):
    monkeypatch.setenv(TOKEN, JWT)
    exchange.answers = [(status, answer)]

    with pytest.raises(kind, match=message) as told:
        identity().token()
    assert told.value.code == "no-token"
    assert JWT not in str(told.value)
    assert identity().token() == f"{ACCESS_TOKEN}-2"


def test_openai_may_not_be_reached(exchange, monkeypatch):
    """Nothing was sent to the model: it is no outcome that nobody knows."""
    monkeypatch.setenv(TOKEN, JWT)
    monkeypatch.delenv("SSL_CERT_FILE")

    with pytest.raises(NotNow, match="OpenAI gave no token"):
        identity().token()


@pytest.mark.parametrize(("set_one", "missing"), [(PROVIDER, ACCOUNT), (ACCOUNT, PROVIDER)])
def test_half_a_sign_in_names_the_other_half(exchange, monkeypatch, set_one, missing):
    monkeypatch.setenv(TOKEN, JWT)
    monkeypatch.setenv(missing, " ")

    with pytest.raises(ProviderUnavailable, match=f"set '{missing}'$"):
        access_of(Connection("openai"))


@pytest.mark.parametrize("alone", [ASKED_AT, ASKED_WITH, None])
def test_a_job_that_may_not_ask_for_a_token_is_told_to(exchange, monkeypatch, alone):
    if alone:
        monkeypatch.setenv(alone, "http://127.0.0.1")

    with pytest.raises(ProviderUnavailable, match="give the job `id-token: write`; else set"):
        access_of(Connection("openai"))


def test_a_key_is_used_before_a_sign_in(exchange, monkeypatch):
    monkeypatch.setenv(TOKEN, JWT)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-proj-0123456789abcdefghij")
    access = access_of(Connection("openai"))

    assert (access.identity, access.token) == (None, None)
    assert access.source == "environment variable 'OPENAI_API_KEY'"


@pytest.mark.parametrize(
    "connection",
    [Connection("openai", "https://gate/v1", key_env="GATE_KEY"), Connection("ofox")],
    ids=["gateway", "ofox"],
)
def test_openais_token_is_for_openai_only(exchange, monkeypatch, connection):
    monkeypatch.setenv(TOKEN, JWT)

    with pytest.raises(ProviderUnavailable, match="needs a key"):
        access_of(connection)


def test_an_account_is_that_of_who_signs_in(exchange, monkeypatch):
    monkeypatch.setenv(TOKEN, JWT)
    one = access_of(Connection("openai")).account
    monkeypatch.setenv(TOKEN, "another")
    same = access_of(Connection("openai")).account
    monkeypatch.setenv(ACCOUNT, "svc_2")
    other = access_of(Connection("openai")).account

    assert one == same
    assert one != other


def test_a_picture_is_made_without_a_key(exchange, stand_in, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(TOKEN, JWT)
    provider = OpenAI(Connection("openai", stand_in.url))
    stand_in.answers = [picture(), said({"data": []})]

    provider.make(REQUEST, nobody)
    provider.models()

    told = {each.headers["authorization"] for each in stand_in.sent}
    assert told == {f"Bearer {ACCESS_TOKEN}-1"}
    assert len(exchange.asked) == 1
    assert provider.key_source.startswith("sign-in as 'svc_1'")
    assert JWT not in caplog.text
    assert ACCESS_TOKEN not in caplog.text


@pytest.mark.parametrize(
    ("status", "message"), [(401, "does not accept the sign-in"), (403, "does not allow this")]
)
def test_a_refusal_does_not_speak_of_keys(exchange, stand_in, monkeypatch, status, message):
    monkeypatch.setenv(TOKEN, JWT)
    provider = OpenAI(Connection("openai", stand_in.url))
    stand_in.answers = [refused(status, "no", f"not with {ACCESS_TOKEN}-1")]

    with pytest.raises(ActionFailed, match=message) as told:
        provider.make(REQUEST, nobody)

    assert "check what the mapping of the service account permits" in str(told.value)
    assert "key" not in str(told.value)
    assert ACCESS_TOKEN not in str(told.value)
    assert len(stand_in.sent) == 1


PIPELINE = """\
version: 1
locales: {source: en, catalogs: "locales/{locale}.json"}
profiles:
  final: {provider: openai, model: gpt-image-2, quality: low}
assets:
  scene:
    steps: [{compose: scene.j2, size: 1024x1024}]
    output: out/scene.png
"""


@pytest.fixture
def examined(exchange: Exchange, stand_in: StandIn, tmp_path: Path, monkeypatch):
    """What the doctor finds, by its names."""
    space = Space(tmp_path)
    space.write("assetforge.yaml", PIPELINE)
    space.write("scene.j2", "A hill.")
    space.write("locales/en.json", "{}")
    monkeypatch.setenv("OPENAI_BASE_URL", stand_in.url)
    monkeypatch.setenv("ASSETFORGE_LIMITS", str(tmp_path / "limits"))

    def examine() -> dict[str, tuple[str, str, str | None]]:
        done = space.run("doctor", "--format", "json")
        return {
            each["name"]: (each["status"], each["message"], each["advice"])
            for each in done.json["checks"]
        }

    return examine


def test_the_doctor_says_how_it_is_signed_in(examined, github):
    github.answers = [said({"value": JWT}), said({"data": [{"id": "gpt-image-2"}]})]

    found = examined()

    told = "sign-in as 'svc_1' with GitHub's token for this job"
    assert found["key"] == ("ok", told, None)
    assert found["access"][0] == "ok"


def test_the_doctor_says_why_nobody_is_let_in(examined, exchange, monkeypatch):
    monkeypatch.setenv(TOKEN, JWT)
    exchange.answers = [(401, {"error": "invalid_grant", "error_description": "no mapping"})]

    status, message, advice = examined()["access"]

    assert (status, "invalid_grant: no mapping" in message) == ("failed", True)
    assert advice == "check its audience, and what the mapping of 'svc_1' asks for"


def test_the_doctor_says_what_a_sign_in_lacks(examined, exchange):
    status, message, advice = examined()["key"]

    assert (status, message) == ("failed", "nothing says to OpenAI who this machine is")
    assert advice is not None
    assert advice.startswith("in GitHub Actions give the job `id-token: write`; else set")
