"""What the lock says of a plan by itself: its pictures need not be on this machine.

What stands behind a local step can be known only where that step's picture is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assetforge.action import Action, ActionId, ActionKey, base_key, older_keys
from assetforge.decided import decided_by, is_drawn, standing_plan
from assetforge.digest import Digest
from assetforge.lock.entry import Entry, Slot
from assetforge.lock.folder import Lock
from assetforge.lock.index import Index
from assetforge.plan import Plan
from assetforge.project import Project
from assetforge.rebuilder import Decision, Hit, Lost, Rebuilder, Run, Wait
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store


@dataclass(frozen=True, slots=True)
class ByLock:
    """A plan and what the lock decides of it; a picture that it names stands, wherever it is."""

    project: Project
    plan: Plan
    decisions: Mapping[ActionId, Decision]

    @property
    def drawn(self) -> list[Action]:
        """The actions that are a provider's, without takes to choose from."""
        return [each for each in self.plan.actions.values() if is_drawn(each) and not each.is_extra]

    @property
    def is_all_local(self) -> bool:
        """Whether something is drawn, and none of it by a service."""
        drawn = self.drawn
        return bool(drawn) and all(self.project.is_local(each.request) for each in drawn)

    @property
    def unlocked(self) -> list[Action]:
        """Those of a service that the lock names no picture for; others are made for nothing."""
        bought = (each for each in self.drawn if not self.project.is_local(each.request))
        return [each for each in bought if not is_locked(self.decisions[each.id])]

    @property
    def unaccepted(self) -> list[Action]:
        """Those whose picture nobody accepted."""
        return [each for each in self.drawn if not is_accepted(self.decisions[each.id])]

    @property
    def unknowable(self) -> set[ActionId]:
        """Those that wait for local steps only: nothing that they stand on has to be drawn."""
        drawn_first: set[ActionId] = set()
        for id, action in self.plan.actions.items():
            waits = not drawn_first.isdisjoint(action.made_inputs)
            if waits or (is_drawn(action) and isinstance(self.decisions[id], Run)):
                drawn_first.add(id)
        waiting = (each.id for each in self.drawn if isinstance(self.decisions[each.id], Wait))
        return {id for id in waiting if id not in drawn_first}


def is_locked(decision: Decision) -> bool:
    """Tell whether the lock names a picture."""
    entry = decision.entry if isinstance(decision, (Hit, Lost)) else None
    return entry is not None and entry.artifact is not None


def is_accepted(decision: Decision) -> bool:
    """Tell whether somebody accepted the picture."""
    return isinstance(decision, (Hit, Lost)) and decision.accepted


def decide_by_lock(project: Project, plan: Plan, lock: Lock, store: Store | None) -> ByLock:
    """Return what the lock says of a plan; None: there is no store on this machine."""
    decider = Rebuilder(
        known=store.known if store else nothing_known,
        holds=store.holds if store else nothing_held,
        drawn=is_drawn,
        remote=is_drawn,  # what somebody accepted stands, though it may be made for nothing
        index=Index(lock.entries, project.profile_name, emulation=project.may_be_emulated),
        keep=project.profile.unaccepted == "keep",
    )
    _, needed = standing_plan(plan, project, decider)
    needed, decisions, _ = decided_by(needed, decider, rebuy=False, frozen=True)
    return ByLock(project, needed, decisions)


def nothing_known(keys: Iterable[ActionKey]) -> dict[ActionKey, ActionResult]:
    """Return no result: there is no store."""
    return {}


def nothing_held(digest: Digest) -> bool:
    """Tell that a blob is not here: there is no store."""
    return False


def outdated(by_lock: ByLock, lock: Lock, profile: str) -> dict[Slot, Entry]:
    """Return the entries of a profile that are of other words or inputs than today's."""
    found: dict[Slot, Entry] = {}
    for action in by_lock.drawn:
        bases = bases_of(by_lock.decisions[action.id])
        for variant in action.variants:
            slot = Slot(str(variant), profile, action.step)
            entry = lock.entries.get(slot)
            if entry is not None and not entry.pinned and bases and entry.base not in bases:
                found[slot] = entry
    return found


def bases_of(decision: Decision) -> set[ActionKey]:
    """Return what a decision's key is without its take; none where it is not known."""
    match decision:
        case Wait():
            return set()
        case Run(described=described):
            return {base_key(described), *older_keys(described)}
        case Hit(key=key, entry=entry) | Lost(key=key, entry=entry):
            return {key} if entry is None else {key, entry.base}
