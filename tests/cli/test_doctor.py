import json
import subprocess
import sys
import threading
from contextlib import closing
from datetime import date

import pytest

from assetforge import registry
from assetforge.cli.doctor import address_check, examined
from assetforge.emulator import Settings, serving
from assetforge.limits import Pool
from assetforge.project import open_project
from assetforge.providers.base import Allowance, Connection
from tests.cli.schemas import assert_valid
from tests.cli.toy import PRICED, Toy, installed
from tests.providers.openai.conftest import VARIABLES
from tests.providers.openai.stand_in import Answer, refused, said, standing_in
from tests.space import QUICK, Space

KEY = "sk-proj-0123456789abcdefghij"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    monkeypatch.setenv("ASSETFORGE_LIMITS", str(tmp_path / "limits"))
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)


@pytest.fixture(scope="module")
def emulator():
    with serving(Settings(pictures="flat")) as server:
        yield server


@pytest.fixture(scope="module")
def server():
    with standing_in() as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(server):
    server.answers.clear()
    server.sent.clear()
    return server


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path)


def written(space, **profile):
    """Write the quick project with a profile `final` before the free one."""
    profiles = f"profiles:\n  final: {json.dumps(profile)}\n"
    return space.quick(pipeline=QUICK.replace("profiles:\n", profiles))


def checks(result, profile="final"):
    document = result.json
    assert_valid("doctor", document)
    return {
        each["name"]: (each["status"], each["message"], each["advice"])
        for each in document["checks"]
        if each["profile"] == profile
    }


def test_a_profile_of_this_machine_needs_nothing(space):
    result = space.quick().run("doctor")

    assert (result.code, result.err) == (0, "")
    assert result.out == (
        "profile blank: blank\n"
        "  ok       provider  draws on this machine: no key, no network, no bill\n"
    )


