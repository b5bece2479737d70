"""The lock in force: what its files say, and what the store remembers of those that are gone."""

from __future__ import annotations

from collections.abc import Container, Iterable

from assetforge.errors import Diagnostic
from assetforge.lock.entry import Entry, Slot, from_json
from assetforge.lock.folder import Lock, folder_of, read_lock
from assetforge.project import Project
from assetforge.store.journal import Change, Decision, Journal
from assetforge.store.local import Store


def lock_of(project: Project, store: Store) -> Lock:
    """Return the project's lock; of an asset whose file is gone, what the store remembers of it.

    Raises:
        InvalidSource: a file of it is damaged or in conflict.
    """
    lock = read_lock(folder_of(project.root, project.file))
    there = {slot.asset for slot in lock.entries}
    gone = project.pipeline.assets.keys() - there
    found = remembered(Journal(store.root).decisions(), project.file, gone) if gone else {}
    if not found:
        return lock
    assets = ", ".join(sorted({f"'{slot.asset}'" for slot in found}))
    words = f"the lock of {assets} is gone: what people decided is taken from the store"
    warning = Diagnostic("lock-gone", words, severity="warning")
    return Lock({**lock.entries, **found}, (*lock.repairs, warning), frozenset(found))


def remembered(
    decisions: Iterable[Decision], pipeline: str, assets: Container[str]
) -> dict[Slot, Entry]:
    """Return what decisions about some assets of a pipeline file came to."""
    found: dict[Slot, Entry] = {}
    for decision in decisions:
        for change in decision.changes if decision.pipeline == pipeline else ():
            slot = Slot(change.variant, change.profile, change.step)
            if slot.asset not in assets:
                continue
            entry = _entry(change)
            if entry is None:
                found.pop(slot, None)
            else:
                found[slot] = entry
    return found


def _entry(change: Change) -> Entry | None:
    """Return the entry that a decision left; None also where somebody wrote into the journal."""
    try:
        return None if change.after is None else from_json(change.after)
    except ValueError:
        return None
