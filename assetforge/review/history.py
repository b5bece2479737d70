"""The history of a variant: every picture that its drawn steps have had, and who decided what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from assetforge.action import Action, ActionKey, base_key, by_this_rule, take_of
from assetforge.decided import Decided
from assetforge.digest import Digest
from assetforge.ledger import Entry as Call
from assetforge.lock.entry import Entry, Slot
from assetforge.lock.merge import past_of
from assetforge.review.chosen import drawn_actions
from assetforge.review.said import Said, Turn, said_of, turns_of
from assetforge.review.taken import present, takes_of_variant
from assetforge.store.action_cache import ActionResult
from assetforge.store.journal import Decision
from assetforge.store.local import Store


@dataclass(frozen=True, slots=True)
class Past:
    """One picture that a step has had.

    Attributes:
        artifact: its bytes.
        take: which take of its words it is.
        result: how it came to be; None: the store does not know.
        entry: what the lock, or a decision, says of it, where the store does not know.
        present: whether it is of the words that the step has now; None: nobody can tell, as the
            step's inputs are not there.
        stands: whether targets and further steps get it now.
        held: whether a store holds its bytes.
        said: what was decided about it, the first first.
    """

    artifact: Digest
    take: int
    result: ActionResult | None = None
    entry: Entry | None = None
    present: bool | None = False
    stands: bool = False
    held: bool = True
    said: Sequence[Said] = ()

    @property
    def made_at(self) -> str:
        """When it was made; empty: not known."""
        return self.result.made_at if self.result else ""


@dataclass(frozen=True, slots=True)
class StepHistory:
    """The pictures of a step: those of its present words by take, then the others, latest first."""

    step: str
    pictures: Sequence[Past]


@dataclass(frozen=True, slots=True)
class VariantHistory:
    """The drawn steps of a variant, the first first."""

    variant: str
    profile: str
    steps: Sequence[StepHistory]


def history_of_variant(
    decided: Decided,
    store: Store,
    variant: str,
    decisions: Sequence[Decision],
    calls: Sequence[Call],
) -> VariantHistory:
    """Return the history of a variant of the plan, by all that is written down anywhere.

    `decisions` and `calls` are those of the whole project, the first first.
    """
    profile = decided.project.profile_name
    return VariantHistory(
        variant,
        profile,
        [
            _history_of_step(decided, store, variant, action, decisions, calls)
            for action in drawn_actions(decided, variant)
        ],
    )


def _history_of_step(
    decided: Decided,
    store: Store,
    variant: str,
    action: Action,
    decisions: Sequence[Decision],
    calls: Sequence[Call],
) -> StepHistory:
    slot = Slot(variant, decided.project.profile_name, action.step)
    turns = list(turns_of(slot, decisions))
    entries = [*_locked(decided, slot), *_in_turns(turns)]
    keys = [*_keys_of(entries), *_called(calls, action, variant)]
    if (last := store.record.stands(decided.project.file).get((variant, action.step))) is not None:
        keys.append(last)
    # Takes may have the same bytes, and are told one by one; what is found beyond them is not.
    found = _present(decided, action, variant)
    seen = {each.artifact for each in found}
    described = present(decided, action)
    base = base_key(described) if described is not None else None
    for past in (*_of_results(store, keys, base), *_of_entries(entries, base)):
        if past.artifact not in seen:
            seen.add(past.artifact)
            found.append(past)
    said = said_of(turns, entries)
    pictures = [
        replace(each, held=store.holds(each.artifact), said=said.get(each.artifact, ()))
        for each in found
    ]
    now = [each for each in pictures if each.present or each.stands]
    rest = [each for each in pictures if not (each.present or each.stands)]
    rest.sort(key=lambda each: each.made_at, reverse=True)
    return StepHistory(action.step, [*now, *rest])


def _present(decided: Decided, action: Action, variant: str) -> list[Past]:
    return [
        Past(
            each.result.artifact,
            take=each.take or take_of(by_this_rule(each.result.manifest)),
            result=each.result if each.result.manifest else None,
            present=bool(each.take),
            stands=each.stands,
        )
        for each in takes_of_variant(decided, action, variant).taken
    ]


def _locked(decided: Decided, slot: Slot) -> list[Entry]:
    """Return what the lock says of a slot now and before, whatever service it came from."""
    entry = decided.lock.entries.get(slot)
    return [entry, *past_of(entry)] if entry else []


def _in_turns(turns: Iterable[Turn]) -> list[Entry]:
    return [each for turn in turns for each in (turn.before, turn.after) if each]


def _keys_of(entries: Iterable[Entry]) -> Iterator[ActionKey]:
    """Yield the keys that entries' pictures were made under, then those they stand for."""
    for each in entries:
        if each.made_as:
            yield each.made_as
        yield each.key


def _called(calls: Iterable[Call], action: Action, variant: str) -> Iterator[ActionKey]:
    """Yield the keys under which pictures of a variant's step were bought."""
    for each in calls:
        if each.step == action.step and is_for(each.action, each.step, variant):
            yield each.key


def is_for(action: str, step: str, variant: str) -> bool:
    """Tell whether an action's name is one for a variant: of its asset, of no other value.

    An action is named by what its variants share, in the order of the matrix.
    """
    path, _, _ = action.rpartition(f"/{step}")
    asset, *values = path.split("/")
    of_asset, *has = variant.split("/")
    remaining = iter(has)
    return asset == of_asset and all(value in remaining for value in values)


def _of_results(store: Store, keys: Iterable[ActionKey], base: ActionKey | None) -> Iterator[Past]:
    for each in store.actions.lookup(keys).values():
        if store.emulation or not each.emulated:
            same = None if base is None else base_key(each.manifest) == base
            yield Past(each.artifact, take_of(by_this_rule(each.manifest)), each, present=same)


def _of_entries(entries: Iterable[Entry], base: ActionKey | None) -> Iterator[Past]:
    for each in entries:
        if each.artifact is not None:
            same = None if base is None else each.base == base
            yield Past(each.artifact, each.take, entry=each, present=same)
