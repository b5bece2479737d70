"""What is known of a step's takes: which there are, which one stands, who said what of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from assetforge.action import (
    FIRST_TAKE,
    Action,
    ActionKey,
    Manifest,
    base_key,
    manifest,
    with_take,
)
from assetforge.decided import Decided
from assetforge.digest import Digest
from assetforge.errors import NothingSelected
from assetforge.lock.entry import Entry, Slot, Verdict
from assetforge.rebuilder import Hit
from assetforge.review.picture import made_now
from assetforge.store.action_cache import ActionResult
from assetforge.takes import known_takes


@dataclass(frozen=True, slots=True)
class Taken:
    """One picture among the takes of a step.

    Attributes:
        take: its number; 0: it was accepted for these words, and is no take of them.
        result: how it came to be.
        stands: whether targets and further steps get it now.
        accepted, pinned: who said so, and when.
        rejected: whether somebody said that it is wrong for these words.
    """

    take: int
    result: ActionResult
    stands: bool = False
    accepted: Verdict | None = None
    pinned: Verdict | None = None
    rejected: bool = False

    @property
    def artifact(self) -> Digest:
        """The bytes of the picture."""
        return self.result.artifact


@dataclass(frozen=True, slots=True)
class Takes:
    """What is known of a step of a variant."""

    variant: str
    step: str
    taken: Sequence[Taken]

    def take(self, number: int) -> Taken:
        """Return a take by its number.

        Raises:
            NothingSelected: there is no such take; says which there are.
        """
        for each in self.taken:
            if each.take == number:
                return each
        there = ", ".join(str(each.take) for each in self.taken if each.take) or "none"
        raise NothingSelected(
            f"'{self.variant}' has no take {number} after '{self.step}'; there are: {there}"
        )

    @property
    def standing(self) -> Taken | None:
        """The take that the variant stands on; None: it has to be made, or is lost."""
        return next((each for each in self.taken if each.stands), None)

    @property
    def two(self) -> tuple[Taken, Taken]:
        """The two that are compared where nobody says which: the standing and the latest other.

        Raises:
            NothingSelected: there are no two.
        """
        standing = self.standing
        others = [each for each in self.taken if each is not standing]
        first = [standing] if standing else others[-2:-1]
        if not first or not others:
            count = "one take" if self.taken else "no take"
            raise NothingSelected(
                f"'{self.variant}' has {count} after '{self.step}': there is nothing to compare; "
                f"buy another with `assetforge reroll {self.variant}`"
            )
        return first[0], others[-1]


def takes_of_variant(decided: Decided, action: Action, variant: str) -> Takes:
    """Return the takes of one of a variant's drawn steps, sorted; every known one."""
    described = present(decided, action)
    known = known_takes(described, decided.rebuilder.known) if described else {}
    entries = _entries_of(decided, action, variant, described)
    decision = decided.decisions[action.id]
    stands = _standing_take(decision, known) if isinstance(decision, Hit) else None
    taken = [_taken(take, each, take == stands, entries) for take, each in known.items()]
    if isinstance(decision, Hit) and stands is None:
        taken.insert(0, _taken(0, _standing_result(decided, decision), True, entries))
    return Takes(variant, action.step, taken)


def _standing_take(hit: Hit, known: Mapping[int, ActionResult]) -> int | None:
    """Return which take a hit passes on; None: it is no take of these words.

    Several takes may have the same bytes: then the one that was asked for.
    """
    same = {take: each for take, each in known.items() if each.artifact == hit.artifact}
    asked = (take for take, each in same.items() if each.key == hit.key)
    return next(asked, next(iter(same), None))


def _standing_result(decided: Decided, hit: Hit) -> ActionResult:
    """Return the result that a hit passes on: its own, or the one that is kept in its place."""
    if hit.artifact == hit.result.artifact or hit.kept is None:
        return hit.result
    kept = hit.kept
    found = decided.rebuilder.known([kept.made_as or kept.key])
    return next(iter(found.values()), ActionResult(kept.key, hit.artifact, {}))


def _taken(take: int, result: ActionResult, stands: bool, entries: Iterable[Entry]) -> Taken:
    about = [each for each in entries if each.artifact == result.artifact]
    return Taken(
        take=take,
        result=result,
        stands=stands,
        accepted=next((each.accepted for each in about if each.accepted), None),
        pinned=next((each.pinned for each in about if each.pinned), None),
        rejected=any(result.artifact in each.rejected for each in entries),
    )


def present(decided: Decided, action: Action) -> Manifest | None:
    """Return the manifest of the first take of an action's present words; None: not known yet.

    Of a pinned picture, which needs no inputs, it is what it was made from.
    """
    decision = decided.decisions[action.id]
    if isinstance(decision, Hit) and decision.entry is not None and decision.entry.pinned:
        return dict(decision.result.manifest) or None
    made = made_now(decided)
    if any(each not in made for each in action.made_inputs):
        return None
    return with_take(manifest(action, made), FIRST_TAKE)


def _entries_of(
    decided: Decided, action: Action, variant: str, described: Manifest | None
) -> list[Entry]:
    """Return what the lock says of a variant's step, then what it says elsewhere of its words."""
    base = base_key(described) if described else ActionKey("")
    slots = decided.rebuilder.index.slots
    own = slots.get(Slot(variant, decided.project.profile_name, action.step))
    others = [each for each in slots.values() if each.base == base and each is not own]
    return [own, *others] if own else others
