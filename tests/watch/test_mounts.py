"""File systems without events, from the words of Linux."""

from pathlib import Path

import pytest

from assetforge.watch import mounts
from assetforge.watch.mounts import silent, why_poll

TEXT = r"""
/dev/sdc / ext4 rw,relatime 0 0
C:\134 /mnt/c 9p rw,dirsync,aname=drvfs 0 0
tmpfs /mnt/c/fast tmpfs rw 0 0
//nas/art /mnt/my\040art cifs rw 0 0
auto /net autofs rw 0 0
nas:/x /net nfs4 rw 0 0
ada@host: /home/ada/far fuse.sshfs rw 0 0
/dev/sdd1 /media/stick fuseblk rw 0 0
""".lstrip()


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/ada/near", None),
        ("/mnt/c/work/prompts", "9p"),
        ("/mnt/c", "9p"),
        ("/mnt/cold", None),
        ("/mnt/c/fast/work", None),
        ("/mnt/my art/2026", "cifs"),
        ("/net/x", "nfs4"),
        ("/home/ada/far/x", "fuse.sshfs"),
        ("/media/stick/x", None),
    ],
)
def test_the_longest_mount_point_says_whether_there_are_events(folder, kind):
    found = silent(TEXT, [Path(folder)])

    assert found == (None if kind is None else (Path(folder), kind))


def test_one_silent_folder_of_many_is_named():
    folders = {Path("/home/ada"), Path("/net/a"), Path("/mnt/c/a")}

    assert silent(TEXT, folders) == (Path("/mnt/c/a"), "9p")


def test_where_the_system_does_not_say_there_are_events(tmp_path, monkeypatch):
    assert silent("", [tmp_path]) is None
    monkeypatch.setattr(mounts, "MOUNTS", tmp_path / "none")
    assert mounts.mounts_text() == ""


def test_why_to_poll_names_the_folder_and_the_file_system():
    assert why_poll({}, TEXT, [Path("/mnt/c/a")]) == (
        f"'{Path('/mnt/c/a')}' is on 9p, which tells of no changes"
    )
    assert why_poll({}, TEXT, [Path("/home/ada")]) == ""


def test_the_variable_of_watchfiles_is_followed_either_way():
    share, here = [Path("/mnt/c/a")], [Path("/home/ada")]

    assert why_poll({"WATCHFILES_FORCE_POLLING": "1"}, TEXT, here) == (
        "WATCHFILES_FORCE_POLLING is set"
    )
    assert why_poll({"WATCHFILES_FORCE_POLLING": "Disable"}, TEXT, share) == ""
    assert why_poll({"WATCHFILES_FORCE_POLLING": ""}, TEXT, here) == ""
