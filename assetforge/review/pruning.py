"""What the lock says of variants, steps and profiles that the pipeline does not have any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from uuid import uuid4

from assetforge.decided import decide_plan, open_store
from assetforge.errors import UsageProblem
from assetforge.git import author
from assetforge.lock.entry import Slot, to_json
from assetforge.lock.folder import Lock, folder_of, read_lock, write_changes
from assetforge.permission import few
from assetforge.pipeline import MAX_VARIANTS
from assetforge.planner import all_variants, make_plan
from assetforge.project import Project, open_project
from assetforge.recollection import lock_of, remembered
from assetforge.store.journal import Change, Decision, Journal
from assetforge.store.local import FOLDER, Store


def present_lock(project: Project) -> Lock:
    """Return the lock as a build goes by it. A project without a store gets none.

    Raises:
        InvalidSource: a file of it is damaged or in conflict.
        StoreProblem: the store cannot be used.
    """
    if not (project.root / FOLDER).exists():
        return read_lock(folder_of(project.root, project.file))
    with closing(open_store(project)) as store:
        return lock_of(project, store)


def vanished(
    project: Project, slots: Iterable[Slot], max_variants: int = MAX_VARIANTS
) -> set[Slot]:
    """Return the slots whose variant, step or profile the pipeline does not have."""
    variants = {str(each.name) for each in all_variants(project, max_variants)}
    steps = {(asset, step.name) for asset, steps in project.loaded.steps.items() for step in steps}
    return {
        slot
        for slot in slots
        if slot.variant not in variants
        or slot.profile not in project.pipeline.profiles
        or (slot.asset, slot.step) not in steps
    }


def prune(project: Project) -> tuple[Lock, set[Slot]]:
    """Remove what vanished, and return the lock as it was, with the slots that were removed.

    It is written down as a decision, so that nothing of it is taken for lost, and `undo` knows it.

    Raises:
        InvalidSource: a file of the lock is damaged or in conflict.
        StoreProblem: the store cannot be used, or the lock cannot be written.
        UsageProblem: pictures of today stand on what would go.
    """
    with closing(open_store(project)) as store, store.transaction():
        lock, journal = lock_of(project, store), Journal(store.root)
        gone = vanished(project, lock.entries)
        if gone:
            refuse_what_stands_on(project, store, lock, gone)
            changes = tuple(_changes(project, lock, gone, journal))
            write_changes(folder_of(project.root, project.file), dict.fromkeys(gone), store.scratch)
            journal.add(
                Decision(
                    id=uuid4().hex[:12],
                    at=datetime.now(UTC).isoformat(timespec="seconds"),
                    by=author(project.root),
                    what="prune",
                    changes=changes,
                    pipeline=project.file,
                )
            )
    return lock, gone


def refuse_what_stands_on(
    project: Project, store: Store, lock: Lock, gone: Collection[Slot]
) -> None:
    """Refuse to forget what pictures of today stand on, such as those of a variant renamed.

    Raises:
        UsageProblem: a build would make pictures again that are there now.
    """
    left = Lock({slot: each for slot, each in lock.entries.items() if slot not in gone})
    for name in {slot.profile for slot in lock.entries} & project.pipeline.profiles.keys():
        chosen = open_project(project.root / project.file, name)
        plan = make_plan(chosen)
        now = decide_plan(chosen, plan, store, lock).pending
        then = decide_plan(chosen, plan, store, left).pending
        again = [id for id in then if id not in now]
        if again:
            raise UsageProblem(
                f"{few(again)} would be made again: the pictures are found by what would go; "
                f"`assetforge build --profile {name}` first, then prune"
            )


def _changes(
    project: Project, lock: Lock, gone: Collection[Slot], journal: Journal
) -> Iterator[Change]:
    """Yield what pruning changes; of assets that nothing is left of, all that was ever decided."""
    for slot in sorted(gone):
        yield Change(*slot, before=to_json(lock.entries[slot]), after=None)
    left = {slot.asset for slot in lock.entries if slot not in gone}
    emptied = {slot.asset for slot in gone} - left
    for slot in sorted(remembered(journal.decisions(), project.file, emptied).keys() - gone):
        yield Change(*slot, before=None, after=None)
