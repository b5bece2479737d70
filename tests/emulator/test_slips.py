import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetforge.emulator.slips import clusters, slips
from assetforge.reading.comparison import normal

TEXTS = [
    "Summer sale 50%",
    "夏のセール開催中",
    "تخفيضات الصيف الكبيرة",
    "حراج تابستانی",
    "ส่วนลดฤดูร้อน",
    "ग्रीष्मकालीन छूट 50%",
    "여름 세일",
    "Fußsalbe",
    "اٱكکهةيى",
]

seeds = st.binary(min_size=32, max_size=32)


@given(st.sampled_from(TEXTS), st.sampled_from(TEXTS), seeds)
def test_whatever_is_drawn_wrong_shows_in_the_loosest_comparison(one, two, seed):
    texts = {"headline": one, "cta": two}
    found = list(slips(texts, seed, 100))

    assert found == list(slips(texts, seed, 100))
    assert {each.slot for each in found} == {"headline", "cta"}
    for each in found:
        assert each.expected == texts[each.slot]
        assert normal(each.drawn, "folded") != normal(each.expected, "folded")


@given(st.sampled_from(TEXTS), seeds)
def test_one_letter_is_wrong_and_no_more(text, seed):
    letters = len(clusters(text))
    more = {"deleted": -1, "doubled": 1, "swapped": 0, "replaced": 0}

    for each in slips({"headline": text}, seed, 100):
        assert len(clusters(each.drawn)) == letters + more[each.how]


def test_so_many_of_a_hundred_pictures_have_a_slip():
    seeds = [number.to_bytes(32) for number in range(2000)]
    slipped = sum(any(slips({"a": "Hello"}, seed, 10)) for seed in seeds)

    assert 150 < slipped < 250
    assert not any(any(slips({"a": "Hello"}, seed, 0)) for seed in seeds[:50])


def test_every_way_is_the_first_for_some_picture():
    found = (next(slips({"a": "Hello"}, bytes([each] * 32), 100)) for each in range(40))

    assert {each.how for each in found} == {"deleted", "doubled", "swapped", "replaced"}


@pytest.mark.parametrize("texts", [{}, {"a": ""}, {"a": "!?"}])
def test_where_there_is_no_letter_nothing_is_wrong(texts):
    assert list(slips(texts, bytes(32), 100)) == []


def test_a_single_letter_is_never_left_out():
    assert {each.how for each in slips({"a": "5"}, bytes(32), 100)} == {"doubled", "replaced"}


@pytest.mark.parametrize(
    ("text", "letters"),
    [("né", ["n", "é"]), ("ฤดู", ["ฤ", "ดู"]), ("می\u200cروم", ["م", "ی\u200cر", "و", "م"])],
)
def test_marks_and_joiners_belong_to_their_letter(text, letters):
    assert clusters(text) == letters
