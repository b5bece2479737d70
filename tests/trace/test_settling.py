"""What was just written is settled once an edit of it would show."""

import os

from assetforge.digest import digest_of
from assetforge.trace.settling import settle
from assetforge.trace.stamp import UNPROVEN, stamp_of
from assetforge.trace.targets import Targets, row_of, write_targets


def test_a_target_that_was_edited_as_it_was_noted_is_unproven(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"theirs")
    stamp = stamp_of(str(path)) or UNPROVEN
    write_targets(str(tmp_path), "g", [str(path)], [stamp])

    settle(str(tmp_path), "g", {0: (str(path), stamp, digest_of(b"theirs"))})
    assert Targets(str(tmp_path), "g").changed(0, 1) == []

    os.utime(path)  # young again
    stamp = stamp_of(str(path)) or UNPROVEN
    settle(str(tmp_path), "g", {0: (str(path), stamp, digest_of(b"ours"))})
    assert Targets(str(tmp_path), "g").changed(0, 1) == [0]


def test_what_is_old_is_not_looked_into(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"theirs")
    old = 1_000_000_001, 1_000_000_001, 6, 1
    write_targets(str(tmp_path), "g", [str(path)], [old])

    settle(str(tmp_path), "g", {0: (str(path), old, digest_of(b"ours"))})

    assert (tmp_path / "g.stamps").read_bytes() == row_of(old)
