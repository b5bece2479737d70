import copy
import subprocess
import sys

import keyring
import keyring.backend
import keyring.errors
import pytest

from assetforge.secrets import Secret, find_secret, how_to_set, redacted

KEY = "sk-proj-0123456789abcdefghij"


class Memory(keyring.backend.KeyringBackend):
    """A keyring that lasts as long as a test."""

    priority = 1

    def __init__(self, entries):
        super().__init__()
        self.entries = entries

    def get_password(self, service, username):
        return self.entries.get((service, username))

    def set_password(self, service, username, password):
        raise NotImplementedError


class Broken(Memory):
    def get_password(self, service, username):
        raise keyring.errors.KeyringLocked("somebody has to type a password")


@pytest.fixture
def entries():
    before = keyring.get_keyring()
    kept: dict[tuple[str, str], str] = {}
    keyring.set_keyring(Memory(kept))
    yield kept
    keyring.set_keyring(before)


def test_a_secret_is_not_shown():
    secret = Secret(KEY)

    assert f"{secret} {secret!r} {[secret]} {copy.copy(secret)}" == "*** *** [***] ***"
    assert secret.reveal() == KEY


def test_the_environment_comes_before_the_keyring(monkeypatch, entries):
    entries["assetforge", "FIRST_KEY"] = "from the keyring"
    monkeypatch.setenv("SECOND_KEY", f" {KEY}\n")

    found = find_secret(["FIRST_KEY", "SECOND_KEY"])

    assert found
    assert found.reveal() == KEY
    assert found.source == "environment variable 'SECOND_KEY'"


def test_a_key_is_found_in_the_keyring(monkeypatch, entries):
    monkeypatch.setenv("FIRST_KEY", "  ")
    entries["assetforge", "FIRST_KEY"] = KEY

    found = find_secret(["FIRST_KEY"])

    assert found
    assert found.reveal() == KEY
    assert found.source == "keyring entry 'FIRST_KEY'"


def test_a_key_may_be_nowhere(entries):
    assert find_secret(["NO_KEY"]) is None


def test_a_broken_keyring_holds_no_key(entries):
    keyring.set_keyring(Broken({}))

    assert find_secret(["NO_KEY"]) is None


def test_the_keyring_package_may_be_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)

    assert find_secret(["NO_KEY"]) is None


def test_the_keyring_is_not_loaded_for_a_key_of_the_environment():
    code = (
        "import sys; from assetforge.secrets import find_secret; find_secret(['SOME_KEY']);"
        "sys.exit('keyring' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], env={"SOME_KEY": KEY}).returncode == 0


def test_advice_names_the_variable_and_the_keyring():
    assert how_to_set(["OPENAI_API_KEY"]) == (
        "set the environment variable 'OPENAI_API_KEY', or keep it in the keyring: "
        "`keyring set assetforge OPENAI_API_KEY`"
    )


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        (f"Incorrect API key provided: {KEY}.", "Incorrect API key provided: ***"),
        ("key sk-pro***************hij is wrong", "key *** is wrong"),
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer ***"),
        ("xai-abcdefgh1234 and AIzaSyA1234567890", "*** and ***"),
        ("token eyJhbGciOiJI.eyJzdWIi.c2ln-_ is over", "token *** is over"),
        ("ci: ed25519-private:TM0I/lt+w_= # x", "ci: *** # x"),
        ("a risk-free task-list of skins", "a risk-free task-list of skins"),
    ],
)
def test_what_looks_like_a_key_is_taken_out(text, safe):
    assert redacted(text) == safe


def test_a_known_secret_is_taken_out_whatever_it_looks_like():
    assert redacted("pass=tulip;", [Secret("tulip"), Secret("")]) == "pass=***;"


def test_a_secret_that_was_cut_short_is_taken_out():
    secret = Secret("0123456789abcdef0123456789abcdef")

    assert redacted("the key 0123456789abcdef0…", [secret]) == "the key ***…"
    assert redacted("012345678 is no key", [secret]) == "012345678 is no key"
