"""Taking a decision back: the lock says again what it said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assetforge.action import ActionId
from assetforge.errors import UsageProblem
from assetforge.lock.entry import Entry, Slot, from_json
from assetforge.review.picture import Review
from assetforge.store.journal import Change, Decision, Journal


def last_decision(decisions: Sequence[Decision], variants: frozenset[str] | None) -> Decision:
    """Return the last decision that still holds, about some variants or any.

    Raises:
        UsageProblem: there is none.
    """
    undone = {each.undoes for each in decisions}
    for each in reversed(decisions):
        about = {change.variant for change in each.changes}
        if each.undoes or each.id in undone:
            continue
        if variants is None or about & variants:
            return each
    raise UsageProblem("there is no decision to undo in this store")


def profile_of(review: Review, variants: frozenset[str] | None) -> str | None:
    """Return the profile that the decision to undo was made under; None: the usual one.

    Raises:
        UsageProblem: there is no decision to undo.
    """
    named = {each.profile for each in _found(review, variants).changes}
    known = named & review.decided.project.pipeline.profiles.keys()
    return known.pop() if len(named) == len(known) == 1 else None


def _found(review: Review, variants: frozenset[str] | None) -> Decision:
    file = review.decided.project.file
    made = [each for each in Journal(review.store.root).decisions() if each.pipeline == file]
    return last_decision(made, variants)


def undo(
    review: Review, variants: frozenset[str] | None
) -> tuple[Decision, dict[Slot, Entry | None], tuple[ActionId, ...]]:
    """Return the last decision, what the lock said before it, and the drawings it was about.

    Raises:
        UsageProblem: there is none, or what it decided was changed since.
    """
    decision = _found(review, variants)
    entries = review.decided.lock.entries
    changes: dict[Slot, Entry | None] = {}
    for change in decision.changes:
        slot = Slot(change.variant, change.profile, change.step)
        if not _stands(entries.get(slot), change):
            raise UsageProblem(
                f"{slot.variant} was changed since the '{decision.what}' of {decision.at[:10]}; "
                "choose the take that is right with `assetforge choose`"
            )
        changes[slot] = _entry(change.before)
    return decision, changes, _about(review, changes)


def _stands(now: Entry | None, change: Change) -> bool:
    """Tell whether a decision still is what the lock says: of the same picture and words."""
    after = _entry(change.after)
    if now is None or after is None:
        return now == after
    same = (now.key, now.accepted, now.pinned) == (after.key, after.accepted, after.pinned)
    # A take that was wanted may have been made since.
    return same and after.artifact in (None, now.artifact)


def _entry(said: Mapping[str, object] | None) -> Entry | None:
    return None if said is None else from_json(said)


def _about(review: Review, slots: Mapping[Slot, Entry | None]) -> tuple[ActionId, ...]:
    steps = {(slot.variant, slot.step) for slot in slots}
    return tuple(
        id
        for id, action in review.plan.actions.items()
        if not action.is_extra and any((str(v), action.step) in steps for v in action.variants)
    )
