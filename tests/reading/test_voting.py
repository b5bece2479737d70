from hypothesis import given
from hypothesis import strategies as st

from assetforge.reading.voting import carried, deviations, most_common

RIGHT, WRONG = "freeshipping", "freshipping"


def test_readings_that_all_agree_carry_a_text():
    assert carried(RIGHT, [RIGHT] * 3)


def test_one_reading_that_comes_out_right_proves_nothing():
    assert not carried(RIGHT, [RIGHT, WRONG, WRONG])
    assert not carried(RIGHT, [RIGHT])


def test_mistakes_at_different_places_are_outvoted():
    """No reading is right, yet each letter is read right by most."""
    assert carried(RIGHT, ["freeshippin9", "fneeshipping", "freeshlpping", "freeshipqing", RIGHT])


def test_a_departure_that_comes_twice_is_what_stands_there():
    assert not carried(RIGHT, [RIGHT] * 5 + [WRONG] * 2)


def test_a_departure_is_where_and_what():
    assert deviations("abc", "abd") == [(2, 3, "d")]
    assert deviations("abc", "ab") == [(2, 3, "")]
    assert deviations("abc", "abc") == []


def test_the_most_common_reading_is_the_first_of_several():
    assert most_common(["a", "b", "b"]) == "b"
    assert most_common(["a", "b"]) == "a"
    assert most_common([]) == ""


@given(st.text("abcd", min_size=1, max_size=12), st.text("abcd", max_size=12))
def test_what_most_readings_agree_on_is_never_passed_for_something_else(shown, expected):
    if shown != expected:
        assert not carried(expected, [shown] * 4 + [expected] * 3)
