"""What the locks of a folder name: the pictures that must not be lost, and what may not go.

Several pipeline files may share a folder, and its store: each has a lock of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assetforge import git
from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.errors import Diagnostic, InvalidSource
from assetforge.lock.entry import Entry, Slot
from assetforge.lock.folder import bytes_of, folder_of, lock_paths, read_lock
from assetforge.lock.merge import past_of

NAMES: Final = re.compile(rb"\b[0-9a-f]{64}\b")
"""Digests and keys, as a lock's files hold them: also in one that is in the middle of a merge."""


@dataclass(frozen=True, slots=True)
class Locks:
    """All locks of a folder.

    Attributes:
        entries: name of a lock → its entries; two locks may say something of one slot.
        left_out: name of a lock that cannot be read → what is wrong with it first.
    """

    entries: Mapping[str, Mapping[Slot, Entry]]
    left_out: Mapping[str, Diagnostic]

    def all(self) -> Iterator[tuple[Slot, Entry]]:
        """Yield every entry with its slot."""
        for entries in self.entries.values():
            yield from entries.items()


def read_locks(root: Path, pipeline_file: str) -> Locks:
    """Return what all locks of a folder say; what cannot be read is left out."""
    entries: dict[str, Mapping[Slot, Entry]] = {}
    left_out: dict[str, Diagnostic] = {}
    for folder in lock_folders(root, pipeline_file):
        try:
            entries[folder.name] = read_lock(folder).entries
        except InvalidSource as error:
            left_out[folder.name] = error.diagnostics[0]
    return Locks(entries, left_out)


def lock_folders(root: Path, pipeline_file: str) -> list[Path]:
    """Return the folders of locks: the pipeline file's, whether it is there, and all others.

    A file of such a name, as other tools have it, is no lock.
    """
    others = {each for each in root.glob(f"*{git.LOCK}") if each.is_dir()}
    return sorted(others | {folder_of(root, pipeline_file)})


def wanted_by(locks: Locks) -> dict[Digest, str]:
    """Return the pictures that locks name, and what stands on each."""
    present: dict[Digest, str] = {}
    past: dict[Digest, str] = {}
    for slot, entry in locks.all():
        whose = f"{slot.variant}/{slot.step} ({slot.profile})"
        if entry.artifact is not None:
            present.setdefault(entry.artifact, whose)
        for each in past_of(entry):
            if each.artifact is not None:
                past.setdefault(each.artifact, f"the past of {whose}")
    return {**past, **present}


def pictures_by_key(locks: Locks) -> dict[ActionKey, set[Digest]]:
    """Return the keys that locks name pictures of, with these."""
    found: dict[ActionKey, set[Digest]] = {}
    for _, entry in locks.all():
        for each in (entry, *past_of(entry)):
            if each.artifact is not None:
                found.setdefault(each.key, set()).add(each.artifact)
    return found


def named_by_locks(
    root: Path,
    pipeline_file: str,
    *,
    branches: bool,
    tags: bool,
    named: Sequence[str] = (),
) -> set[str]:
    """Return every digest and key in the locks of a folder, and in those of branches or tags.

    `named` are the branches that count, where not all do.

    Raises:
        InvalidSource: a file of a lock cannot be read.
        AssetforgeError: git cannot say what a branch or tag holds.
    """
    here = _texts(lock_folders(root, pipeline_file))
    found = git.lock_files(root, branches=branches, tags=tags, named=named)
    there = (text for _, _, text in found)
    return {*names_in(here), *names_in(there)}


def _texts(folders: Iterable[Path]) -> Iterator[bytes]:
    for folder in folders:
        for path in lock_paths(folder):
            yield bytes_of(path, f"{folder.name}/{path.name}") or b""


def names_in(texts: Iterable[bytes]) -> Iterator[str]:
    """Yield the digests and keys that texts hold."""
    for text in texts:
        yield from (each.decode() for each in NAMES.findall(text))
