import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.catalogs.text import Spots, counted, place_at
from assetforge.errors import Place


@given(st.text("ab\n\u2028"), st.lists(st.integers(0, 50)))
def test_spots_are_right_in_any_order(text, offsets):
    spots = Spots(text)

    for offset in offsets:
        at = min(offset, len(text))
        assert Place("x", *spots.at(at)) == place_at(text, at, "x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%d files", "%(count)d files"),
        ("100%% of %05lld", "100%% of %(count)05lld"),
        ("%2$@ has %1$ld", "%2$@ has %(count)ld"),
        ("%@ has %d", "%@ has %d"),
        ("%(n)d", "%(n)d"),
        ("%s", "%s"),
    ],
)
def test_the_first_number_without_a_name_is_the_count(text, expected):
    assert counted(text) == expected
