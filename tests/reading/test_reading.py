from types import SimpleNamespace

import numpy as np
import pytest

from assetforge.errors import ActionFailed
from assetforge.images import from_raw
from assetforge.reading import Models, Wanted, read_copy, readers_for
from assetforge.reading import detector as detecting
from tests.reading.lettering import lettered, readable

ENGLISH = readers_for("en", "Latn")
SIZE = (480, 240)
ALL = (0, 0, *SIZE)
BANNER = lettered(
    (20, 20, 34, "white", "Fresh bread"),
    (20, 66, 34, "white", "every morning"),
    (20, 150, 20, "#ffe080", "Only until 31 January"),
    size=SIZE,
    ground="#203060",
)


def read(image, within=ALL, **wanted):
    return read_copy(
        image, [Wanted(*each, within) for each in wanted.items()], ENGLISH, within=within
    )


@readable
def test_every_slot_is_found_and_read_and_nothing_else():
    seen = read(BANNER, until="Only until 31 January", headline="Fresh bread every morning")

    assert {slot: each.verdict for slot, each in seen.readings.items()} == {
        "headline": "equal",
        "until": "equal",
    }
    assert seen.extras == []
    assert seen.boxes["headline"][1] < 60 < seen.boxes["until"][1]
    assert 20 < seen.line_heights["headline"] < 40


@readable
@pytest.mark.parametrize(
    ("expected", "shown"),
    [
        ("Fresh breed every morning", "Fresh bread every morning"),
        ("Only until 30 January", "Only until 31 January"),
    ],
)
def test_one_wrong_letter_or_digit_is_never_equal(expected, shown):
    reading = read(BANNER, text=expected).readings["text"]

    assert (reading.verdict, reading.found) == ("look", shown)


@readable
def test_text_that_belongs_to_no_slot_is_found():
    (extra,) = read(BANNER, headline="Fresh bread every morning").extras

    assert (extra.verdict, extra.text) == ("differs", "Only until 31 January")
    assert extra.box[1] > 140


@readable
def test_a_slot_that_is_not_there_is_not_read():
    seen = read(BANNER, headline="Fresh bread every morning", offer="Zwölf Boxkämpfer")

    assert (seen.readings["offer"].verdict, seen.readings["offer"].found) == ("differs", "")
    assert "offer" not in seen.boxes


@readable
def test_what_lies_outside_is_not_looked_at():
    seen = read(BANNER, within=(0, 130, 480, 110), until="Only until 31 January")

    assert seen.readings["until"].verdict == "equal"
    assert seen.extras == []


@readable
def test_dark_text_on_a_light_button_of_a_dark_picture_is_read():
    image = lettered(size=SIZE, ground="#203060")
    image.paste("#ffb020", (30, 60, 250, 120))
    image.paste(
        lettered((8, 4, 24, "black", "Book now"), size=(160, 40), ground="#ffb020"), (60, 70)
    )

    seen = read(image, action="Book now")

    assert seen.readings["action"].verdict == "equal"
    assert seen.extras == []


def test_the_detector_has_to_be_installed_to_be_used(monkeypatch):
    monkeypatch.setattr(detecting, "rapidocr", None)
    detecting._detector.cache_clear()

    with pytest.raises(ActionFailed, match=r"pip install 'assetforge\[rapidocr\]'") as caught:
        read_copy(BANNER, [], ENGLISH, within=ALL, detector=True)
    assert caught.value.code == "no-reader"


@readable
def test_the_boxes_of_a_detector_are_read_like_any_other(monkeypatch):
    """RapidOCR itself is large and no dependency of the tests."""

    class Detector:
        def __call__(self, colours, **options):
            assert colours.shape == (240, 480, 3)
            corners = [[15.0, 148.0], [260.0, 149.0], [260.0, 182.0], [15.0, 182.0]]
            return SimpleNamespace(boxes=np.array([corners]))

    monkeypatch.setattr(detecting, "_detector", Detector)

    seen = read_copy(
        BANNER, [Wanted("until", "Only until 31 January", ALL)], ENGLISH, within=ALL, detector=True
    )

    assert seen.readings["until"].verdict == "equal"


def test_the_model_of_the_script_is_left_out_where_it_is_not_installed(tmp_path, monkeypatch):
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    (tmp_path / "Tibetan.traineddata").touch()

    assert readers_for("bo", "Tibt") == Models("bod", "Tibetan")

    (tmp_path / "Tibetan.traineddata").unlink()

    assert readers_for("bo", "Tibt") == Models("bod", None)


@readable
def test_the_grain_of_a_photograph_is_no_text():
    grain = np.random.default_rng(7).normal(0, 9, (240, 480, 1))
    pixels = np.clip(np.asarray(BANNER) + grain, 0, 255).astype(np.uint8)
    image = from_raw("RGB", SIZE, pixels.tobytes())

    seen = read(image, headline="Fresh bread every morning", until="Only until 31 January")

    assert [each.verdict for each in seen.readings.values()] == ["equal", "equal"]
    assert seen.extras == []
    assert read(image.crop((0, 190, 480, 240)), within=(0, 0, 480, 50)).extras == []
