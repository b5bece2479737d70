"""What is between two pictures, as a person or a script is shown it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assetforge.digest import SHOWN, Json
from assetforge.reports.explanation import change_lines
from assetforge.review.between import Between
from assetforge.review.recipe import Recipe


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
