from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.digest import Json, canonical_json, digest_of, digest_of_file

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
        ({"size": [1200, 628]}, '{"size":[1200,628]}'),
        ("Größe 日本語 تخفيض 🙂", '"Größe 日本語 تخفيض 🙂"'),
        ('say "hi"\n\t\\', '"say \\"hi\\"\\n\\t\\\\"'),
        ("\x00\x7f\u2028", '"\\u0000\x7f\u2028"'),
        (2**70, "1180591620717411303424"),
        ({}, "{}"),
    ],
)
def test_a_value_has_one_canonical_form(value, expected):
    assert canonical_json(value) == expected.encode()


def test_two_spellings_of_one_letter_are_two_prompts():
    assert canonical_json("é") != canonical_json("e\u0301")


@settings(deadline=None)
@given(VALUES)
def test_the_canonical_form_says_all_of_the_value(value):
    assert json.loads(canonical_json(value)) == value


@settings(deadline=None)
@given(st.dictionaries(st.text(), VALUES, max_size=6), st.randoms())
def test_the_order_of_keys_is_free(value, random):
    items = list(value.items())
    random.shuffle(items)

    assert canonical_json(dict(items)) == canonical_json(value)


@pytest.mark.parametrize(
    "value", [0.5, 1.0, float("nan"), [1, [2.5]], {"a": {"b": 1e3}}, [{"x": [0.0]}]]
)
def test_a_float_is_refused_wherever_it_hides(value):
    with pytest.raises(TypeError, match="BUG: a float in a manifest"):
        canonical_json(value)


@pytest.mark.parametrize("value", [{1: "a"}, {"a": {None: 1}}, [{True: 1}]])
def test_a_key_that_is_no_text_is_refused(value):
    with pytest.raises(TypeError, match="BUG: a key that is no string"):
        canonical_json(value)


@pytest.mark.parametrize("value", [{1, 2}, b"bytes", object()])
def test_what_json_does_not_know_is_refused(value):
    with pytest.raises(TypeError):
        canonical_json(value)


def test_a_digest_is_what_sha256sum_prints(tmp_path):
    data = bytes(range(256)) * 5000
    path = tmp_path / "picture.png"
    path.write_bytes(data)

    assert digest_of(data) == digest_of_file(path) == hashlib.sha256(data).hexdigest()


def test_a_file_that_cannot_be_read_raises(tmp_path):
    with pytest.raises(FileNotFoundError):
        digest_of_file(tmp_path / "missing.png")


def as_ever(value: object) -> bytes:
    """Return what the canonical form was defined as first: of this, nothing may ever change."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8", "surrogatepass")


ANY_TEXT = st.text(st.characters() | st.characters(categories=["Cs"]))


@settings(deadline=None)
@given(
    st.recursive(
        VALUES | ANY_TEXT,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.tuples(inner, inner)
            | st.dictionaries(ANY_TEXT, inner, max_size=4)
        ),
    )
)
def test_the_canonical_form_is_what_it_ever_was(value):
    assert canonical_json(value) == as_ever(value)


class Word(str):
    __slots__ = ()


class Count(int):
    pass


def test_a_class_of_its_own_counts_as_what_it_is_a_kind_of():
    value: Json = {Word("b"): Word("text"), "a": [Count(3), {Word("c"): True}]}

    assert canonical_json(value) == as_ever(value)


class Share(float):
    pass


def test_a_class_that_is_a_kind_of_float_is_refused():
    with pytest.raises(TypeError, match="BUG: a float"):
        canonical_json({"a": [Share(0.5)]})  # type: ignore[list-item]  # that is what is wrong
