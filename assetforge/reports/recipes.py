"""Two pictures' recipes against each other: what they were made from, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from assetforge.action import FIRST_TAKE, ActionKey, Manifest, differences
from assetforge.digest import SHOWN, Digest, Json
from assetforge.lock.changes import component_changes
from assetforge.lock.entry import components_of
from assetforge.reports.explanation import change_lines
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a picture came to be.

    Attributes:
        name: what a person calls it.
        key: of its action.
        manifest: all that it depended on; None: the store does not know.
        components: the same in short, where only the lock knows it.
    """

    name: str
    key: ActionKey
    manifest: Manifest | None
    components: Mapping[str, Json] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The step kind that made it; empty: not known."""
        known = self.manifest if self.manifest is not None else self.components
        return str(known.get("kind", ""))


def recipe_of(name: str, result: ActionResult) -> Recipe:
    """Return the recipe of a result."""
    return Recipe(name, result.key, result.manifest or None)


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
    first, second = _inputs(one), _inputs(two)
    if len(first) != len(second):
        return []
    pairs = (
        (_made(mine, store), _made(other, store))
        for mine, other in zip(first, second, strict=True)
        if mine != other
    )
    return [(mine, other) for mine, other in pairs if mine and other]


def _inputs(recipe: Recipe) -> list[Digest]:
    inputs = recipe.manifest.get("inputs") if recipe.manifest else None
    return [Digest(str(each)) for each in inputs] if isinstance(inputs, list) else []


def _made(artifact: Digest, store: Store) -> Recipe | None:
    makers = store.actions.makers(artifact)
    return recipe_of(artifact[:SHOWN], makers[0]) if makers else None


def between_document(found: Sequence[Between]) -> dict[str, Json]:
    """Return `assetforge.explain/1` of two pictures: no actions, but what is between them."""
    return {
        "schema": "assetforge.explain/1",
        "actions": [],
        "between": [
            {
                "depth": each.depth,
                "one": _recipe_json(each.one),
                "two": _recipe_json(each.two),
                "changes": [
                    {"field": field, "old": old, "new": new} for field, old, new in each.changes
                ],
            }
            for each in found
        ],
    }


def _recipe_json(recipe: Recipe) -> Json:
    return {
        "name": recipe.name,
        "key": str(recipe.key),
        "manifest": recipe.manifest,
        "components": dict(recipe.components),
    }


def between_text(found: Sequence[Between]) -> str:
    """Return what is between two pictures as a person reads it."""
    return "\n\n".join("\n".join(_lines(each)) for each in found)


def _lines(each: Between) -> Iterator[str]:
    one, two = each.one, each.two
    yield f"{one.kind or 'made'}  {one.name} -> {two.name}"
    yield f"  key: {one.key[:SHOWN]} -> {two.key[:SHOWN]}"
    for name, old, new in each.changes:
        yield from change_lines(name, old, new, (one.name, two.name))
    if not each.changes:
        yield "  the same recipe" if one.key == two.key else "  no field that is known differs"
