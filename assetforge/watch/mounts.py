"""Where the file system tells nobody of changes: shares of other machines, and of the host.

A change that another machine makes in a share, or Windows in a folder that WSL sees, reaches no
program here as an event; only looking again and again finds it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

MOUNTS: Final = Path("/proc/mounts")
"""What is mounted where, on Linux; elsewhere there is no such file."""

VARIABLE: Final = "WATCHFILES_FORCE_POLLING"
"""The variable that says whether to poll, whatever the file system; watchfiles has it."""

NO: Final = frozenset({"false", "disable", "disabled"})

SILENT: Final = frozenset(
    {"9p", "afs", "beegfs", "ceph", "cifs", "coda", "drvfs", "fakeowner", "fuse", "gpfs"}
    | {"grpcfuse", "lustre", "ncpfs", "nfs", "nfs4", "osxfs", "prl_fs", "smb3", "smbfs"}
    | {"vboxsf", "virtiofs", "vmhgfs"}
)
"""File systems whose changes may be made elsewhere; with `fuse.*`, such as `fuse.sshfs`."""


def silent(mounts: str, folders: Iterable[Path]) -> tuple[Path, str] | None:
    """Return the first folder on a file system without events, and the file system's name.

    `mounts` is the text of `/proc/mounts`; the folders are absolute, without symbolic links.
    """
    points = {Path(_unescaped(row[1])): row[2] for row in _rows(mounts)}
    for folder in sorted(folders):
        above = (each for each in (folder, *folder.parents) if each in points)
        kind = points.get(next(above, folder), "")
        if kind in SILENT or kind.startswith("fuse."):
            return folder, kind
    return None


def _rows(mounts: str) -> Iterable[list[str]]:
    """Return device, mount point and file system of each mount, in the order they were made."""
    rows = (each.split(" ") for each in mounts.splitlines())
    return (each for each in rows if len(each) >= 3)


def _unescaped(text: str) -> str:
    r"""Return a mount point as it is: blanks and the like are written as `\040` there."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def why_poll(environ: Mapping[str, str], mounts: str, folders: Iterable[Path]) -> str:
    """Say why folders have to be looked at again and again; empty: there are events."""
    if said := environ.get(VARIABLE, ""):
        return "" if said.lower() in NO else f"{VARIABLE} is set"
    if found := silent(mounts, folders):
        folder, kind = found
        return f"'{folder}' is on {kind}, which tells of no changes"
    return ""


def mounts_text() -> str:
    """Return what is mounted where; empty where the system does not say."""
    try:
        return os.fsdecode(MOUNTS.read_bytes())
    except OSError:
        return ""
