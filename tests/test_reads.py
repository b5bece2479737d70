"""What is read is noted with the state it had before; only while somebody asks."""

import pytest

from assetforge.reads import listing, noting_reads, reading, variable, wrote
from assetforge.trace.stamp import names_in, stamp_of


def test_without_anybody_asking_nothing_is_noted(tmp_path):
    assert reading(tmp_path / "a") == tmp_path / "a"
    assert listing(tmp_path) == tmp_path
    wrote(tmp_path / "a")
    assert variable("GONE") is None

    with noting_reads() as reads:
        pass
    reading(tmp_path / "a")
    assert not reads.files


def test_a_file_is_noted_in_the_state_before_it_was_first_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a"
    path.write_text("one")
    before = stamp_of(str(path))

    with noting_reads() as reads:
        assert reading(path).read_text() == "one"
        path.write_text("two and three")
        reading(path.relative_to(tmp_path))
        reading(tmp_path / "gone")

    assert reads.files == {str(path): before, str(tmp_path / "gone"): None}


def test_a_folder_is_noted_with_its_names(tmp_path):
    (tmp_path / "a").write_text("")
    before = stamp_of(str(tmp_path))

    with noting_reads() as reads:
        listing(tmp_path)
        (tmp_path / "b").write_text("")
        listing(tmp_path)
        listing(tmp_path / "gone")

    assert reads.folders == {str(tmp_path): (before, "a"), str(tmp_path / "gone"): (None, None)}


def test_what_was_written_is_noted_as_it_is_since(tmp_path):
    path = tmp_path / "folder" / "a"
    with noting_reads() as reads:
        listing(path.parent)
        reading(path)
        path.parent.mkdir()
        path.write_text("words")
        wrote(path)
        (tmp_path / "b").write_text("")
        wrote(tmp_path / "b")

    assert reads.files == {str(each): stamp_of(str(each)) for each in (path, tmp_path / "b")}
    assert reads.written == {*reads.files}
    assert reads.folders == {str(path.parent): (stamp_of(str(path.parent)), "a")}
    assert names_in(str(path.parent)) == "a"


@pytest.mark.parametrize("value", ["", "words", None])
def test_a_variable_is_noted_though_it_is_unset(monkeypatch, value):
    monkeypatch.delenv("ASKED", raising=False)
    if value is not None:
        monkeypatch.setenv("ASKED", value)

    with noting_reads() as reads:
        assert variable("ASKED") == value

    assert reads.variables == {"ASKED": value}


def test_who_asks_inside_is_told_of_the_inside_only(tmp_path):
    with noting_reads() as outer:
        with noting_reads() as inner:
            reading(tmp_path / "a")
        reading(tmp_path / "b")

    assert [*inner.files] == [str(tmp_path / "a")]
    assert [*outer.files] == [str(tmp_path / "b")]
