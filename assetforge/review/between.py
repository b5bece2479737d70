"""Two pictures' recipes against each other: what they were made from, field by field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assetforge.action import FIRST_TAKE, ActionKey, differences
from assetforge.digest import SHOWN, Digest, Json
from assetforge.lock.changes import component_changes
from assetforge.lock.entry import components_of
from assetforge.review.recipe import Recipe, inputs_of, recipe_of
from assetforge.store.local import Store


@dataclass(frozen=True, slots=True)
class Between:
    """Two recipes of one depth, 0 for the pictures that were named, and every field that differs.

    Values are in short, as the lock holds them, where it alone knows one of the recipes.
    """

    depth: int
    one: Recipe
    two: Recipe
    changes: Sequence[tuple[str, Json, Json]]


def between(one: Recipe, two: Recipe, store: Store) -> list[Between]:
    """Return how two recipes differ, and those of their inputs that differ, down to the first."""
    found: list[Between] = []
    seen: set[tuple[ActionKey, ActionKey]] = set()
    open_pairs = [(0, one, two)]
    while open_pairs:
        depth, one, two = open_pairs.pop()
        if (one.key, two.key) in seen:
            continue
        seen.add((one.key, two.key))
        found.append(Between(depth, one, two, changes_between(one, two)))
        below = _differing_inputs(one, two, store)
        open_pairs += [(depth + 1, *pair) for pair in reversed(below)]
    return found


def changes_between(one: Recipe, two: Recipe) -> list[tuple[str, Json, Json]]:
    """Return (field, value of the one, value of the other) for every field that is not equal."""
    if one.manifest is not None and two.manifest is not None:
        return [_counted(*each) for each in differences(one.manifest, two.manifest)]
    old, new = (
        each.components if each.manifest is None else components_of(each.manifest)
        for each in (one, two)
    )
    return component_changes(old, dict(new))


def _counted(field: str, old: Json, new: Json) -> tuple[str, Json, Json]:
    """Say the first take, which a manifest leaves out."""
    if field != "take":
        return field, old, new
    return field, FIRST_TAKE if old is None else old, FIRST_TAKE if new is None else new


def _differing_inputs(one: Recipe, two: Recipe, store: Store) -> list[tuple[Recipe, Recipe]]:
    """Return the recipes of inputs that are not the same, place by place, where both are known."""
    first, second = inputs_of(one.manifest), inputs_of(two.manifest)
    if len(first) != len(second):
        return []
    pairs = (
        (_made(mine, store), _made(other, store))
        for mine, other in zip(first, second, strict=True)
        if mine != other
    )
    return [(mine, other) for mine, other in pairs if mine and other]


def _made(artifact: Digest, store: Store) -> Recipe | None:
    makers = store.actions.makers(artifact)
    return recipe_of(artifact[:SHOWN], makers[0]) if makers else None
