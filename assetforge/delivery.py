"""Puts one artifact at its target: atomically, and not over hand-made work."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from shlex import quote

from assetforge.action import VariantName
from assetforge.digest import Digest, digest_of_file
from assetforge.store.cas import Cas
from assetforge.store.record import Written
from assetforge.trace.stamp import changed_ns


class Refusal(Exception):
    """A target must not, or cannot, be written; `code` is a stable word for scripts."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(message)


def current_stat(
    root: Path, artifact: Digest, before: Written | None, path: str
) -> os.stat_result | None:
    """Return what the system says of a target that still holds what was written there, or None.

    Its size and times tell. Where only the time of change or the inode is another one, its bytes
    do: somebody may have written over it in place and set its time back.
    """
    if before is None or before.artifact != artifact:
        return None
    place = os.path.join(root, path)  # noqa: PTH118  for each of 100,000, several times as fast
    try:
        found = os.stat(place)  # noqa: PTH116
        if (found.st_size, found.st_mtime_ns) != (before.size, before.mtime_ns):
            return None
        if _is_stamped(found, before) or digest_of_file(Path(place)) == artifact:
            return found
    except OSError:
        pass
    return None


def _is_stamped(found: os.stat_result, before: Written) -> bool:
    """Tell whether a file was not changed or replaced since, as far as it was noted then."""
    return (not before.ctime_ns or changed_ns(found) == before.ctime_ns) and (
        not before.inode or found.st_ino == before.inode
    )


def bring(
    root: Path,
    path: str,
    variant: VariantName,
    artifact: Digest,
    before: Written | None,
    cas: Cas,
    *,
    force: bool,
    known: Callable[[Digest], bool],
) -> bool:
    """Make a target hold an artifact; False when it held its bytes already.

    Args:
        root: of the project.
        path: of the target, relative to the root.
        variant: whose target it is.
        artifact: what it is to hold.
        before: what was written there last, if anything was.
        cas: what has the artifact.
        force: write over whatever is there.
        known: tells whether some store has a blob.

    Raises:
        Refusal: it holds somebody's work, or cannot be written.
        StoreProblem: the artifact cannot be read.
    """
    try:
        holds = _held(root, path)
        if holds == artifact:
            return False
        if holds and not (force or _is_ours(holds, before, known)):
            how = "was edited since it was written" if before else "was not written by assetforge"
            words = (
                f"'{path}' {how}; `assetforge import {quote(path)} --as "
                f"{quote(variant)}` takes it in, --force overwrites it"
            )
            raise Refusal("hand-made", words)
        cas.deliver(artifact, root / path)
    except OSError as error:
        raise Refusal("unwritable", f"cannot write '{path}': {error.strerror}") from error
    return True


def _held(root: Path, path: str) -> Digest | None:
    """Return the digest of what is at a target's path now, None where nothing is.

    Raises:
        Refusal: no file of the project can be there.
        OSError: it cannot be read.
    """
    place = root / path
    if not is_inside(root, place.parent):
        raise Refusal("outside", f"'{path}' leads out of the project")
    try:
        mode = place.stat().st_mode
        if stat.S_ISDIR(mode):
            raise Refusal("is-folder", f"'{path}' is a folder")
        if stat.S_ISREG(mode):
            return digest_of_file(place)
    except OSError as error:
        if not place.is_symlink():
            if isinstance(error, (FileNotFoundError, NotADirectoryError)):
                return None
            raise
    raise Refusal("hand-made", f"'{path}' is no regular file")


def is_inside(root: Path, folder: Path) -> bool:
    """Tell whether a folder lies in the project, links followed."""
    real = os.path.realpath(folder)
    return real.startswith(os.path.join(root, "")) or Path(real).is_relative_to(root)  # noqa: PTH118


def _is_ours(holds: Digest, before: Written | None, known: Callable[[Digest], bool]) -> bool:
    """Tell whether bytes are assetforge's own, so that nothing is lost with them.

    What a store holds counts even where no record is left: a killed build had no time to write
    one, a version control system puts back older pictures, and a fresh clone has only those.
    """
    return (before is not None and before.artifact == holds) or known(holds)
