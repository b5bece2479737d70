import pytest

from assetforge.errors import Place
from assetforge.lock.places import Places

TEXT = """\
{
  "a": {"b": [{"c": 1}, "d"]},
  "é\\"": {"b": ": {"},
  "a": {"b": 2}
}
"""


@pytest.mark.parametrize(
    ("path", "turn", "place"),
    [
        (("a",), 0, Place("f", 2, 3, 3)),
        (("a",), 1, Place("f", 4, 3, 3)),
        (("a",), 9, Place("f", 4, 3, 3)),
        (("a", "b"), 0, Place("f", 2, 9, 3)),
        (("a", "b"), 1, Place("f", 4, 9, 3)),
        (('é"', "b"), 0, Place("f", 3, 11, 3)),
        (("a", "x", "y"), 0, Place("f", 2, 3, 3)),
        (("x",), 0, Place("f")),
    ],
)
def test_a_key_is_found_where_it_stands(path, turn, place):
    assert Places(TEXT, "f").of(path, turn) == place
