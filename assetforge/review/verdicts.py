"""What each decision makes of the lock: pure but for looking into the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from assetforge.action import ActionId
from assetforge.decided import with_users
from assetforge.digest import Digest
from assetforge.errors import UsageProblem
from assetforge.lock.entry import Entry, Slot, wanted_entry, without_past
from assetforge.lock.memory import past_after
from assetforge.review.picture import Picture, Review, made_now, picture_of, with_lock
from assetforge.review.takes import further_takes, rekeyed, takes_of


def accept(review: Review, ids: Iterable[ActionId]) -> dict[Slot, Entry | None]:
    """Say that pictures are right for the words and inputs of today, without making any.

    Where an accepted picture takes the place of another, what stands on it is not accepted: it is
    made again first.

    Raises:
        UsageProblem: one was never made, or what it stands on is not there; all together.
    """
    meant = set(ids)
    left = [id for id in review.plan.actions if id in meant]
    changes: dict[Slot, Entry | None] = {}
    problems: list[str] = []
    while left:
        waiting = _accept_some(review, left, changes, problems)
        if waiting == left:
            problems += [f"{id} stands on what is not built; build it first" for id in left]
            break
        if waiting:  # on what local steps make of a picture that is accepted by now
            entries = review.decided.lock.entries
            merged = {slot: each for slot, each in {**entries, **changes}.items() if each}
            review = with_lock(review, merged)
        left = waiting
    _refuse(problems)
    return changes


def _accept_some(
    review: Review,
    ids: list[ActionId],
    changes: dict[Slot, Entry | None],
    problems: list[str],
) -> list[ActionId]:
    """Accept all pictures whose inputs are known, in order; return those that wait."""
    made = made_now(review.decided)
    waiting: list[ActionId] = []
    again: frozenset[ActionId] = frozenset()
    for id in ids:
        if id in again:
            continue
        picture = picture_of(review, id, made)
        if picture.described is None and (picture.entry is None or not picture.entry.pinned):
            waiting.append(id)
            continue
        try:
            after = _accepted(review, picture)
        except UsageProblem as problem:
            problems.append(str(problem))
            continue
        assert after.artifact is not None, "BUG: accepted without bytes"
        if made.setdefault(id, after.artifact) != after.artifact:
            again |= with_users(review.plan, [id])
        changes |= placed(review, picture, after)
    return waiting


def _accepted(review: Review, picture: Picture) -> Entry:
    present = _there(picture)
    same = picture.described is None or present.base == picture.base
    if same and present.accepted is not None:
        return present
    after = present if same else rekeyed(present, picture.described or {})
    rejected = tuple(each for each in _rejected(picture) if each != after.artifact)
    return replace(after, accepted=review.verdict, pinned=present.pinned, rejected=rejected)


def choose(review: Review, ids: Iterable[ActionId], take: int) -> dict[Slot, Entry | None]:
    """Say that another take of the same words is the right one.

    Raises:
        UsageProblem: a picture has no such take, or is pinned; all together.
    """

    def chosen(picture: Picture) -> Entry:
        refuse_pinned(picture)
        takes = takes_of(review, picture)
        if take not in takes:
            raise UsageProblem(_no_take(picture, take, takes))
        return chosen_take(review, picture, takes[take])

    return _each(review, ids, chosen)


def _no_take(picture: Picture, take: int, takes: Iterable[int]) -> str:
    words = [str(each) for each in takes]
    if not words:
        return f"{picture.action.id} has no take {take}, and none at all yet; build it first"
    has = f"take {words[0]}" if len(words) == 1 else f"takes {', '.join(words)}"
    return f"{picture.action.id} has no take {take}, but {has}; `assetforge reroll` makes more"


def chosen_take(review: Review, picture: Picture, take: Entry) -> Entry:
    """Return a take as the accepted one; it is no longer among those that are rejected."""
    rejected = tuple(each for each in _rejected(picture) if each != take.artifact)
    return replace(take, accepted=review.verdict, pinned=None, rejected=rejected)


def reject(review: Review, ids: Iterable[ActionId]) -> dict[Slot, Entry | None]:
    """Say that pictures are wrong for their words: another take stands, or is to be made.

    Raises:
        UsageProblem: one is not made for the words of today, or is pinned; all together.
    """

    def rejected(picture: Picture) -> Entry:
        refuse_pinned(picture)
        present = _there(picture)
        if not picture.fresh or picture.described is None:
            raise UsageProblem(
                f"{picture.action.id} is not made for its words of today: there is nothing to "
                "reject; build it first"
            )
        assert present.artifact is not None, "BUG: a picture without bytes"
        wrong = tuple(dict.fromkeys((*_rejected(picture), present.artifact)))
        for other in takes_of(review, picture).values():
            if other.artifact not in wrong:
                return replace(other, rejected=wrong, accepted=None, pinned=None)
        wanted = _wanted(picture, further_takes(review, picture, 1))
        return replace(wanted, rejected=wrong, emulated=present.emulated)

    return _each(review, ids, rejected)


def _wanted(picture: Picture, takes: list[int]) -> Entry:
    """Return the entry of a take that is to be made.

    Raises:
        UsageProblem: there can be no further one.
    """
    if not takes:
        raise UsageProblem(f"{picture.action.id} has as many takes as there can be")
    assert picture.described is not None, "BUG: a take of what has no key"
    return wanted_entry(picture.described, takes[0])


def pin(review: Review, ids: Iterable[ActionId]) -> dict[Slot, Entry | None]:
    """Say that nothing may replace pictures, as targets show them, whatever changes.

    Raises:
        UsageProblem: one was never made; all together.
    """

    def pinned(picture: Picture) -> Entry:
        _there(picture)
        assert picture.shown is not None, "BUG: a picture that is there, and not shown"
        return replace(picture.shown, pinned=picture.shown.pinned or review.verdict)

    return _each(review, ids, pinned, own_only=True)


def unpin(review: Review, ids: Iterable[ActionId]) -> dict[Slot, Entry | None]:
    """Let pictures follow their words again.

    Raises:
        UsageProblem: one is not pinned; all together.
    """
    changes: dict[Slot, Entry | None] = {}
    problems: list[str] = []
    for id in ids:
        action = review.plan.actions[id]
        slots = [
            Slot(str(each), review.decided.rebuilder.index.profile, action.step)
            for each in action.variants
        ]
        entries = {slot: review.decided.lock.entries.get(slot) for slot in slots}
        pinned = {slot: each for slot, each in entries.items() if each and each.pinned}
        changes |= {slot: replace(each, pinned=None) for slot, each in pinned.items()}
        problems += [] if pinned else [f"{id} is not pinned"]
    _refuse(problems)
    return changes


def _each(
    review: Review,
    ids: Iterable[ActionId],
    after: Callable[[Picture], Entry],
    *,
    own_only: bool = False,
) -> dict[Slot, Entry | None]:
    """Return what becomes of all slots of some pictures; refuse all that cannot be, together."""
    made = made_now(review.decided)
    changes: dict[Slot, Entry | None] = {}
    problems: list[str] = []
    for id in ids:
        picture = picture_of(review, id, made)
        try:
            changes |= placed(review, picture, after(picture), own_only=own_only)
        except UsageProblem as problem:
            problems.append(str(problem))
    _refuse(problems)
    return changes


def placed(
    review: Review, picture: Picture, entry: Entry, *, own_only: bool = False
) -> dict[Slot, Entry | None]:
    """Return an entry for every slot of a picture, each with the past of its own.

    A slot of other words or of another profile that is pinned stays so.
    """
    changes: dict[Slot, Entry | None] = {}
    profile = review.decided.rebuilder.index.profile
    for slot in picture.slots:
        before = review.decided.lock.entries.get(slot)
        own = slot.variant in picture.own and slot.profile == profile
        if not own and (own_only or (before is not None and before.pinned is not None)):
            continue
        after = replace(entry, previous=past_after(before, entry))
        if before is not None and without_past(before) == without_past(after):
            after = before
        changes[slot] = after
    return changes


def _there(picture: Picture) -> Entry:
    """Return what a picture stands on.

    Raises:
        UsageProblem: nothing was ever made, or what was is not what is wanted.
    """
    id, entry = picture.action.id, picture.entry
    if entry is not None and entry.artifact is None:
        raise UsageProblem(
            f"{id} was rejected, and take {entry.take} is not made yet; build it first, or take "
            "an earlier one with `assetforge choose`"
        )
    if picture.several > 1:
        raise UsageProblem(
            f"the variants of {id} stood on {picture.several} different pictures, and are one now; "
            "build it first"
        )
    if picture.present is None or picture.present.artifact is None:
        raise UsageProblem(f"{id} was never made; build it first")
    return picture.present


def _rejected(picture: Picture) -> tuple[Digest, ...]:
    entry = picture.entry
    same = entry is not None and entry.base == picture.base
    return tuple(entry.rejected) if entry is not None and same else ()


def refuse_pinned(picture: Picture) -> None:
    """Check that nobody pinned a picture.

    Raises:
        UsageProblem: somebody did.
    """
    if picture.entry is not None and picture.entry.pinned is not None:
        by = picture.entry.pinned.by
        raise UsageProblem(f"{picture.action.id} is pinned by {by}; `assetforge unpin` it first")


def _refuse(problems: list[str]) -> None:
    if problems:
        raise UsageProblem(told(problems))


def told(problems: Sequence[str]) -> str:
    """Return the first few of several problems in one line."""
    more = f"; and {len(problems) - 3:,} more" if len(problems) > 3 else ""
    return "; ".join(problems[:3]) + more
