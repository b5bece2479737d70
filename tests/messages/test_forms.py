import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.messages.forms import MAX_RULE_CHARACTERS, form_number

POLISH = "(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2)"


@pytest.mark.parametrize(("count", "form"), [(1, 0), (2, 1), (5, 2), (12, 2), (22, 1), (-2, 1)])
def test_a_header_says_which_form_is_shown(count, form):
    assert form_number(POLISH, count) == form


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("", "cannot read the plural rule ''; write an expression in C"),
        ("n != ", "cannot read"),
        ("INTEGER", "cannot read"),
        ("__import__('os')", "cannot read"),
        ("n if n else 1", "cannot read"),
        ("n ** 99999999", "cannot read"),
        ("(" * 100 + "n" + ")" * 100, "cannot read"),
        ("n" * (MAX_RULE_CHARACTERS + 1), "at most 500 characters"),
        ("n % 0", "divides by zero"),
    ],
)
def test_a_wrong_rule_is_an_error_of_one_line(rule, words):
    with pytest.raises(ValueError, match=words) as error:
        form_number(rule, 3)

    assert "\n" not in str(error.value)


@given(st.lists(st.sampled_from(["n", "!", "?", ":", "(", ")", "%", "9", "<", "&&"])).map("".join))
def test_every_rule_gives_a_number_or_is_an_error(rule):
    try:
        form = form_number(rule, 3)
    except ValueError:
        return
    assert isinstance(form, int)


@pytest.mark.parametrize("piece", ["!", "n?n:", "-n", "n*", "n?"])
def test_a_long_rule_is_read_or_is_an_error(piece):
    rule = piece * ((MAX_RULE_CHARACTERS - 1) // len(piece)) + "n"
    try:
        form = form_number(rule, 3)
    except ValueError:
        return
    assert isinstance(form, int)
