import os

import pytest

from assetforge.catalogs.formats import folder
from assetforge.errors import InvalidSource, Place
from tests.catalogs.data import FASTLANE


def read(path, name="de"):
    return folder.read(path, name, name, "").own


def test_a_folder_gives_one_message_per_text_file():
    messages = read(FASTLANE / "iw-IL", "store/iw-IL")

    assert sorted(messages) == ["full_description", "short_description", "title"]
    assert messages["title"].value == "ת'אנדרבירד: שחרר את תיבת הדואר שלך"
    assert messages["title"].place("x") == Place("x", 1, 1)


def test_an_absent_file_is_a_missing_message():
    assert "title" not in read(FASTLANE / "th", "th")


def test_final_newlines_do_not_count_and_inner_ones_do(tmp_path):
    tmp_path.joinpath("a.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\r\n\r\n")

    assert read(tmp_path)["a"].value == "one\ntwo"


def test_a_file_of_spaces_is_an_empty_message(tmp_path):
    tmp_path.joinpath("a.txt").write_text(" \n\n", encoding="utf-8")
    tmp_path.joinpath("b.txt").touch()

    assert {id: message.state for id, message in read(tmp_path).items()} == dict.fromkeys(
        "ab", "empty"
    )


def test_what_is_no_message_is_ignored(tmp_path):
    for name in ("Icon\r", ".title.txt", "notes.md", ".DS_Store"):
        tmp_path.joinpath(name).write_bytes(b"\xff")
    tmp_path.joinpath("changelogs").mkdir()
    tmp_path.joinpath("changelogs/100.txt").write_bytes(b"\xff")
    tmp_path.joinpath("images.txt").mkdir()

    assert read(tmp_path) == {}


def test_text_is_not_normalised(tmp_path):
    tmp_path.joinpath("a.txt").write_text("cafe\u0301\u2028\u200d", encoding="utf-8")

    assert read(tmp_path)["a"].value == "cafe\u0301\u2028\u200d"


def test_every_damaged_file_is_named_with_its_place(tmp_path):
    tmp_path.joinpath("a.txt").write_bytes(b"fine\nna\xefve")
    tmp_path.joinpath("b.txt").write_bytes(b"hi\nthere\tyou")
    tmp_path.joinpath("c.txt").write_bytes(b"<<<<<<< ours\nA\n=======\nB\n>>>>>>> theirs\n")
    tmp_path.joinpath("d.txt").write_bytes("hi".encode("utf-16"))

    with pytest.raises(InvalidSource) as damage:
        read(tmp_path)

    assert [str(problem) for problem in damage.value.diagnostics] == [
        "de/a.txt:2:3: the byte 0xef is no UTF-8; save the file as UTF-8",
        "de/b.txt:2:6: text holds a tab (U+0009); only line breaks are allowed; remove it",
        "de/c.txt:1:1: merge conflict is not resolved",
        "de/c.txt:5:1: merge conflict is not resolved",
        "de/d.txt:1:1: is UTF-16; save the file as UTF-8",
    ]


def test_a_folder_that_is_not_there_is_a_located_problem(tmp_path):
    with pytest.raises(InvalidSource, match=r"^de: cannot be read: no such file or directory$"):
        read(tmp_path / "de")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.txt")

    with pytest.raises(InvalidSource, match=r"^de/a.txt: is not a file$"):
        read(tmp_path)


def test_a_dangling_link_is_a_located_problem(tmp_path):
    tmp_path.joinpath("a.txt").symlink_to(tmp_path / "nowhere")

    with pytest.raises(InvalidSource, match=r"^de/a.txt: cannot be read"):
        read(tmp_path)


def test_a_huge_file_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("assetforge.catalogs.text.MAX_BYTES", 2**20)
    tmp_path.joinpath("a.txt").write_bytes(b"x" * (2**20 + 1))

    with pytest.raises(InvalidSource, match=r"^de/a.txt: is larger than 1 MB$"):
        read(tmp_path)
