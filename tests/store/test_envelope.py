import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.signing import PublicKey, new_key
from assetforge.store.envelope import NotTaken, name_in_emulation, opened, sealed
from assetforge.store.result import record_of
from tests.store.conftest import a_key, a_result

OURS, THEIRS = new_key(), new_key()
SIGNERS = {"ci": PublicKey(OURS.public)}
RECORD = record_of(a_result("a picture", call="1"))


def test_a_record_comes_back_as_it_was_sealed():
    assert opened(sealed(RECORD, "ci", OURS), SIGNERS) == RECORD


@given(st.text())
def test_any_text_comes_back(text):
    try:
        text.encode()
    except UnicodeEncodeError:
        return
    assert opened(sealed(text, "ci", OURS), SIGNERS) == text


@given(st.data())
def test_no_change_of_a_byte_goes_unnoticed(data):
    """It is refused, or the change is one of JSON's own spelling, and the record is the same."""
    whole = bytearray(sealed(RECORD, "ci", OURS))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    with suppress(NotTaken):
        assert opened(bytes(whole), SIGNERS) == RECORD


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is damaged"),
        (b"\xff", "is damaged"),
        (b"[]", "is damaged"),
        (RECORD.encode(), "is not signed"),
        (sealed(RECORD, "eve", THEIRS), "is signed by 'eve', who is no signer"),
        (sealed(RECORD, "ci", THEIRS), "was not signed by 'ci', though it says so"),
        (json.dumps({"record": RECORD, "signer": "ci", "signature": "?"}).encode(), "was not sig"),
        (json.dumps({"record": RECORD, "signer": "ci"}).encode(), "was not signed"),
        (json.dumps({"record": [RECORD], "signer": ["ci"]}).encode(), "is signed by"),
    ],
)
def test_what_no_signer_signed_is_not_taken(data, why):
    with pytest.raises(NotTaken, match=why):
        opened(data, SIGNERS)


def test_a_signature_of_another_record_is_none_of_this():
    other = json.loads(sealed(record_of(a_result("other")), "ci", OURS))

    with pytest.raises(NotTaken, match="was not signed"):
        opened(json.dumps({**other, "record": RECORD}).encode(), SIGNERS)


def test_without_signers_a_plain_record_counts_and_a_sealed_one_too():
    assert opened(RECORD.encode(), {}) == RECORD
    assert opened(sealed(RECORD, "ci", OURS), {}) == RECORD


def test_an_emulated_result_has_a_name_of_its_own():
    names = {name_in_emulation(a_key("one")), name_in_emulation(a_key("other")), a_key("one")}

    assert len(names) == 3
    assert all(len(each) == 64 for each in names)
