"""What a plan changes, told in few rows: variants that change alike are one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from assetforge.pricing import Cost
from assetforge.reports.comment.planned import Changed, PlanDocument, PlannedAction

Change = Literal["changed", "added", "removed", "pending"]
"""What is known of a variant; *pending*: it is to be made, and compared with nothing."""

PENDING: Final = ("run", "wait")

NOTHING: Final = Cost(0, 0)


@dataclass(frozen=True, slots=True)
class Row:
    """Variants of one asset that change alike, and what it costs to make them.

    `variants` are their axis values, without the asset. A shared action is counted in one row.
    """

    asset: str
    change: Change
    steps: tuple[str, ...]
    why: tuple[str, ...]
    variants: list[tuple[str, ...]] = field(default_factory=list)
    cost: Cost = NOTHING


def rows_of(plan: PlanDocument) -> list[Row]:
    """Return what changes since a commit; without one, what is to be made; removed ones last."""
    actions = _by_variant(plan.actions)
    if plan.since is not None:
        changed = plan.since.variants
        kept = [_changed(each, actions) for each in changed]
    else:
        kept = [_pending(name, some) for name, some in actions.items() if _is_pending(some)]
    return sorted(_merged(kept, actions), key=lambda row: row.change == "removed")


def _by_variant(actions: Iterable[PlannedAction]) -> dict[str, list[PlannedAction]]:
    found: dict[str, list[PlannedAction]] = {}
    for action in actions:
        for variant in dict.fromkeys(action.variants):
            found.setdefault(variant, []).append(action)
    return found


def _is_pending(actions: Iterable[PlannedAction]) -> bool:
    return any(each.decision != "hit" for each in actions)


def _changed(each: Changed, actions: Mapping[str, Sequence[PlannedAction]]) -> tuple[str, Row]:
    why = each.reasons
    if each.change == "added":
        why = _why(one for one in actions.get(each.variant, ()) if one.step in each.steps)
    return each.variant, Row(each.variant.partition("/")[0], each.change, each.steps, why)


def _pending(variant: str, actions: Sequence[PlannedAction]) -> tuple[str, Row]:
    own = [each for each in actions if each.decision != "hit"]
    steps = tuple(dict.fromkeys(each.step for each in own))
    return variant, Row(variant.partition("/")[0], "pending", steps, _why(own))


def _why(actions: Iterable[PlannedAction]) -> tuple[str, ...]:
    """Return the reasons of the first action that has one of its own: the rest follows from it."""
    return next((each.reasons for each in actions if each.reasons and each.decision != "wait"), ())


def _merged(
    singles: Iterable[tuple[str, Row]], actions: Mapping[str, Sequence[PlannedAction]]
) -> list[Row]:
    """Return one row for all variants that change alike, with the actions nobody counted before."""
    found: dict[tuple[str, Change, tuple[str, ...], tuple[str, ...]], Row] = {}
    counted: set[int] = set()
    for variant, one in singles:
        alike = (one.asset, one.change, one.steps, one.why)
        row = found.get(alike, one)
        pending = (each for each in actions.get(variant, ()) if each.decision in PENDING)
        new = [each for each in pending if id(each) not in counted]
        counted.update(map(id, new))
        row.variants.append(tuple(variant.split("/")[1:]))
        cost = sum((each.cost_usd.as_cost() for each in new), row.cost)
        found[alike] = replace(row, cost=cost)
    return list(found.values())


def grouped(variants: Iterable[tuple[str, ...]]) -> list[list[list[str]]]:
    """Return variants as few products of values: `[["wide", "tall"], ["de", "fr"]]` is four.

    Each product is the values before the last axis, joined by slashes, then those of the last.
    A variant without axes is a product of nothing.
    """
    last: dict[str, list[str]] = {}
    for each in dict.fromkeys(variants):
        if each:
            last.setdefault("/".join(each[:-1]), []).append(each[-1])
    products: dict[tuple[str, ...], list[str]] = {}
    for before, values in last.items():
        products.setdefault(tuple(values), []).append(before)
    return [[[b for b in some if b], list(values)] for values, some in products.items()]
