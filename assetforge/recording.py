"""What a build writes into the lock: only what it made or hit, and only what was bought."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from assetforge.action import (
    FIRST_TAKE,
    MOST_TAKES,
    Action,
    ActionKey,
    action_key,
    manifest,
    with_take,
)
from assetforge.decided import Decided, is_drawn, is_remote
from assetforge.digest import Digest
from assetforge.lock.entry import Entry, Slot, entry_of, wanted_entry
from assetforge.lock.folder import folder_of, read_lock, write_changes
from assetforge.lock.memory import past_after
from assetforge.progress import Progress
from assetforge.rebuilder import Hit
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store


def record(decided: Decided, progress: Progress, store: Store) -> list[str]:
    """Write into the lock what variants now stand on; return the names of the files that changed.

    Others may have written it meanwhile: what they wrote is looked at, and only what differs is
    written.

    Raises:
        StoreProblem: it cannot be written.
        InvalidSource: it was damaged meanwhile.
    """
    lock = decided.lock
    if not lock.remembered and not recorded(decided, progress, lock.entries):
        return []
    folder = folder_of(decided.project.root, decided.project.file)
    with store.transaction():
        now = read_lock(folder).entries
        gone = {slot: lock.entries[slot] for slot in lock.remembered if slot not in now}
        changes: dict[Slot, Entry | None] = {**gone}
        changes |= recorded(decided, progress, {**gone, **now})
        return write_changes(folder, changes, store.scratch)


def recorded(
    decided: Decided, progress: Progress, entries: Mapping[Slot, Entry]
) -> dict[Slot, Entry]:
    """Return the entries that are not yet as they should be, of what was made or hit.

    `entries` are what the lock says now.
    """
    index, known = decided.rebuilder.index, decided.lock.entries
    found: dict[Slot, Entry] = {}
    for id, result in progress.results.items():
        action = decided.plan.actions[id]
        if not is_drawn(action) or action.is_extra or index.pinned(action) is not None:
            continue
        base = base_of(decided, progress, action)
        remote = is_remote(decided.project, action)
        slots = [Slot(str(each), index.profile, action.step) for each in action.variants]
        changed = [
            slot for slot in slots if may_change(slot, entries, known, result, base, remote=remote)
        ]
        twin = index.of((base,), action) if changed else None
        for slot in changed:
            before = entries.get(slot)
            after = entry_after(before, result, base, twin, remote=remote)
            if after is not None and after != before:
                found[slot] = after
    return found | rebought(found, entries, decided.rebuilder.rebuy)


def may_change(
    slot: Slot,
    entries: Mapping[Slot, Entry],
    known: Mapping[Slot, Entry],
    result: ActionResult,
    base: ActionKey,
    *,
    remote: bool,
) -> bool:
    """Tell whether what a slot says may not be as it should be; `known` is what it said before."""
    before = entries.get(slot)
    if before is None:
        return remote  # else drawn here for nothing, and nobody decided about it
    if before.base != base:
        return True
    # It may be that somebody decided about the same words while this was built.
    return before.artifact != result.artifact and before == known.get(slot)


def base_of(decided: Decided, progress: Progress, action: Action) -> ActionKey:
    """Return the key of the first take of what an action asked for."""
    key, decision = progress.keys.get(action.id), decided.decisions.get(action.id)
    if (
        isinstance(decision, Hit)
        and decision.key == key
        and not decision.how
        and (decision.entry is None or decision.entry.take == FIRST_TAKE)
    ):
        return decision.key  # it is of the first take itself
    return action_key(manifest(action, progress.artifacts))


def rebought(
    found: Mapping[Slot, Entry], entries: Mapping[Slot, Entry], lost: Collection[Digest]
) -> dict[Slot, Entry]:
    """Return the other slots that name what was lost and has been bought again."""
    if not lost:
        return {}
    fresh = {each.base: each for each in found.values() if each.artifact is not None}
    return {
        slot: replace(fresh[each.base], previous=None)
        for slot, each in entries.items()
        if slot not in found and each.artifact in lost and each.base in fresh
    }


def entry_after(
    before: Entry | None,
    result: ActionResult,
    base: ActionKey,
    twin: Entry | None,
    *,
    remote: bool,
) -> Entry | None:
    """Return what a slot says once its action has a result; None: it is to stay as it is.

    `twin` is what the lock says of the same words, here or in another place.
    """
    if before is not None and before.base == base and before.artifact == result.artifact:
        return before
    if result.emulated and before is not None and not before.emulated:
        return None
    if twin is not None and twin.artifact == result.artifact:
        # Said of these words in another place: it holds here too.
        return _remembering(before, replace(twin, pinned=None))
    said = [each.rejected for each in (before, twin) if each is not None and each.base == base]
    rejected = tuple(dict.fromkeys(each for some in said for each in some))
    after = replace(entry_of(result, base), rejected=rejected)
    if remote and result.artifact in rejected and after.take < MOST_TAKES:
        wanted = wanted_entry(with_take(result.manifest, FIRST_TAKE), after.take + 1)
        after = replace(wanted, rejected=rejected, emulated=result.emulated)
    return _remembering(before, after)


def _remembering(before: Entry | None, after: Entry) -> Entry:
    return replace(after, previous=past_after(before, after))
