"""What sharing saves: one picture where each variant would have paid for its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assetforge.action import Action, ActionId
from assetforge.build import Built
from assetforge.decided import Decided
from assetforge.digest import Json
from assetforge.pricing import Cost, usd


@dataclass(frozen=True, slots=True)
class Sharing:
    """How many calls there are, how many without sharing, and the price of the difference."""

    calls: int
    calls_alone: int
    saved: Cost


def sharing_of(actions: Iterable[Action], prices: Mapping[ActionId, Cost]) -> Sharing:
    """Return what is saved by actions that stand for several variants; free ones aside."""
    paid = [each for each in actions if prices[each.id].high]
    spared = [(prices[each.id], len(each.variants) - 1) for each in paid]
    return Sharing(
        calls=len(paid),
        calls_alone=sum(len(each.variants) for each in paid),
        saved=Cost(
            sum(price.low * count for price, count in spared),
            sum(price.high * count for price, count in spared),
        ),
    )


def sharing_of_plan(decided: Decided) -> Sharing:
    """Return what sharing saves of what a plan may cost."""
    return sharing_of((decided.plan.actions[id] for id in decided.priced), decided.prices)


def sharing_of_build(built: Built) -> Sharing:
    """Return what sharing saved, by what the pictures that were made did cost."""
    prices = {id: Cost(cost, cost) for id, cost in built.progress.costs.items()}
    return sharing_of((built.decided.plan.actions[id] for id in prices), prices)


def sharing_json(sharing: Sharing) -> dict[str, Json]:
    """Return it as `totals.sharing` of a document."""
    return {
        "calls": sharing.calls,
        "calls_alone": sharing.calls_alone,
        "saved_usd": {"low": usd(sharing.saved.low), "high": usd(sharing.saved.high)},
    }
