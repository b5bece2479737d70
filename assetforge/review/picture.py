"""A picture that somebody decides about: the action, whose it is, and what it stands on now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from assetforge.action import (
    Action,
    ActionId,
    ActionKey,
    Manifest,
    action_key,
    base_key,
    manifest,
    older_keys,
)
from assetforge.decided import Decided, Options, decide_plan, open_store, rebuilder_of
from assetforge.digest import Digest, Json
from assetforge.git import author
from assetforge.lock.entry import Entry, Slot, Verdict, entry_of
from assetforge.lock.folder import Lock
from assetforge.plan import Plan
from assetforge.planner import Selection, make_plan
from assetforge.project import open_project
from assetforge.rebuilder import Hit, Lost, Rebuilder
from assetforge.recollection import lock_of
from assetforge.review.past import Sent, accepted_once
from assetforge.store.action_cache import ActionResult
from assetforge.store.journal import Journal
from assetforge.store.local import Store


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawing of a plan, whoever shares it.

    Attributes:
        action: what asks for it.
        slots: whose it is: all that stand on the action, or say something about its words.
        described: the manifest of its first take; None: an input is still to be made.
        entry: what the lock says of it, if anything.
        present: what it stands on: for its words of today or, where nothing is made for them yet,
            for those before; None: nothing was ever made, or it is not said which of several.
        shown: what targets have of it: `present`, or what stays until that is accepted.
        fresh: whether `present` is for the words and inputs of today.
        several: how many pictures its variants stood on before, where they are one now.
    """

    action: Action
    slots: tuple[Slot, ...]
    described: Manifest | None
    entry: Entry | None
    present: Entry | None
    shown: Entry | None
    fresh: bool
    several: int = 1

    @property
    def own(self) -> frozenset[str]:
        """The variants that stand on it."""
        return frozenset(map(str, self.action.variants))

    @property
    def base(self) -> ActionKey | None:
        """The key of the first take of its words of today."""
        return None if self.described is None else action_key(self.described)


@dataclass(frozen=True, slots=True)
class Review:
    """All pictures of a project, as they are before somebody decides about some.

    Attributes:
        plan: everything, so that it is known who shares what.
        decided: what a build would do, the needs of pinned pictures left out.
        by_base: key of a first take → the slots whose picture is of these words and inputs.
        stands: (variant, step) → the key it was last built under.
        once: key of a first take → entries that were decided for these words, as the journal says.
        sent: tells what was sent without an answer.
        by, at: who decides, and when: UTC, ISO 8601.
    """

    plan: Plan
    decided: Decided
    store: Store
    by_base: Mapping[ActionKey, Sequence[Slot]]
    stands: Mapping[tuple[str, str], ActionKey]
    once: Mapping[str, Sequence[Mapping[str, Json]]]
    sent: Sent
    by: str
    at: str

    @property
    def verdict(self) -> Verdict:
        """Who decides, and when."""
        return Verdict(self.by, self.at)


@contextmanager
def reviewing(options: Options) -> Iterator[Review]:
    """Open a project to decide about its pictures; the store is closed at the end.

    Raises:
        InvalidSource, UsageProblem: there is nothing that could be planned.
        StoreProblem: the store cannot be used.
    """
    project = open_project(options.file, options.profile)
    everything = Selection(max_variants=options.selection.max_variants)
    plan = make_plan(project, everything, allow_unverified=options.allow_unverified)
    with closing(open_store(project)) as store, closing(Sent(store.root)) as sent:
        lock = lock_of(project, store)
        by_base: dict[ActionKey, list[Slot]] = {}
        for slot, entry in lock.entries.items():
            by_base.setdefault(entry.base, []).append(slot)
        decided = decide_plan(project, plan, store, lock)
        yield Review(
            decided.whole,
            decided,
            store,
            by_base,
            store.record.stands(project.file),
            accepted_once(Journal(store.root).decisions()),
            sent,
            author(project.root),
            datetime.now(UTC).isoformat(timespec="seconds"),
        )


