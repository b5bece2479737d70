"""A decision: what it changes, what a build then makes again and for how much, and its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from assetforge.action import ActionId
from assetforge.decided import Decided, is_drawn, with_users
from assetforge.digest import Json
from assetforge.errors import StoreProblem, UsageProblem
from assetforge.lock.entry import Entry, Slot, to_json
from assetforge.lock.folder import folder_of, write_changes
from assetforge.pricing import Cost
from assetforge.recollection import lock_of
from assetforge.review.picture import Review, with_lock
from assetforge.store.action_cache import ActionResult
from assetforge.store.journal import Change, Decision, Journal
from assetforge.store.local import Store


@dataclass(frozen=True, slots=True)
class Brought:
    """A picture that a person gave: its bytes, and what the store will say of them."""

    result: ActionResult
    data: bytes


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a decision would come to, before it is made.

    Attributes:
        what: the word for it, such as `accept`.
        about: the drawings that are decided about.
        changes: slot → its entry from then on; None: none.
        before: slot → its entry as it is.
        after: what a build would do then.
        again: drawings that it would make again, or anew, because of the decision.
        cost: what these cost.
        undoes: id of the decision that it takes back; empty: none.
        brings: a picture that comes into the store with it.
    """

    what: str
    about: tuple[ActionId, ...]
    changes: Mapping[Slot, Entry | None]
    before: Mapping[Slot, Entry | None]
    after: Decided
    again: tuple[ActionId, ...]
    cost: Cost
    undoes: str = ""
    brings: Brought | None = None

    @property
    def on_others(self) -> tuple[ActionId, ...]:
        """The drawings bought again though it does not change them: they stand on what it does."""
        slots = {(slot.variant, slot.step) for slot in self.changes}
        actions = self.after.plan.actions
        changed = {
            id
            for id in self.about
            if id in actions
            and any((str(each), actions[id].step) in slots for each in actions[id].variants)
        }
        above = with_users(self.after.plan, changed) - changed
        return tuple(id for id in self.again if id in above and self.after.prices[id].high)


def propose(
    review: Review,
    what: str,
    about: tuple[ActionId, ...],
    changes: Mapping[Slot, Entry | None],
    undoes: str = "",
    brings: Brought | None = None,
) -> Proposal:
    """Return what a decision would come to; changes that change nothing are left out."""
    entries = review.decided.lock.entries
    real = {slot: each for slot, each in changes.items() if entries.get(slot) != each}
    merged = {slot: each for slot, each in {**entries, **real}.items() if each is not None}
    after = with_lock(review, merged, brings.result if brings else None).decided
    so_or_so = set(_drawn_now(review.decided))
    again = tuple(id for id in _drawn_now(after) if id not in so_or_so)
    cost = sum((after.prices[id] for id in again), Cost(0, 0))
    before = {slot: entries.get(slot) for slot in real}
    return Proposal(what, about, real, before, after, again, cost, undoes, brings)


def _drawn_now(decided: Decided) -> list[ActionId]:
    """Return the drawings that the next build makes, takes to choose from among them."""
    wanted = {id for id, each in decided.plan.actions.items() if is_drawn(each)}
    return [id for id in decided.pending if id in wanted and id not in decided.held]


def decide(review: Review, proposal: Proposal) -> Decision:
    """Make a decision: write it into the lock, and down in the journal.

    Raises:
        UsageProblem: somebody else changed the same entries meanwhile.
        StoreProblem: it cannot be written.
    """
    project, store = review.decided.project, review.store
    folder = folder_of(project.root, project.file)
    decision = Decision(
        id=uuid4().hex[:12],
        at=review.at,
        by=review.by,
        what=proposal.what,
        changes=tuple(
            Change(*slot, _json(proposal.before[slot]), _json(each))
            for slot, each in proposal.changes.items()
        ),
        undoes=proposal.undoes,
        pipeline=project.file,
    )
    if proposal.changes:
        with store.transaction():
            now = lock_of(project, store)
            for slot, before in proposal.before.items():
                if now.entries.get(slot) != before:
                    raise UsageProblem(f"{slot.variant} was changed meanwhile; look again")
            if proposal.brings is not None:
                _bring(store, proposal.brings)
            remembered = {slot: now.entries[slot] for slot in now.remembered}
            write_changes(folder, {**remembered, **proposal.changes}, store.scratch)
            try:
                Journal(store.root).add(decision)
            except StoreProblem:
                # What is not written down could not be undone.
                write_changes(folder, dict(proposal.before), store.scratch)
                raise
    return decision


def _bring(store: Store, brought: Brought) -> None:
    """Keep a picture under its key.

    Raises:
        UsageProblem: there is another one under it by now.
        StoreProblem: it cannot be kept.
    """
    if store.known([brought.result.key]):
        raise UsageProblem("another take was made meanwhile; look again")
    store.cas.put(brought.data, durable=True)
    store.actions.keep_file(brought.result, durable=True)
    store.actions.record([brought.result])
    store.publish([brought.result])


def _json(entry: Entry | None) -> Mapping[str, Json] | None:
    return None if entry is None else to_json(entry)
