"""Folders that are looked at again and again."""

import os
import threading

import pytest

from assetforge.watch.polling import look, polled


@pytest.fixture
def looks(tmp_path):
    """What changed since the last look, at every call."""
    stop = threading.Event()
    found = polled([tmp_path], stop)
    (tmp_path / "first.txt").write_text("one")
    next(found)
    yield lambda: next(found)
    stop.set()
    assert list(found) == []


def test_two_saves_in_one_second_are_two_changes(tmp_path, looks):
    file = tmp_path / "first.txt"
    seen = []
    for words in ("two", "six"):
        file.write_text(words)
        seen.append(looks())

    assert seen == [{file}, {file}]


def test_new_ones_and_gone_ones_are_seen_and_what_stays_is_not(tmp_path, looks):
    (tmp_path / "new.txt").write_text("new")
    (tmp_path / "below").mkdir()
    first = looks()
    (tmp_path / "below/deep.txt").write_text("nobody asked")
    second = looks()
    (tmp_path / "new.txt").unlink()

    assert first == {tmp_path / "new.txt", tmp_path / "below"}
    assert second == set()
    assert looks() == {tmp_path / "new.txt"}


def test_a_folder_that_is_gone_is_a_change_and_no_error(tmp_path):
    folder = tmp_path / "gone"

    assert look([folder]) == {}
    folder.mkdir()
    assert list(look([folder])) == [str(folder)]


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_link_to_nowhere_is_there(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")

    assert set(look([tmp_path])) == {str(tmp_path), str(tmp_path / "link")}
