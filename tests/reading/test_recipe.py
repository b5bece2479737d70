import pytest

from assetforge.reading import recipe
from assetforge.reading.languages import Models
from assetforge.reading.preparing import grey_of
from assetforge.reading.recipe import judged, read_box
from tests.reading.lettering import lettered, readable

READ = ["Free shipping\n", "FREE shipping.", "Free\nshipping"]


def test_readings_that_agree_are_equal_and_say_what_was_overlooked():
    assert judged("Free shipping", READ, [], "folded").verdict == "equal"
    assert judged("Free shipping!", ["FREE shipping"] * 3, [], "folded").overlooked == (
        "case",
        "punctuation",
    )


def test_the_strict_comparison_takes_case_and_punctuation_for_what_they_are():
    assert judged("Free shipping", ["Free shipping"] * 4, [], "strict").verdict == "equal"
    assert judged("Free shipping", ["Free Shipping"] * 4, [], "strict").verdict == "look"
    assert judged("Free shipping", ["Free shipping."] * 4, [], "strict").verdict == "look"


@pytest.mark.parametrize(
    ("found", "verdict"), [("Fre shipping", "look"), ("Sold out today", "differs"), ("", "differs")]
)
def test_what_is_nearly_right_has_to_be_looked_at(found, verdict):
    reading = judged("Free shipping", [found] * 4, [], "folded")

    assert (reading.verdict, reading.found, reading.passes) == (verdict, found, 4)


def test_where_readings_disagree_the_usual_departure_is_shown():
    reading = judged("cello", ["cello", "celo", "cello", "celo"], [], "folded")

    assert (reading.verdict, reading.found) == ("look", "celo")


def test_figures_that_letters_are_misread_for_are_read_apart():
    right = judged("λίστα 50%", ["λίστα 5096"] * 4, ["ata 50%"] * 3, "folded")
    wrong = judged("λίστα 50%", ["λίστα 5096"] * 4, ["ata 56%"] * 3, "folded")

    assert (right.verdict, right.overlooked) == ("equal", ("figures",))
    assert wrong.verdict == "look"


def test_mistakes_of_single_readings_are_named_where_none_is_right():
    read = ["freeshippin9", "fneeshipping", "freeshlpping", "freeshipqing", "treeshipping"]

    assert judged("freeshipping", read, [], "folded").overlooked == ("misreadings",)


def test_what_is_cut_off_is_told_from_what_is_wrong():
    assert judged("Buy now", ["uy now"] * 4, [], "folded").cut_off
    assert not judged("Buy now", ["Buynow", "Bvy now", "Bay now"], [], "folded").cut_off


@readable
def test_figures_are_read_apart_each_time():
    grey = grey_of(lettered((20, 20, 30, "black", "Pay 30% in 4 parts"), size=(400, 80)))
    box, models = (16, 22, 300, 40), Models("eng", None)

    sure = read_box(grey, box, 24, "Pay 30% in 4 parts", models)
    wrong = read_box(grey, box, 24, "Pay 80% in 4 parts", models)

    assert (sure.verdict, sure.passes) == ("equal", 7)
    assert wrong.verdict == "look"


def test_where_readings_disagree_further_ones_and_another_model_are_asked(monkeypatch):
    asked: list[str] = []
    reads = iter(["Open", "0pen", "Open", "Open", "Open", "Open", "Open", "Open"])

    def read(grey, model):
        asked.append(model)
        return next(reads)

    monkeypatch.setattr(recipe, "read_text", read)
    grey = grey_of(lettered(size=(100, 40)))

    reading = read_box(grey, (10, 10, 60, 20), 20, "Open", Models("ara", "Arabic"))

    assert (reading.verdict, reading.passes) == ("equal", 8)
    assert asked == ["ara", "ara", "ara", "ara+eng", "ara", "Arabic", "ara", "Arabic"]