def test_all_is_well(space, emulator, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    written(
        space,
        provider="openai",
        model="gpt-image-2-2026-04-21",
        quality="low",
        base_url=emulator.url,
        images_per_minute=50,
        tokens_per_minute=800000,
    )

    result = space.run("doctor", "--format", "json")

    assert result.code == 0
    found = checks(result)
    assert {status for status, _, _ in found.values()} == {"ok"}
    assert found["key"][1] == "environment variable 'OPENAI_API_KEY'"
    assert found["address"][1] == emulator.url
    assert found["model"][1] == "'gpt-image-2-2026-04-21' is listed"
    assert found["limits"][1] == "50 images a minute, 800,000 tokens a minute (profile)"
    assert KEY not in result.out


def test_no_picture_is_made(space, emulator, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    written(space, provider="openai", base_url=emulator.url)

    space.run("doctor")

    assert emulator.books()["calls"] == []


def test_a_missing_key_is_said_in_one_line(space):
    written(space, provider="openai")

    result = space.run("doctor")

    assert result.code == 1
    assert result.out == (
        "profile final: openai\n"
        "  failed   key  'openai' needs a key: set the environment variable 'OPENAI_API_KEY', or "
        "keep it in the keyring: `keyring set assetforge OPENAI_API_KEY`\n"
    )


def test_a_missing_address_is_said(space):
    written(space, provider="azure", model="gpt-image-2")

    result = space.run("doctor", "--format", "json")

    assert result.code == 1
    assert checks(result)["address"] == (
        "failed",
        "where is 'azure'? write 'base_url' in the profile, or set 'AZURE_OPENAI_ENDPOINT'",
        None,
    )


def test_a_wrong_key_is_told_from_a_missing_one(space, emulator, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "bad-0123456789")
    written(space, provider="openai", base_url=emulator.url)

    result = space.run("doctor", "--format", "json")

    assert result.code == 1
    status, message, advice = checks(result)["access"]
    assert (status, advice) == ("failed", "set the key in 'OPENAI_API_KEY'")
    assert "does not accept the key" in message
    assert "bad-0123456789" not in result.out


def test_a_service_that_is_not_there_is_said(space, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    written(space, provider="openai", base_url="http://127.0.0.1:1/v1")

    result = space.run("doctor", "--format", "json")

    assert result.code == 1
    assert checks(result)["access"][2] == "check the connection and 'base_url'"


def test_a_model_that_is_not_listed_is_a_warning(space, emulator, monkeypatch):
    """Keys may be restricted, and lists leave models out that work."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    written(space, provider="openai", model="gpt-image-3", base_url=emulator.url)

    result = space.run("doctor", "--format", "json")

    assert result.code == 0
    status, message, advice = checks(result)["model"]
    assert (status, message) == (
        "warning",
        "'gpt-image-3' is not listed: the account may not have it",
    )
    assert advice.startswith("did you mean 'gpt-image-")


def test_a_model_that_will_go_is_a_warning(space, stand_in, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    listed = {"id": "gpt-image-2", "shutdown_date": "2099-12-01"}
    stand_in.answers = [said({"data": [listed]}, x_ratelimit_limit_input_images="5")]
    written(space, provider="openai", base_url=stand_in.url)

    found = checks(space.run("doctor", "--format", "json"))

    assert found["model"] == ("warning", "'gpt-image-2' is listed until 2099-12-01", None)
    assert found["limits"][1] == "5 images a minute (service)"


def test_limits_that_an_earlier_build_was_told_are_known(space, stand_in, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    stand_in.answers = [said({"data": []})]
    written(space, provider="openai", base_url=stand_in.url)
    provider = registry.open_provider(Connection("openai", stand_in.url))
    with closing(Pool(provider.account)) as pool:
        pool.answered(pool.wait_turn(1, 0, threading.Event()), None, Allowance(20, 250_000))

    found = checks(space.run("doctor", "--format", "json"))

    assert found["limits"][1] == "20 images a minute, 250,000 tokens a minute (service)"


def test_a_model_that_is_gone_fails(space, monkeypatch, stand_in):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    written(space, provider="openai", model="gpt-image-1.5", base_url=stand_in.url)
    project = open_project(space.root / "assetforge.yaml")

    early = examined(project, date(2026, 11, 21))
    late = examined(project, date(2026, 12, 1))

    assert not [each for each in early.checks if "was shut down" in each.message]
    assert [each.status for each in late.checks if "was shut down" in each.message] == ["failed"]


def test_a_model_that_is_listed_may_be_about_to_go(space, monkeypatch, stand_in):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    stand_in.answers = [said({"data": [{"id": "gpt-image-1.5"}]})]
    written(space, provider="openai", model="gpt-image-1.5", base_url=stand_in.url)
    project = open_project(space.root / "assetforge.yaml")

    (model,) = [
        each for each in examined(project, date(2026, 11, 21)).checks if each.name == "model"
    ]

    assert (model.status, model.message) == (
        "warning",
        "'gpt-image-1.5' is listed until 2026-12-01",
    )
    assert model.advice.startswith("use 'gpt-image-2")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(reset=True),
        Answer(200, b"<html>log in</html>", {"content-type": "text/html"}),
        Answer(502, b"<html>bad gateway</html>", {"content-type": "text/html"}),
        Answer(200, b""),
        said([1]),
    ],
    ids=["reset", "a page", "gateway", "nothing", "a list"],
)
def test_nobody_is_told_of_a_bill_for_a_list(space, stand_in, monkeypatch, answer):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    written(space, provider="openai", model="gpt-image-2", base_url=stand_in.url)
    stand_in.answers = [answer]

    result = space.run("doctor", "--format", "json")

    assert result.code == 1
    status, message, advice = checks(result)["access"]
    assert (status, advice) == ("failed", "check the connection and 'base_url'")
    assert "billed" not in message


def test_a_refusal_under_a_status_of_success_is_one(space, stand_in, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    written(space, provider="openai", model="gpt-image-2", base_url=stand_in.url)
    stand_in.answers = [said({"error": {"code": "insufficient_quota", "message": "empty"}})]

    result = space.run("doctor", "--format", "json")

    assert checks(result)["access"][0] == "failed"


def test_a_proxy_that_cannot_be_used_is_said(space, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("ALL_PROXY", "ftp://127.0.0.1")
    written(space, provider="openai", model="gpt-image-2", base_url="http://127.0.0.1:1/v1")

    result = space.run("doctor", "--format", "json")

    status, message, advice = checks(result)["access"]
    assert status == "failed"
    assert "ftp://127.0.0.1" in message
    assert "ALL_PROXY" in advice


@pytest.mark.parametrize(
    "answer",
    [
        refused(404, None, "no route"),
        said({"models": []}),
        refused(403, None, "You have insufficient permissions. Missing scopes: api.model.read."),
    ],
    ids=["not there", "no list", "restricted"],
)
def test_models_need_not_be_listed(space, stand_in, monkeypatch, answer):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    stand_in.answers = [answer]
    written(space, provider="openai", base_url=stand_in.url)

    result = space.run("doctor", "--format", "json")

    assert result.code == 0
    found = checks(result)
    assert found["access"][0] == "warning"
    assert found["limits"] == (
        "ok",
        "not known yet: many services tell them with the first picture",
        "state 'images_per_minute' if yours does not",
    )


def test_a_deployment_is_not_looked_for_among_models(space, stand_in, monkeypatch):
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
    stand_in.answers = [said({"data": []})]
    url = stand_in.url.replace("/v1", "/openai/v1")
    written(space, provider="azure", model="gpt-image-2", deployment="pics", base_url=url)

    found = checks(space.run("doctor", "--format", "json"))

    assert found["model"][0] == "ok"
    assert "deployment 'pics'" in found["model"][1]


def test_a_server_of_ones_own_has_no_limits(space, stand_in):
    stand_in.answers = [said({"data": [{"id": "Qwen/Qwen-Image"}]})]
    written(
        space,
        provider="vllm",
        model="Qwen/Qwen-Image",
        base_url=stand_in.url,
        quality="low",
        partial_images=1,
    )

    result = space.run("doctor")

    assert result.code == 0
    assert "no key, and none is needed" in result.out
    assert "'Qwen/Qwen-Image' is listed" in result.out
    assert "none: a server of one's own" in result.out
    assert "'vllm' takes no 'quality': it is not sent; leave it out of the profile" in result.out
    assert "'vllm' takes no 'partial_images'" in result.out


def test_a_plugin_is_opened(space):
    with installed():
        result = space.quick(pipeline=PRICED).run("doctor")

    assert result.code == 0
    assert "opens; it cannot be examined further" in result.out


def test_a_plugin_may_be_examined(space, monkeypatch):
    listing = {
        "base_url": "https://toys.example",
        "key_source": "none needed",
        "sdk": "toy 1",
        "models": lambda self: ({"teddy": None}, Allowance()),
        "wire_model": lambda self, model: "teddy",
    }
    for name, value in listing.items():
        monkeypatch.setattr(Toy, name, value, raising=False)

    with installed():
        result = space.quick(pipeline=PRICED).run("doctor")

    assert "'teddy' is listed" in result.out


def test_every_profile_is_checked_on_demand(space, emulator, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    written(space, provider="openai", base_url=emulator.url)

    result = space.run("doctor", "--all", "--format", "json")

    assert result.json["profile"] == "final"
    assert "access" in checks(result, "final")
    assert checks(result, "blank")["provider"][0] == "ok"


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("https://api.openai.com/v1", "ok"),
        ("http://127.0.0.1:8000/v1", "ok"),
        ("http://[::1]:8000/v1", "ok"),
        ("http://localhost:8000/v1", "ok"),
        ("http://gate.example/v1", "warning"),
    ],
)
def test_a_key_is_not_sent_in_the_open(address, status):
    assert address_check(address).status == status


def test_help_loads_no_sdk():
    code = (
        "import sys; from assetforge.__main__ import exit_code_of; exit_code_of(sys.argv[1:]);"
        "sys.exit('openai' in sys.modules or 'keyring' in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code, "doctor", "--help"], capture_output=True)

    assert done.returncode == 0
    assert b"without making a picture" in done.stdout
