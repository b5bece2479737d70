"""Looks whether all that a whole build proved is still so, with as few system calls as it takes."""

from __future__ import annotations

import os
import sys
import time

from assetforge import __version__
from assetforge.trace.proof import Folder, Place, Proof, read_proof, write_proof
from assetforge.trace.stamp import Stamp, inode_of, is_young, leads_to, names_in, stamp_of
from assetforge.trace.targets import UNREADABLE, Targets

MOST_STATS = 10_000
"""Up to this many targets are all looked at by default: it takes some 25 ms."""

SLICE = 4096
"""How many targets are looked at by default where there are more: the next ones in each turn."""

TURN = "turn"
"""The file that says which slice was looked at last."""

SECONDS_A_DAY = 86_400


class Look:
    """What is not as it was.

    Attributes:
        folder: of the trace.
        proof: what was proved; what only has another time since is put right in it.
        level: how closely targets were looked at.
        changed: the files whose content is another, or of which it cannot be told.
        rows: the targets that are not as they were left.
        refreshed: whether the proof has to be written again.
    """

    __slots__ = ("changed", "folder", "level", "proof", "refreshed", "rows")

    def __init__(self, folder: str, proof: Proof, level: str) -> None:
        self.folder = folder
        self.proof = proof
        self.level = level
        self.changed: list[str] = []
        self.rows: list[int] = []
        self.refreshed = False

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to do; digests are still to be looked at where that is asked."""
        return not (self.changed or self.rows or self.level == "hash")


def look(folder: str, root: str, level: str) -> Look | None:
    """Return what changed since the trace in a folder was left.

    None: there is no trace, or what changed is not for a trace to tell: the program, its
    environment, which files there are, what the store holds.

    Args:
        folder: of the trace.
        root: the project's, absolute.
        level: how closely targets are looked at, one of `assetforge.trace.command.LEVELS`; `hash`
            is as `stat` here.
    """
    began = time.time_ns()
    proof = read_proof(folder)
    if proof is None or proof.root != root or not _is_of_now(proof, began):
        return None
    found = Look(folder, proof, level)
    for path, (stamp, digest) in proof.files.items():
        if stamp_of(path) != stamp:
            _look_into(found, path, digest, began)
    if any(leads_to(path) != where for path, where in proof.links.items()):
        return None
    if not all(_is_same(found, each, began) for each in proof.folders):
        return None
    blobs = {name: stamp for name, stamp in proof.blobs.items() if stamp_of(name) != stamp}
    if blobs and not _has_blobs(found, blobs, began):
        return None
    try:
        found.rows = _changed_rows(found, level, began)
    except UNREADABLE:
        return None
    return found


def keep(found: Look) -> None:
    """Write a proof that was put right; a store that cannot be written is no error."""
    if found.refreshed:
        try:
            write_proof(found.folder, found.proof)
        except OSError:
            return


def made_by() -> str:
    """Return which Python and which assetforge this is."""
    return f"{__version__} {sys.version} {sys.prefix}"


def _is_of_now(proof: Proof, now_ns: int) -> bool:
    """Tell whether program, environment and day are those of the proof."""
    first, end = proof.days
    today = now_ns // 1_000_000_000 // SECONDS_A_DAY
    return (
        proof.made_by == made_by()
        and (not end or first <= today < end)
        and all(digest_of_variable(name) == was for name, was in proof.variables.items())
        and all(stamp_of(path) == stamp for path, stamp in proof.code.items())
        and all(inode_of(path) == inode for path, inode in proof.store.items())
    )


def digest_of_variable(name: str) -> str:
    """Return what tells a variable's value from another, without giving it away; empty: unset."""
    value = os.environ.get(name)
    return "" if value is None else _sha256(value.encode("utf-8", "surrogateescape"))


def digest_at(path: str) -> str:
    """Return the digest of a file's bytes; empty where they cannot be read, or it is no file."""
    if not os.path.isfile(path):  # noqa: PTH113  a pipe would be waited for
        return ""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  pathlib takes too long
            return _sha256(file.read())
    except (OSError, ValueError):
        return ""


def _sha256(data: bytes) -> str:
    import hashlib  # it takes as long as all the rest, and is seldom needed

    return hashlib.sha256(data).hexdigest()


def _look_into(found: Look, path: str, digest: str, began: int) -> None:
    """Compare the content of a file whose stamp is another; the same is no change.

    What has become a link may lead out of the project.
    """
    stamp = stamp_of(path)
    if stamp is None or not digest or leads_to(path) or digest_at(path) != digest:
        found.changed.append(path)
        return
    if not is_young(stamp, began):
        found.proof.files[path] = stamp, digest
        found.refreshed = True


def _is_same(found: Look, folder: Folder, began: int) -> bool:
    """Tell whether a folder that was looked into has the same names."""
    stamp = stamp_of(folder.path)
    if stamp == folder.stamp:
        return True
    if stamp is None or names_in(folder.path) != folder.names:
        return False
    if not is_young(stamp, began):
        folder.stamp = stamp
        found.refreshed = True
    return True


def _has_blobs(found: Look, folders: dict[str, Stamp | None], began: int) -> bool:
    """Tell whether the store has all pictures in some of its folders that changed."""
    from assetforge.trace.blobs import missing  # seldom needed

    for path in folders:
        stamp = stamp_of(path)
        if stamp is None or missing(found.folder, found.proof.generation, path):
            return False
        if not is_young(stamp, began):
            found.proof.blobs[path] = stamp
            found.refreshed = True
    return True


def _changed_rows(found: Look, level: str, began: int) -> list[int]:
    """Return the targets that are not as they were left, as closely as is asked for.

    Raises one of `UNREADABLE` where what is known of them cannot be read.
    """
    proof = found.proof
    targets = Targets(found.folder, proof.generation)
    if looks_at_all(level, proof.count, trusted=proof.trusted):
        return targets.changed(0, proof.count)
    rows: set[int] = set()
    for place in proof.places:
        stamp = stamp_of(place.path)
        if stamp != place.stamp:
            fresh = targets.changed(place.start, place.end)
            rows.update(fresh)
            if stamp is not None and not fresh:
                _refresh(found, place, stamp, began)
    start = _next_slice(found)
    rows.update(targets.changed(start, min(start + SLICE, proof.count)))
    return sorted(rows)


def looks_at_all(level: str, count: int, *, trusted: bool) -> bool:
    """Tell whether every target's status is looked at, or only their folders' and a slice."""
    if level == "auto":
        return count <= MOST_STATS or not trusted
    return level != "dirs" or not trusted


def _refresh(found: Look, place: Place, stamp: Stamp, began: int) -> None:
    if not is_young(stamp, began):
        place.stamp = stamp
        found.refreshed = True


def _next_slice(found: Look) -> int:
    """Return the first row of the slice whose turn it is, and note the turn."""
    path = f"{found.folder}/{TURN}"
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            last = int.from_bytes(file.read(8), "big")
    except OSError:
        last = 0
    start = last if last < found.proof.count else 0
    try:
        with open(path, "wb") as file:  # noqa: PTH123
            file.write((start + SLICE).to_bytes(8, "big"))
    except OSError:
        pass  # a store that may only be read: the first slice it is, each time
    return start