def made_now(decided: Decided) -> dict[ActionId, Digest]:
    """Return what the actions stand on that are not to be made; of what is lost, the digest."""
    decisions = decided.decisions.items()
    return {id: each.artifact for id, each in decisions if isinstance(each, Hit | Lost)}


def picture_of(review: Review, id: ActionId, made: Mapping[ActionId, Digest]) -> Picture:
    """Return what is known of a drawing; `made` is what the actions before it stand on."""
    decided, action = review.decided, review.plan.actions[id]
    decision, index = decided.decisions[id], decided.rebuilder.index
    described = None
    if all(each in made for each in action.made_inputs):
        described = manifest(action, made)
    bases = () if described is None else (action_key(described), *older_keys(described))
    pinned = index.pinned(action)
    entry = pinned or index.of(bases, action)
    own = {Slot(str(each), index.profile, action.step) for each in action.variants}
    same = {slot for base in bases for slot in review.by_base.get(base, ())}
    present, several = entry, 1
    if isinstance(decision, Hit) and (entry is None or entry.artifact != decision.result.artifact):
        present = entry_of_hit(decision, described)
    elif entry is None or entry.artifact is None:
        past = _before(review, action)
        present, several = past[0] if len(past) == 1 else None, max(1, len(past))
    return Picture(
        action,
        tuple(sorted(own | same)),
        described,
        entry,
        present,
        present if pinned else _shown(decided, action, present),
        isinstance(decision, Hit | Lost) and pinned is None,
        several,
    )


def entry_of_hit(hit: Hit, described: Manifest | None) -> Entry:
    """Return what the lock would say of a hit that it says nothing of."""
    return entry_of(hit.result, base_key(described or hit.result.manifest))


def _shown(decided: Decided, action: Action, present: Entry | None) -> Entry | None:
    """Return what targets have of a drawing: what was accepted stays, if the profile says so."""
    decision = decided.decisions[action.id]
    if isinstance(decision, Hit):
        return decision.kept or present
    if not decided.rebuilder.keep or present is None or present.accepted is not None:
        return present
    return decided.rebuilder.index.accepted_before(action, present.base) or present


def _before(review: Review, action: Action) -> list[Entry]:
    """Return what an action's variants stood on before its words or inputs changed.

    What somebody rejected is left out, and what another provider drew under another profile.
    """
    index = review.decided.rebuilder.index
    found: dict[Digest, Entry] = {}
    rejected: set[Digest] = set()
    keys: dict[ActionKey, None] = {}
    for variant in action.variants:
        entry = index.slot(str(variant), action.step)
        rejected.update(entry.rejected if entry is not None else ())
        if entry is not None and entry.artifact is not None:
            found[entry.artifact] = entry
        elif (key := review.stands.get((str(variant), action.step))) is not None:
            keys[key] = None
    for result in review.store.known(keys).values():
        if result.manifest.get("provider") == action.request.get("provider"):
            base = base_key(result.manifest)
            found.setdefault(result.artifact, entry_of(result, base))
    return [each for artifact, each in found.items() if artifact not in rejected]


def with_lock(
    review: Review, entries: Mapping[Slot, Entry], brought: ActionResult | None = None
) -> Review:
    """Return a review as it would be if the lock said so, and a picture were in the store."""
    project, lock = review.decided.project, Lock(entries, review.decided.lock.repairs)
    rebuilder = rebuilder_of(project, review.store, lock)
    if brought is not None:
        rebuilder = with_result(rebuilder, brought)
    after = decide_plan(project, review.plan, review.store, lock, rebuilder=rebuilder)
    return replace(review, decided=after)


def with_result(rebuilder: Rebuilder, result: ActionResult) -> Rebuilder:
    """Return what decides as if a result and its bytes were in the store."""

    def known(keys: Iterable[ActionKey]) -> Mapping[ActionKey, ActionResult]:
        asked = list(keys)
        found = rebuilder.known(asked)
        return {**found, result.key: result} if result.key in asked else found

    def holds(digest: Digest) -> bool:
        return digest == result.artifact or rebuilder.holds(digest)

    return replace(rebuilder, known=known, holds=holds)
