from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from assetforge.json_text import json_pieces, json_text

ANY_TEXT = st.text(st.characters() | st.characters(categories=["Cs"]), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(ANY_TEXT, inner, max_size=3)
    ),
)


@settings(deadline=None)
@given(VALUES, st.booleans())
def test_the_text_is_that_of_the_library(value, sort_keys):
    expected = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=sort_keys)

    assert json_text(value, sort_keys=sort_keys) == expected


class Word(str):
    __slots__ = ()


class Fields(dict[str, Any]):
    pass


def test_a_class_of_its_own_is_written_as_what_it_is_a_kind_of():
    value = Fields(a=[Word("x"), Fields()], b=Word("y"))

    assert json_text(value) == json.dumps(value, indent=2)


@settings(deadline=None)
@given(st.dictionaries(ANY_TEXT, VALUES | st.lists(VALUES).map(iter), max_size=4))
def test_the_pieces_of_a_document_are_the_text_of_the_whole(document):
    whole = {name: listed(each) for name, each in document.items()}
    pieces = {name: iter(each) if isinstance(each, list) else each for name, each in whole.items()}

    assert "".join(json_pieces(pieces)) == json.dumps(whole, ensure_ascii=False, indent=2)


def listed(value):
    return list(value) if hasattr(value, "__next__") else value


def test_a_long_list_is_never_held_whole():
    taken: list[int] = []

    def items():
        for number in range(1000):
            taken.append(number)
            yield number

    pieces = json_pieces({"schema": "x/1", "items": items()})

    while not taken:
        next(pieces)

    assert len(taken) == 1
