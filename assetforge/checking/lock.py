"""What in the lock is of nothing, or of earlier words: told, for only a person can say why."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import groupby
from pathlib import Path

from assetforge.checking.standing import ByLock, outdated
from assetforge.errors import Diagnostic, Place
from assetforge.lock.entry import Slot
from assetforge.lock.folder import Lock, folder_of, lock_paths, read_file
from assetforge.permission import few
from assetforge.project import Project
from assetforge.review.pruning import vanished


def lock_warnings(
    project: Project, lock: Lock, by_lock: ByLock | None, max_variants: int
) -> Iterator[Diagnostic]:
    """Yield what was put right to read the lock, and what in it is not of today's pipeline.

    Without `by_lock`, nothing is said of earlier words: somebody else tells what is not locked.
    """
    yield from lock.repairs
    gone = vanished(project, lock.entries, max_variants)
    old = outdated(by_lock, lock, project.profile_name).keys() - gone if by_lock else set()
    places = _places(folder_of(project.root, project.file), {*gone, *old})
    for asset, slots in _by_asset(gone):
        yield Diagnostic(
            "lock-vanished",
            f"the lock of '{asset}' has pictures of variants, steps or profiles that are gone",
            places[slots[0]],
            few([_shown(each) for each in slots]),
            "`assetforge lock --prune` removes them",
            severity="warning",
        )
    for asset, slots in _by_asset(old):
        yield Diagnostic(
            "lock-outdated",
            f"the lock of '{asset}' has pictures of other words or inputs than today's",
            places[slots[0]],
            few([_shown(each) for each in slots]),
            "build, and commit the lock",
            severity="warning",
        )


def _by_asset(slots: Collection[Slot]) -> list[tuple[str, list[Slot]]]:
    """Return asset → its slots, both by name."""
    return [(name, list(some)) for name, some in groupby(sorted(slots), key=lambda s: s.asset)]


def _shown(slot: Slot) -> str:
    return f"{slot.variant} {slot.step} ({slot.profile})"


def _places(folder: Path, slots: Collection[Slot]) -> dict[Slot, Place]:
    """Return where slots stand. The files are read once more, for there is seldom one to find."""
    found: dict[Slot, Place] = {}
    for path in lock_paths(folder) if slots else ():
        read = read_file(path)
        found |= {each: read.place(each) for each in slots if each in read.entries}
    return found
