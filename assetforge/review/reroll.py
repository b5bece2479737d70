"""More takes: other pictures from the same words, bought under a cap; the old ones stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from assetforge.action import Action, ActionId
from assetforge.decided import Decided, decide_plan
from assetforge.errors import UsageProblem
from assetforge.plan import Plan
from assetforge.review.picture import Picture, Review, made_now, picture_of
from assetforge.review.takes import further_takes


def reroll(review: Review, ids: Iterable[ActionId], count: int) -> Decided:
    """Return what makes `count` further takes of each of some drawings, and nothing else.

    Raises:
        UsageProblem: one is not built, or has as many takes as there can be; all together.
    """
    problems: list[str] = []
    extras: list[tuple[ActionId, Action]] = []
    made = made_now(review.decided)
    for picture in (picture_of(review, id, made) for id in ids):
        numbers = _numbers(review, picture, count, problems)
        extras += [(picture.action.id, _take(picture.action, number)) for number in numbers]
    if problems:
        raise UsageProblem("; ".join(problems))
    plan = _with_extras(review.plan, extras)
    project, lock = review.decided.project, review.decided.lock
    return decide_plan(project, plan, review.store, lock)


def _numbers(review: Review, picture: Picture, count: int, problems: list[str]) -> Sequence[int]:
    id = picture.action.id
    if picture.entry is not None and picture.entry.pinned is not None:
        problems.append(f"{id} is pinned by {picture.entry.pinned.by}; unpin it first")
        return ()
    if not picture.fresh:
        problems.append(f"{id} is not built for its words of today; build it first")
        return ()
    numbers = further_takes(review, picture, count)
    if len(numbers) < count:
        problems.append(f"{id} cannot have {count} more takes")
    return numbers


def _take(action: Action, number: int) -> Action:
    return replace(
        action,
        id=ActionId(f"{action.id}@{number}"),
        request={**action.request, "take": number},
    )


def _with_extras(plan: Plan, extras: Sequence[tuple[ActionId, Action]]) -> Plan:
    """Return a plan of nothing but some takes and what they stand on."""
    needed = {each for _, action in extras for each in action.made_inputs}
    actions: dict[ActionId, Action] = {}
    for id, action in reversed(list(plan.actions.items())):
        if id in needed:
            actions[id] = action
            needed.update(action.made_inputs)
    kept = dict(reversed(list(actions.items())))
    kept |= {action.id: action for _, action in extras}
    origin = {action.id: id for id, action in extras}
    retries = {look: each for look, each in plan.retries.items() if kept.keys() >= {*each.members}}
    return replace(
        plan,
        actions=kept,
        retries=retries,
        targets=(),
        rendered={**plan.rendered, **{id: plan.rendered[old] for id, old in origin.items()}},
        sizes={**plan.sizes, **{id: plan.sizes[old] for id, old in origin.items()}},
        notes={**plan.notes, **{id: plan.notes[old] for id, old in origin.items()}},
    )
