"""Conflicts in a lock: both sides are read, merged by what they mean, and written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assetforge import git
from assetforge.errors import Diagnostic, InvalidSource
from assetforge.lock.entry import to_json
from assetforge.lock.folder import (
    bytes_of,
    lock_paths,
    read_file,
    read_lock,
    write_changes,
    write_file,
)
from assetforge.lock.merge import Clash, Entries, first_conflict, merged, sides
from assetforge.lock.text import read_text


@dataclass(frozen=True, slots=True)
class Resolved:
    """A file that was in conflict; `clashes` are the slots that both sides changed."""

    file: str
    clashes: tuple[Clash, ...] = ()


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is known of a file in conflict: the entries of both sides, and of their base."""

    path: Path
    base: Entries | None
    ours: Entries
    theirs: Entries


def resolve(root: Path, folder: Path, scratch: Path) -> list[Resolved]:
    """Resolve every conflict of a lock, remove what stands there twice, and return what was done.

    Nothing is written unless all files can be read, and all conflicts resolved. What git has staged
    is left alone. Whoever calls holds the store's transaction.

    Raises:
        InvalidSource: a file, or one side of it, cannot be read; every problem of all of them.
        StoreProblem: a file cannot be written.
    """
    conflicts = _conflicts(root, folder)
    done = {each.path.name: _settled(each, scratch) for each in conflicts}
    lock = read_lock(folder)
    for name in write_changes(folder, lock.entries, scratch) if lock.repairs else ():
        done.setdefault(name, Resolved(f"{folder.name}/{name}"))
    return [done[name] for name in sorted(done)]


def _conflicts(root: Path, folder: Path) -> list[Conflict]:
    """Return what is in conflict; all other files can be read.

    Raises:
        InvalidSource: as in `resolve`.
    """
    problems: list[Diagnostic] = []
    found = []
    unresolved = conflicted(root, folder)
    for path in lock_paths(folder):
        try:
            if path in unresolved:
                found.append(_opened(root, path))
            else:
                read_file(path)
        except InvalidSource as error:
            problems += error.diagnostics
    if problems:
        raise InvalidSource(problems)
    return found


def conflicted(root: Path, folder: Path) -> list[Path]:
    """Return the files that are in conflict: by their markers, or by what git says of them."""
    unmerged = {root / each for each in git.unmerged(root, folder.name)}
    return [path for path in lock_paths(folder) if _is_open(root, path, path in unmerged)]


def _is_open(root: Path, path: Path, unmerged: bool) -> bool:
    """Tell whether a file is not resolved yet.

    One that git calls unmerged may be: only `git add` tells it so. It is open where it is in
    conflict, or still as one side has it: one side may lack the file, or git was told not to merge.
    """
    data = bytes_of(path, path.name) or b""
    if first_conflict(data.decode("utf-8", "replace")):
        return True
    found = git.stages(root, f"{path.parent.name}/{path.name}") if unmerged else None
    return found is not None and _unix(data) in {_unix(each) for each in found if each}


def _unix(data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n")


def _opened(root: Path, path: Path) -> Conflict:
    """Read the sides of a file: git's where it has them, else what the markers enclose."""
    shown = f"{path.parent.name}/{path.name}"
    staged = git.stages(root, shown)
    if staged is None:
        ours, theirs, shown_base = sides((bytes_of(path, shown) or b"").decode("utf-8", "replace"))
        base = None if shown_base is None else shown_base.encode()
        return _conflict(path, shown, base, ours.encode(), theirs.encode())
    return _conflict(path, shown, staged.base or b"", staged.ours, staged.theirs)


def _conflict(
    path: Path, shown: str, base: bytes | None, ours: bytes | None, theirs: bytes | None
) -> Conflict:
    problems: list[Diagnostic] = []
    found = []
    for side, data in (("ours", ours), ("theirs", theirs)):
        try:
            found.append(_entries(data, f"{shown} ({side})"))
        except InvalidSource as error:
            problems += error.diagnostics
    if problems:
        raise InvalidSource(problems)
    return Conflict(path, _base(base, shown), *found)


def _entries(data: bytes | None, shown: str) -> Entries:
    return read_text(data, shown).entries if data else {}


def _base(data: bytes | None, shown: str) -> Entries | None:
    """Return the entries of a base; None where it cannot be told, as if it were in conflict too."""
    try:
        return None if data is None else _entries(data, shown)
    except InvalidSource:
        return None


def _settled(conflict: Conflict, scratch: Path) -> Resolved:
    entries, clashes = merged(conflict.base, conflict.ours, conflict.theirs)
    raws = {slot: to_json(each) for slot, each in entries.items()}
    write_file(conflict.path, raws, scratch)
    return Resolved(f"{conflict.path.parent.name}/{conflict.path.name}", tuple(clashes))
