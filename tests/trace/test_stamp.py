"""Stamps: what tells a file from what it was."""

import os
import time

import pytest

from assetforge.trace.stamp import (
    COARSE_TICK_NS,
    TICK_NS,
    UNPROVEN,
    is_young,
    leads_to,
    names_in,
    stamp_of,
)

SECOND = 1_000_000_000


def test_a_file_has_times_size_and_inode(tmp_path):
    path = tmp_path / "a"
    path.write_text("words")
    status = path.stat()

    expected = status.st_mtime_ns, status.st_ctime_ns, 5, status.st_ino
    assert stamp_of(str(path)) == expected


@pytest.mark.parametrize("name", ["gone", "with\0nul", "a/below-a-file"])
def test_what_is_not_there_has_none(tmp_path, name):
    (tmp_path / "a").write_text("")

    assert stamp_of(f"{tmp_path}/{name}") is None


@pytest.mark.skipif(os.name != "posix", reason="there is no time of change elsewhere")
def test_an_edit_of_the_same_size_shows_though_its_time_is_set_back(tmp_path):
    path = tmp_path / "a"
    path.write_text("one")
    was = path.stat()
    before = stamp_of(str(path)) or UNPROVEN
    while is_young(before, time.time_ns()):
        time.sleep(0.002)

    path.write_text("two")
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))

    after = stamp_of(str(path)) or UNPROVEN
    assert after[::2] == before[::2], "size and time of modification are the same"
    assert after != before


def test_nothing_has_the_stamp_of_the_unproven(tmp_path):
    (tmp_path / "empty").write_text("")
    os.utime(tmp_path / "empty", ns=(0, 0))

    assert stamp_of(str(tmp_path / "empty")) != UNPROVEN


@pytest.mark.parametrize(
    ("mtime", "ctime", "now", "young"),
    [
        (5 * SECOND + 1, 1, 5 * SECOND + 1, True),
        (1, 5 * SECOND + 1, 5 * SECOND + 1 + TICK_NS, True),
        (1, 5 * SECOND + 1, 5 * SECOND + 2 + TICK_NS, False),
        (4 * SECOND, 4 * SECOND, 4 * SECOND + COARSE_TICK_NS, True),
        (4 * SECOND, 4 * SECOND, 4 * SECOND + COARSE_TICK_NS + 1, False),
        (9 * SECOND, 1, 5 * SECOND, True),
    ],
    ids=["now", "a tick ago", "before that", "whole seconds", "two of them ago", "to come"],
)
def test_what_an_edit_might_leave_the_same_is_young(mtime, ctime, now, young):
    assert is_young((mtime, ctime, 1, 1), now) is young


def test_names_in_a_folder_tell_kinds_apart_and_leave_hidden_ones_out(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "a").write_text("")
    (tmp_path / ".hidden").write_text("")
    (tmp_path / "c").symlink_to("a")
    (tmp_path / "d").symlink_to("b")

    assert names_in(str(tmp_path)) == "a\0b/\0c@\0d/@"


@pytest.mark.parametrize("name", ["gone", "file"])
def test_what_is_no_folder_has_no_names(tmp_path, name):
    (tmp_path / "file").write_text("")

    assert names_in(str(tmp_path / name)) is None


def test_a_link_leads_to_its_end(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").symlink_to("a")
    (tmp_path / "c").symlink_to("b")

    assert leads_to(str(tmp_path / "c")) == os.path.realpath(tmp_path / "a")
    assert [leads_to(str(tmp_path / each)) for each in ("a", "gone", "with\0nul")] == ["", "", ""]
