import sys

import keyring
import pytest
from azure.core.exceptions import ClientAuthenticationError

from assetforge.errors import ProviderUnavailable
from assetforge.providers.base import Connection
from assetforge.providers.openai.access import Token, access_of

KEY = "sk-proj-0123456789abcdefghij"


@pytest.fixture(autouse=True)
def no_keyring():
    from keyring.backends.null import Keyring

    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    yield
    keyring.set_keyring(before)


def test_the_profile_says_the_address_before_the_environment_does(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    own = access_of(Connection("openai")).base_url
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1/")

    assert own == "https://api.openai.com/v1"
    assert access_of(Connection("openai")).base_url == "http://127.0.0.1:8000/v1"
    assert access_of(Connection("openai", "https://gate/v1")).base_url == "https://gate/v1"


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://r.openai.azure.com",
        "https://r.openai.azure.com/",
        "https://r.openai.azure.com/openai/v1/",
    ],
)
def test_azure_is_below_its_resource(monkeypatch, endpoint):
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", endpoint)

    expected = "https://r.openai.azure.com/openai/v1"
    assert access_of(Connection("azure")).base_url == expected
    assert access_of(Connection("azure", endpoint)).base_url == expected


@pytest.mark.parametrize("text", ["127.0.0.1:8000/v1", "https://me:word@host/v1", "http://", "-"])
def test_the_environment_may_hold_no_address(monkeypatch, text):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", text)

    with pytest.raises(ProviderUnavailable, match="what 'OPENAI_BASE_URL' holds is no") as caught:
        access_of(Connection("openai"))
    assert "word" not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:99999/v1",
        "http://127.0.0.1:abc",
        "http://[::1/v1",
        "http:///v1",
        "http://a..b/v1",
        f"http://{'a' * 70}.de/v1",
        "http://\u2603.invalid/v1",
        "http://\x7f/v1",
        "http://host/v1#part",
    ],
)
@pytest.mark.parametrize("name", ["openai", "azure"])
def test_what_cannot_be_called_is_no_address(monkeypatch, name, address):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)

    with pytest.raises(ProviderUnavailable, match="'base_url' is no address") as caught:
        access_of(Connection(name, address))

    assert caught.value.code == "no-address"


@pytest.mark.parametrize(
    "address", ["http://[::1]:8000/v1", "http://\xe4.invalid/v1/", "https://h", "HTTP://h:80/v1"]
)
def test_what_can_be_called_is_an_address(monkeypatch, address):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    assert not access_of(Connection("openai", address)).base_url.endswith("/")


def test_a_key_in_an_address_is_neither_sent_nor_shown(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "https://host/v1?key=word")

    with pytest.raises(ProviderUnavailable, match="what 'OPENAI_BASE_URL' holds is no") as caught:
        access_of(Connection("openai"))
    assert "word" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("azure", "write 'base_url' in the profile, or set 'AZURE_OPENAI_ENDPOINT'"),
        ("vllm", "write 'base_url' in the profile$"),
    ],
)
def test_an_address_that_nobody_says_is_asked_for(name, message):
    with pytest.raises(ProviderUnavailable, match=message) as caught:
        access_of(Connection(name))

    assert caught.value.code == "no-address"


def test_a_missing_key_names_the_variable():
    with pytest.raises(ProviderUnavailable, match="set the environment variable 'OPENAI_API_KEY'"):
        access_of(Connection("openai"))
    with pytest.raises(ProviderUnavailable, match="set the environment variable 'MY_KEY'"):
        access_of(Connection("openai", key_env="MY_KEY"))


def test_the_profile_says_which_variable_holds_the_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "another")
    monkeypatch.setenv("MY_KEY", KEY)

    access = access_of(Connection("openai", key_env="MY_KEY"))

    assert access.key
    assert access.key.reveal() == KEY
    assert access.key_name == "MY_KEY"
    assert access.source == "environment variable 'MY_KEY'"


def test_a_key_from_a_file_may_end_its_line(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY}\r\n")

    key = access_of(Connection("openai")).key

    assert key
    assert key.reveal() == KEY


@pytest.mark.parametrize("text", ["sk-ключ", "sk-1\n2"])
def test_a_key_that_cannot_be_sent_is_refused(monkeypatch, text):
    monkeypatch.setenv("OPENAI_API_KEY", text)

    with pytest.raises(ProviderUnavailable, match="characters that no key has"):
        access_of(Connection("openai"))


def test_a_server_of_ones_own_needs_no_key():
    access = access_of(Connection("vllm", "http://127.0.0.1:8000/v1"))

    assert (access.key, access.token) == (None, None)
    assert access.source == "no key, and none is needed"


def test_an_account_is_the_same_word_for_the_same_address_and_key(monkeypatch):
    monkeypatch.setenv("ONE", KEY)
    monkeypatch.setenv("SAME", KEY)
    monkeypatch.setenv("OTHER", KEY + "x")

    def account(service, url, key):
        return access_of(Connection(service, url, key_env=key)).account

    one = account("openai", "https://a/v1", "ONE")
    assert one == account("openai", "https://a/v1/", "SAME")
    others = {
        account("openai", "https://a/v1", "OTHER"),
        account("openai", "https://b/v1", "ONE"),
        account("ofox", "https://a/v1", "ONE"),
    }
    assert len(others | {one}) == 4
    assert one.startswith("openai-")
    assert KEY not in one


def signed_in(monkeypatch, answer: Token):
    """Azure's credential, which would ask other machines, answers at once."""
    import azure.identity

    def provider(credential: object, scope: str) -> Token:
        assert scope == "https://ai.azure.com/.default"
        return answer

    monkeypatch.setattr(azure.identity, "get_bearer_token_provider", provider)
    return access_of(Connection("azure", "https://r.openai.azure.com"))


def test_azure_is_signed_in_to_without_a_key(monkeypatch):
    access = signed_in(monkeypatch, lambda: "token")

    assert access.token
    assert access.token() == "token"
    assert access.key is None
    assert access.source == "sign-in through Azure"


def test_nobody_may_be_signed_in(monkeypatch):
    def nobody() -> str:
        raise ClientAuthenticationError("long\nstory")

    access = signed_in(monkeypatch, nobody)

    assert access.token
    with pytest.raises(ProviderUnavailable, match="run `az login`, or set the environment"):
        access.token()


def test_signing_in_needs_an_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "azure.identity", None)

    with pytest.raises(ProviderUnavailable, match=r"pip install 'assetforge\[azure\]'"):
        access_of(Connection("azure", "https://r.openai.azure.com"))
