"""What kind of file system a folder is on: not on all are SQLite's locks to be trusted."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from assetforge.errors import StoreProblem

MOUNTS = Path("/proc/self/mountinfo")
"""Where Linux says what is mounted; elsewhere nothing is known."""

NETWORKED: Final = frozenset(
    {"afs", "cifs", "davfs", "ncpfs", "nfs", "nfs4", "smb2", "smb3", "smbfs"}
    | {
        f"fuse.{each}"
        for each in (
            "blobfuse",
            "blobfuse2",
            "davfs",
            "davfs2",
            "gcsfuse",
            "geesefs",
            "goofys",
            "mount-s3",
            "rclone",
            "s3fs",
            "smbnetfs",
            "sshfs",
        )
    }
)
"""Kinds that several machines may write to at once, without locks that SQLite could trust.

Source: sqlite.org/faq.html#q5, sqlite.org/wal.html ("does not work over a network filesystem").
Those of one machine and its containers are none: overlay, virtiofs, fuse.grpcfuse, fakeowner, 9p.
"""

ESCAPED: Final = re.compile(r"\\([0-7]{3})")


def refuse_network(root: Path) -> None:
    """Refuse a store on a file system of another machine.

    Raises:
        StoreProblem: it is on one.
    """
    kind = kind_of(root, _mounts())
    if kind in NETWORKED:
        raise StoreProblem(
            f"the store in '{root}' is on a network file system ({kind}), where several machines "
            f"may damage it at once: keep it on a local disk, for example make '{root.name}' a "
            "link to a folder there, and share results through ASSETFORGE_REMOTE"
        )


def _mounts() -> str:
    try:
        return MOUNTS.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""


def kind_of(folder: Path, mounts: str) -> str | None:
    """Return the kind of file system a folder is on, or would be; None: it is not known.

    Args:
        folder: need not be there.
        mounts: what the system says of its mounts. Source: proc_pid_mountinfo(5): the fifth field
            is where, the first after the dash is the kind.
    """
    above = {str(each) for each in (folder.resolve(), *folder.resolve().parents)}
    found = [each for each in map(_mount, mounts.splitlines()) if each and each[0] in above]
    if not found:
        return None
    # Of two at one place, the later hides the earlier, and stays behind it here.
    return sorted(found, key=lambda each: len(each[0]))[-1][1]


def _mount(line: str) -> tuple[str, str] | None:
    """Return the place and the kind of a mount."""
    before, dash, after = line.partition(" - ")
    fields, rest = before.split(" "), after.split(" ")
    if not dash or len(fields) < 5:
        return None
    return ESCAPED.sub(lambda each: chr(int(each[1], 8)), fields[4]), rest[0]
