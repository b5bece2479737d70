import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.messages.codec import MAX_DEPTH, from_json, to_json
from assetforge.messages.pattern import Placeholder, merged, names
from assetforge.messages.syntaxes import plural
from tests.messages.strategies import VALUES

WORDS = st.sampled_from(["p", "c", "r", "plural", "n", ""])
JSON = st.recursive(
    WORDS | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(WORDS, inner, max_size=2),
)


@given(VALUES)
def test_every_message_comes_back(value):
    assert from_json(json.loads(json.dumps(to_json(value)))) == value


def test_what_is_empty_takes_no_room():
    assert to_json("text") == "text"
    assert to_json((Placeholder("n"), Placeholder("x", "date", "long"))) == [
        ["p", "n"],
        ["p", "x", "date", "long"],
    ]
    assert to_json(plural({"one": "a", "other": "b"})) == [
        ["c", "plural", "count", 0, "", "one", ["a"], "other", ["b"]]
    ]


@given(JSON)
def test_anything_else_is_a_value_error(raw):
    try:
        value = from_json(raw)
    except ValueError:
        return
    assert merged([value] if isinstance(value, str) else value) is not None
    assert all(isinstance(name, str) for name in names(value))


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {},
        3,
        [3],
        [[]],
        [["x"]],
        [["p"]],
        [["p", 3]],
        [["p", "n", 3]],
        [["p", "n", "", 3]],
        [["p", "n", "", "", "1"]],
        [["p", "n", "", "", True]],
        [["p", "n", "", "", 1, ""]],
        [["c", "many", "n", 0, ""]],
        [["c", ["plural"], "n", 0, ""]],
        [["c", "plural", 3, 0, ""]],
        [["c", "plural", "n", "0", ""]],
        [["c", "plural", "n", 0, 3]],
        [["c", "plural", "n", 0, "", "one"]],
        [["c", "plural", "n", 0, "", 3, ["a"]]],
        [["c", "plural", "n", 0, "", "one", "a"]],
        [["r", 3]],
        [["r", "id", "n"]],
        [["r", "id", 3, "x"]],
        [["r", "id", "n", 3]],
        [["r", "id", "n", ["r", "id"]]],
    ],
)
def test_damage_is_a_value_error(raw):
    with pytest.raises(ValueError, match="not a message"):
        from_json(raw)


def test_what_stands_too_deep_is_a_value_error():
    raw: list[object] = ["a"]
    for _ in range(MAX_DEPTH):
        raw = [["c", "select", "n", 0, "", "other", raw]]

    assert from_json(raw)
    with pytest.raises(ValueError, match="not a message"):
        from_json([["c", "select", "n", 0, "", "other", raw]])
