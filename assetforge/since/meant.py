"""Which variants a selection means where it may match nothing: in a project as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from assetforge.action import VariantName
from assetforge.errors import NothingSelected
from assetforge.matrix import Variant, select
from assetforge.planner import Selection, all_variants
from assetforge.project import Project


def left_out(project: Project, selection: Selection) -> frozenset[VariantName]:
    """Return the variants that a selection does not choose; it chooses some.

    Raises:
        NothingSelected: it does not.
        InvalidSource: the variants cannot be told.
    """
    if not (selection.selectors or selection.locales):
        return frozenset()
    variants = _all_of(project, selection)
    chosen = select(variants, selection.selectors, selection.locales, _tags(project))
    return frozenset({each.name for each in variants} - {each.name for each in chosen})


def meant_then(
    project: Project, selection: Selection, besides: frozenset[VariantName], now: Project
) -> Selection:
    """Return what a selection means in a project as it was.

    That is what it chooses now, and what it would have chosen then and is no more. Neither need be
    there; `besides` are those that are, and that it does not choose.

    Raises:
        InvalidSource: the variants cannot be told.
    """
    if not (selection.selectors or selection.locales):
        return selection
    today = {each.name for each in _all_of(now, selection)} - besides
    variants = _all_of(project, selection)
    matching = _matching(variants, selection, project)
    names = {each.name for each in variants} & (today | (matching - besides))
    return replace(selection, selectors=(), locales=(), names=frozenset(names))


def _all_of(project: Project, selection: Selection) -> list[Variant]:
    return all_variants(project, selection.max_variants, selection.pseudo_locales)


def _tags(project: Project) -> dict[str, list[str]]:
    return {name: list(asset.tags) for name, asset in project.pipeline.assets.items()}


def _matching(variants: list[Variant], selection: Selection, project: Project) -> set[VariantName]:
    """Return what any of the selectors and any of the locales chooses, if there are such."""
    tags = _tags(project)
    by_selector = _any_of(selection.selectors, lambda each: select(variants, (each,), (), tags))
    by_locale = _any_of(selection.locales, lambda each: select(variants, (), (each,), tags))
    found = [each for each in (by_selector, by_locale) if each is not None]
    return set.intersection(*found)


def _any_of(
    words: Sequence[str], chosen_by: Callable[[str], list[Variant]]
) -> set[VariantName] | None:
    """Return what any of some words chooses; None: there are no words."""
    found: set[VariantName] = set()
    for each in words:
        with suppress(NothingSelected):
            found |= {variant.name for variant in chosen_by(each)}
    return found if words else None
