from __future__ import annotations

from pathlib import Path

import pytest

from assetforge.errors import StoreProblem
from assetforge.store import filesystem
from assetforge.store.event_log import EventLog
from assetforge.store.filesystem import MOUNTS, NETWORKED, kind_of
from assetforge.store.state import State

TYPICAL = """\
22 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
23 22 0:21 / /proc rw,nosuid shared:5 - proc proc rw
41 22 0:45 / /home rw,relatime shared:20 master:3 - nfs4 server:/home rw,vers=4.2
42 41 0:46 / /home/anna/My\\040Pictures rw - fuse.sshfs anna@host:/pictures rw
43 41 259:3 / /home/anna/local rw - xfs /dev/nvme0n1p3 rw
44 22 0:50 / /srv rw - ext4 /dev/sdb rw
45 22 0:51 / /srv rw - cifs //server/share rw
not a mount at all
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/var/store", "ext4"),
        ("/home/anna/project/.assetforge", "nfs4"),
        ("/homework", "ext4"),
        ("/home/anna/My Pictures/.assetforge", "fuse.sshfs"),
        ("/home/anna/local", "xfs"),
        ("/srv/store", "cifs"),
    ],
)
def test_the_nearest_and_latest_mount_above_a_folder_counts(folder, kind):
    assert kind_of(Path(folder), TYPICAL) == kind


def test_where_the_system_says_nothing_nothing_is_known():
    assert kind_of(Path("/home"), "") is None


@pytest.mark.skipif(not MOUNTS.exists(), reason="only Linux says")
def test_a_link_counts_as_the_folder_it_leads_to(tmp_path):
    (tmp_path / "link").symlink_to("/proc")

    assert kind_of(tmp_path / "link" / "self", MOUNTS.read_text()) == "proc"


@pytest.fixture
def mounted(tmp_path, monkeypatch):
    """Have the tests' folder look as if it was on some kind of file system."""

    def mount(kind: str) -> None:
        place = str(tmp_path.resolve())
        (tmp_path / "mounts").write_text(f"{TYPICAL}50 22 0:9 / {place} rw - {kind} x rw\n")
        monkeypatch.setattr(filesystem, "MOUNTS", tmp_path / "mounts")

    return mount


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.s3fs", "afs"])
def test_a_store_on_a_network_file_system_is_refused_before_anything_is_written(
    root, mounted, kind
):
    mounted(kind)

    for opening in (State, EventLog):
        with pytest.raises(StoreProblem, match=rf"network file system \({kind}\).* local disk"):
            opening(root)
    assert not root.exists()


@pytest.mark.parametrize(
    "kind",
    ["ext4", "btrfs", "overlay", "tmpfs", "virtiofs", "fuse.grpcfuse", "fakeowner", "9p", "apfs"],
)
def test_the_disks_of_a_machine_and_its_containers_are_fine(root, mounted, kind):
    mounted(kind)
    assert kind not in NETWORKED

    State(root).close()

    assert (root / "version").exists()
