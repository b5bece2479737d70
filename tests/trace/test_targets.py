"""Targets of a trace: read in pieces, compared row by row, updated alone."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assetforge.trace import targets
from assetforge.trace.stamp import UNPROVEN, stamp_of
from assetforge.trace.targets import (
    INODE_BITS,
    ROW_BYTES,
    UNREADABLE,
    Targets,
    row_of,
    set_stamps,
    write_targets,
)

COUNT = 7


@pytest.fixture
def paths(tmp_path, monkeypatch) -> list[str]:
    """Seven targets, whose paths are kept three to a piece."""
    monkeypatch.setattr(targets, "PIECE", 3)
    found = [tmp_path / f"{each}.png" for each in range(COUNT)]
    for each in found:
        each.write_text("x")
    stamps = [stamp_of(str(each)) or UNPROVEN for each in found]
    write_targets(str(tmp_path), "g", [str(each) for each in found], stamps)
    return [str(each) for each in found]


def changed(folder: Path, start: int = 0, end: int = COUNT) -> list[int]:
    return Targets(str(folder), "g").changed(start, end)


def test_paths_are_read_back_from_any_piece(tmp_path, paths):
    found = Targets(str(tmp_path), "g")

    for start in range(COUNT):
        for end in range(start + 1, COUNT + 1):
            assert found.paths(start, end) == paths[start:end]


def test_what_was_left_as_it_was_is_unchanged(tmp_path, paths):
    assert changed(tmp_path) == []
    assert changed(tmp_path, 3, 3) == []


def test_a_target_that_is_gone_or_another_is_changed(tmp_path, paths):
    Path(paths[1]).unlink()
    Path(paths[4]).write_text("longer")
    Path(paths[6]).unlink()
    Path(paths[6]).write_text("x")
    os.utime(paths[2], ns=(1, 1))

    assert changed(tmp_path) == [1, 2, 4, 6]
    assert changed(tmp_path, 2, 5) == [2, 4]


def test_one_row_is_written_alone(tmp_path, paths):
    set_stamps(str(tmp_path), "g", {2: UNPROVEN, 5: UNPROVEN})
    assert changed(tmp_path) == [2, 5]

    set_stamps(str(tmp_path), "g", {2: stamp_of(paths[2]) or UNPROVEN})
    assert changed(tmp_path) == [5]


def test_an_inode_of_64_bits_has_a_row():
    assert row_of((1, 2, 3, (1 << 64) - 1)) == row_of((1, 2, 3, INODE_BITS))


HARM: dict[str, Callable[[Path], object]] = {
    "no index": lambda folder: (folder / "g.index").unlink(),
    "an empty index": lambda folder: (folder / "g.index").write_bytes(b""),
    "a short index": lambda folder: (folder / "g.index").write_bytes(bytes(8)),
    "half a number": lambda folder: (folder / "g.index").write_bytes(bytes(9)),
    "a piece that is elsewhere": lambda folder: (folder / "g.index").write_bytes(b"\xff" * 32),
    "a piece that is huge": lambda folder: (folder / "g.index").write_bytes(
        bytes(8) + row_of((1 << 62, 1 << 62, 1 << 62, 0))[:24]
    ),
    "rows are missing": lambda folder: os.truncate(folder / "g.stamps", 3 * ROW_BYTES),
    "half a row": lambda folder: os.truncate(folder / "g.stamps", 3 * ROW_BYTES + 1),
    "paths are missing": lambda folder: os.truncate(folder / "g.paths", 40),
    "no paths": lambda folder: (folder / "g.paths").unlink(),
    "paths of less": lambda folder: (folder / "g.paths").write_bytes(
        (folder / "g.paths").read_bytes().replace(b"[\x03", b"[\x02")
    ),
    "no path at all": lambda folder: (folder / "g.paths").write_bytes(b"i\0\0\0\0" * 99),
}


@pytest.mark.parametrize("harm", HARM)
def test_files_that_are_not_as_they_were_written_tell_nothing(tmp_path, paths, harm):
    HARM[harm](tmp_path)

    with pytest.raises(UNREADABLE):
        changed(tmp_path)
