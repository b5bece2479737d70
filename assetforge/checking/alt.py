"""Whether every picture has a text for who cannot see it, and one that can be listened to.

A message that a locale lacks is the plan's to tell, as for any other text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final

from assetforge.budgets import count
from assetforge.errors import Diagnostic, Place
from assetforge.permission import few
from assetforge.pipeline import Asset, MessageText
from assetforge.plan import Plan, Target
from assetforge.project import Project

MOST: Final = 250
"""Graphemes of an alt text: it is read out in one go, and some readers cut it off.

Source: the check H37 "alt is too long" of accessibility checkers, read 2026-11-22.
"""


def alt_problems(project: Project, plan: Plan) -> Iterator[Diagnostic]:
    """Yield what is wrong with the alt texts of each asset, once for all its variants."""
    targets = sorted(plan.targets, key=lambda each: each.variant.asset)
    for name, some in groupby(targets, key=lambda each: each.variant.asset):
        yield from _of_asset(project, name, list(some))


def _of_asset(project: Project, name: str, targets: Sequence[Target]) -> Iterator[Diagnostic]:
    asset, document = project.pipeline.assets[name], project.loaded.document
    stated = [asset.alt, *(each.alt for each in asset.overrides.values())]
    if not any(each is not None for each in stated):
        place = document.place(("assets", name), key=True)
        yield _warning("no-alt", f"'{name}' has no alt text", place, "", NAME_ONE)
        return
    alt = ("assets", name, "alt")
    place = document.place(alt) if document.holds(alt) else document.place(("assets", name), True)
    empty = [each for each in targets if not each.alt.strip()]
    if empty and not _is_ornament(asset):
        words = f"the alt text of '{name}' is empty"
        yield _warning("empty-alt", words, place, _where(empty), SAY_SO)
    long = [each for each in targets if count(each.alt, "graphemes") > MOST]
    if long:
        words = f"the alt text of '{name}' has more than {MOST} characters"
        yield _warning("long-alt", words, place, _where(long), SHORTEN)


NAME_ONE: Final = "name a message with `alt:`; write `alt: {text: ''}` for an ornament"
SAY_SO: Final = "say what the picture shows; write `alt: {text: ''}` for an ornament"
SHORTEN: Final = "say in a sentence what the picture is for, and the rest beside it"


def _is_ornament(asset: Asset) -> bool:
    """Tell whether somebody wrote that there is nothing to say of the picture."""
    stated = (asset.alt, *(each.alt for each in asset.overrides.values()))
    return any(isinstance(each, MessageText) and not each.text.strip() for each in stated)


def _where(targets: Sequence[Target]) -> str:
    """Return the locales of targets, or their variants where they have none."""
    return few([*dict.fromkeys(each.variant.locale or each.variant.name for each in targets)])


def _warning(code: str, message: str, place: Place, label: str, advice: str) -> Diagnostic:
    return Diagnostic(code, message, place, label, advice, severity="warning")
