from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from assetforge.errors import UsageProblem
from assetforge.images import decode
from assetforge.reports.differences import (
    Shown,
    compared,
    compared_json,
    compared_text,
    refuse_path,
    write_side_by_side,
)
from tests.pictures import ramp, saved


def painted(*boxes: tuple[int, int, int, int], size: tuple[int, int] = (100, 80)) -> bytes:
    image = PIL.Image.new("RGB", size, "white")
    for x, y, width, height in boxes:
        image.paste("black", (x, y, x + width, y + height))
    return saved(image)


def text(one: bytes, two: bytes) -> str:
    return compared_text(compared(Shown("take 1", one), Shown("take 2", two)))


def test_the_line_says_how_much_differs_where_and_how_far_the_shapes_are_apart():
    assert text(painted(), painted((10, 20, 41, 30))) == (
        "take 1 and take 2: 15.3 % of the pixels differ, inside 41x30 at 10,20; dHash distance 6"
    )


@pytest.mark.parametrize(
    ("one", "two", "words"),
    [
        (painted(), painted(), "the same bytes"),
        (saved(ramp()), saved(ramp(), compress_level=0), "the same pixels in other bytes"),
        (
            saved(PIL.Image.new("RGB", (8, 8), (100, 100, 100))),
            saved(PIL.Image.new("RGB", (8, 8), (100, 100, 103))),
            "no pixel visibly differs; dHash distance 0",
        ),
        (
            painted(size=(400, 400)),
            painted((7, 9, 2, 3), size=(400, 400)),
            "less than 0.1 % of the pixels differ, inside 2x3 at 7,9; dHash distance 1",
        ),
        (
            painted(),
            painted(size=(50, 40)),
            "50x40 scaled to 100x80; no pixel visibly differs; dHash distance 0",
        ),
    ],
)
def test_what_is_the_same_or_nearly_so_is_told_as_such(one, two, words):
    assert text(one, two) == f"take 1 and take 2: {words}"


def test_a_document_has_numbers_and_no_words():
    found: Any = compared_json(compared(Shown("a", painted()), Shown("b", painted((1, 2, 3, 4)))))

    assert found["between"] == ["a", "b"]
    assert (found["same_bytes"], found["same_pixels"], found["same_size"]) == (False, False, True)
    assert (found["changed_permille"], found["box"]) == (1, [1, 2, 3, 4])
    assert found["pixels"][0] != found["pixels"][1]


def test_what_is_written_is_said(tmp_path):
    path = tmp_path / "two.png"

    said = write_side_by_side([Shown("take 1", painted()), Shown("take 2", painted())], path)

    assert said == f"written '{path.as_posix()}': take 1, take 2, their difference"
    assert decode(path.read_bytes()).size == (316, 80)


def test_of_three_no_difference_is_shown(tmp_path):
    shown = [Shown(f"take {each}", painted()) for each in (1, 2, 3)]

    assert write_side_by_side(shown, tmp_path / "a.PNG").endswith(": take 1, take 2, take 3")


def test_nothing_that_is_there_is_written_over(tmp_path):
    path = tmp_path / "mine.png"
    path.write_bytes(b"mine")

    with pytest.raises(UsageProblem, match="is there already"):
        refuse_path(path)
    with pytest.raises(UsageProblem, match="is there already"):
        write_side_by_side([Shown("a", painted())], path)
    assert path.read_bytes() == b"mine"


@pytest.mark.parametrize("name", ["two", "two.jpg", "two.png.webp"])
def test_only_a_png_is_written(name):
    with pytest.raises(UsageProblem, match="would be a PNG; name it 'two"):
        refuse_path(Path(name))
