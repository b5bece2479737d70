import threading

import pytest

from assetforge.errors import ActionFailed
from assetforge.reading import engine
from assetforge.reading.data import is_installed
from assetforge.reading.preparing import cut, grey_of
from tests.reading.lettering import lettered, readable


def seen(*texts):
    image = grey_of(lettered(*texts))
    return cut(image, (0, 0, *image.size))


def test_without_the_engine_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setattr(engine, "tesserocr", None)
    monkeypatch.setattr(engine, "_LOADED", threading.local())

    with pytest.raises(ActionFailed, match=r"pip install 'assetforge\[verify\]'") as caught:
        engine.read_text(seen(), "eng")
    assert caught.value.code == "no-reader"


@readable
def test_lines_are_read_with_their_boxes():
    lines = engine.read_lines(
        seen((20, 20, 32, "black", "Fresh bread"), (20, 120, 32, "black", "Open")), "eng"
    )

    assert [each.text for each in lines] == ["Fresh bread", "Open"]
    x, y, width, height = lines[0].box
    assert 18 <= x <= 26
    assert 24 <= y <= 38
    assert 150 <= width <= 210
    assert 18 <= height <= 32
    assert lines[0].confidence > 80


@readable
def test_nothing_is_read_where_nothing_is():
    assert engine.read_lines(seen(), "eng") == []
    assert engine.read_text(seen(), "eng").strip() == ""


@readable
@pytest.mark.skipif(not is_installed("heb"), reason="needs the package tesseract-ocr-heb")
def test_lines_from_right_to_left_are_whole_and_in_logical_order():
    words = (20, 20, 36, "black", "שלום לכולם"[::-1])
    image = grey_of(lettered(words, font="NotoSansHebrew.ttf"))

    (line,) = engine.read_lines(cut(image, (0, 0, *image.size)), "heb")

    assert line.text == "שלום לכולם"


@readable
def test_a_thread_keeps_few_models(monkeypatch):
    monkeypatch.setattr(engine, "_LOADED", threading.local())
    monkeypatch.setattr(engine, "KEPT", 1)

    engine.read_text(seen(), "eng")
    first = engine._LOADED.kept["eng"]
    engine.read_text(seen(), "eng+eng")
    engine.read_text(seen(), "eng+eng")

    assert list(engine._LOADED.kept) == ["eng+eng"]
    assert engine._LOADED.kept["eng+eng"] is not first


@readable
def test_a_damaged_model_is_a_clear_error(tmp_path, monkeypatch):
    (tmp_path / "xyz.traineddata").write_bytes(b"no model")
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))

    with pytest.raises(ActionFailed, match="cannot be loaded; install it again"):
        engine.read_text(seen(), "xyz")


@readable
def test_the_engine_says_what_it_is():
    assert engine.version().startswith("tesseract ")
