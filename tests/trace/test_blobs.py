"""Which pictures the store has to have, for a trace to hold."""

from pathlib import Path

import pytest

from assetforge.trace.blobs import add_blobs, missing, write_blobs

ONE = "aa" + "0" * 62
TWO = "aa" + "1" * 62
THREE = "bb" + "0" * 62


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A folder of the store that has two pictures; the trace is beside it."""
    (tmp_path / "aa").mkdir()
    for each in (ONE, TWO):
        (tmp_path / "aa" / each).write_text("picture")
    write_blobs(str(tmp_path), "g", [TWO, ONE, ONE])
    return tmp_path


def lacks(store: Path, place: str = "aa") -> bool:
    return missing(str(store), "g", str(store / place))


def test_a_folder_that_has_all_lacks_none(store):
    assert not lacks(store)


def test_a_picture_that_nobody_asks_for_may_be_gone(store):
    (store / "bb").mkdir()

    assert not lacks(store, "bb")


def test_a_picture_that_is_gone_or_empty_is_missing(store):
    (store / "aa" / ONE).write_text("")
    assert lacks(store)

    (store / "aa" / ONE).unlink()
    assert lacks(store)


def test_pictures_are_added_to_those_before(store):
    add_blobs(str(store), "g", [THREE])

    assert not lacks(store)
    assert lacks(store, "bb")
    (store / "bb").mkdir()
    (store / "bb" / THREE).write_text("picture")
    assert not lacks(store, "bb")
    (store / "aa" / TWO).unlink()
    assert lacks(store)


def test_what_is_not_as_it_was_written_may_lack_anything(store):
    path = store / "g.blobs"
    half = path.stat().st_size
    add_blobs(str(store), "g", [THREE])
    data = path.read_bytes()
    for end in range(len(data)):
        path.write_bytes(data[:end])
        assert lacks(store) is (end != half), end
    for at in range(len(data)):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert lacks(store), at

    path.unlink()
    assert lacks(store)
