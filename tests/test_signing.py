import pytest

from assetforge.errors import UsageProblem
from assetforge.signing import PRIVATE, PUBLIC, VARIABLE, PrivateKey, PublicKey, new_key, own_key


def test_what_a_key_signed_is_signed_by_that_key_only():
    one, other = new_key(), new_key()
    signature = one.sign(b"a record")

    assert PublicKey(one.public).signed(b"a record", signature)
    assert not PublicKey(one.public).signed(b"another record", signature)
    assert not PublicKey(other.public).signed(b"a record", signature)
    assert not PublicKey(one.public).signed(b"a record", signature[:-1])


def test_a_key_is_the_same_after_it_was_written_down():
    made = new_key()

    assert made.reveal().startswith(PRIVATE)
    assert made.public.startswith(PUBLIC)
    assert PrivateKey(made.reveal()).public == made.public


def test_a_signature_is_the_one_that_the_standard_gives():
    """Source: RFC 8032, 7.1, test 2."""
    secret = "TM0Imyj/ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U+4pvs="
    public = "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="
    signature = (
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )

    key = PrivateKey(PRIVATE + secret)

    assert key.public == PUBLIC + public
    assert key.sign(b"\x72").hex() == signature


def test_a_private_key_shows_in_nothing_that_is_printed():
    made = new_key()

    shown = f"{made!r} {made} {vars(made)}"

    assert made.reveal() not in shown
    assert made.reveal().removeprefix(PRIVATE) not in shown


@pytest.mark.parametrize(
    "text", ["", "ed25519:", "secret words", f"{PUBLIC}c2hvcnQ=", PUBLIC + "!"]
)
def test_what_is_no_key_is_refused_without_repeating_it(text):
    with pytest.raises(UsageProblem, match="not a public key: that is 'ed25519:") as told:
        PublicKey(text)
    assert "secret" not in str(told.value)


def test_the_own_key_comes_from_the_environment(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    assert own_key() is None
    made = new_key()
    monkeypatch.setenv(VARIABLE, made.reveal())

    found = own_key()

    assert found is not None
    assert found.public == made.public


def test_a_public_key_in_place_of_the_private_one_is_told_with_its_place(monkeypatch):
    monkeypatch.setenv(VARIABLE, new_key().public)

    with pytest.raises(UsageProblem, match=f"environment variable '{VARIABLE}': not a private key"):
        own_key()
