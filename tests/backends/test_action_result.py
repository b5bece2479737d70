from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.backends.action_result import blobs_named, unwrapped, wrapped
from tests.backends.cache import ActionResult

DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)


@settings(max_examples=40)
@given(st.binary(), st.dictionaries(DIGESTS, st.integers(0, 2**62)))
def test_the_message_is_what_a_cache_reads(data, blobs):
    message = ActionResult.FromString(wrapped(data, blobs))

    assert message.stdout_raw == data
    assert {each.digest.hash: each.digest.size_bytes for each in message.output_files} == blobs
    assert [each.path for each in message.output_files] == list(blobs)


@settings(max_examples=40)
@given(st.binary(min_size=1), st.dictionaries(DIGESTS, st.integers(0, 2**62)), st.integers())
def test_what_a_cache_stores_anew_is_read_back(data, blobs, code):
    message = ActionResult.FromString(wrapped(data, blobs))
    message.exit_code = code % 2**31
    message.execution_metadata.worker = "127.0.0.1"

    assert unwrapped(message.SerializeToString()) == data


@settings(max_examples=40)
@given(st.binary())
def test_what_is_no_message_or_not_ours_comes_back_as_bytes(data):
    assert isinstance(unwrapped(data), bytes)


def test_what_holds_none_of_ours_comes_back_as_it_is():
    for each in (
        b"",
        b"{}",
        ActionResult(exit_code=7).SerializeToString(),
        b"\x2a\x05abc",
        b"\xff" * 20,
    ):
        assert unwrapped(each) == each


def test_numbers_of_fixed_size_are_passed_over():
    assert unwrapped(b"\x61" + b"8" * 8 + b"\x6d" + b"4" * 4 + wrapped(b"ours", {})) == b"ours"


def test_a_result_names_its_picture_and_what_was_found_in_it():
    record = {"artifact": "a" * 64, "findings": "f" * 64, "key": "b" * 64}
    sealed = {"record": json.dumps(record), "signature": "x", "signer": "ci"}

    assert blobs_named(json.dumps(record).encode()) == ["a" * 64, "f" * 64]
    assert blobs_named(json.dumps(sealed).encode()) == ["a" * 64, "f" * 64]
    assert blobs_named(json.dumps({**record, "findings": ""}).encode()) == ["a" * 64]


JSON = st.recursive(
    st.none() | st.text() | st.integers(),
    lambda each: st.lists(each) | st.dictionaries(st.sampled_from(["record", "artifact"]), each),
    max_leaves=5,
)


@settings(max_examples=40)
@given(JSON)
def test_what_is_no_result_names_nothing(value):
    assert blobs_named(json.dumps(value).encode()) == []
    assert blobs_named(b"\xff{") == []


def test_what_is_nested_too_deeply_names_nothing():
    deep = b"[" * 200_000

    assert blobs_named(deep) == []
    assert blobs_named(json.dumps({"record": deep.decode()}).encode()) == []
    assert unwrapped(deep) == deep
