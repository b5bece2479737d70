"""Drafts in place of what costs money: the same plan, drawn by the built-in `draft` provider.

A draft is in the store, and nowhere else: no target gets it, and no lock names it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Container, Iterable
from dataclasses import replace
from functools import partial
from typing import Final

from assetforge.action import ActionId, VariantName
from assetforge.build import executor
from assetforge.decided import Decided, decide_plan
from assetforge.digest import Digest
from assetforge.events import Event
from assetforge.lock.folder import Lock
from assetforge.pipeline import Profile
from assetforge.planner import Selection, make_plan
from assetforge.progress import Progress
from assetforge.project import Project
from assetforge.reports.collect import chain_of
from assetforge.scheduler import Rules, run
from assetforge.session.rows import Row, row_id
from assetforge.store.local import Store

PROVIDER: Final = "draft"


def drafting(project: Project) -> Project:
    """Return a project as it would be with a profile that draws drafts."""
    profile = Profile(provider=PROVIDER)
    return replace(project, profile=profile, profile_name=PROVIDER, _narrowed={})


def decide_drafts(project: Project, store: Store, names: Collection[VariantName]) -> Decided:
    """Plan the drafts of some variants.

    Raises:
        InvalidSource: they cannot be planned.
    """
    drafts = drafting(project)
    plan = make_plan(drafts, Selection(names=frozenset(names)), allow_unverified=True)
    return decide_plan(drafts, plan, store, Lock({}))


def drafts_to_draw(
    rows: Iterable[Row], wanted: Collection[str] | None, tried: Container[Digest]
) -> list[Row]:
    """Return what lacks a draft: of the wanted ids, or all that there are.

    What was tried and cannot be drawn is left out, unless all is wanted.
    """
    return [
        each
        for each in rows
        if each.is_stale
        and each.cost
        and each.draft is None
        and (wanted is None or (each.id in wanted and each.words not in tried))
    ]


def draw(
    decided: Decided, store: Store, listen: Callable[[Event], None], stopping: threading.Event
) -> Progress:
    """Draw what there is to draw; nothing that costs something is asked for, a judge neither."""
    rules = Rules(jobs=os.cpu_count() or 1, keep_going=True, stopping=stopping)
    work = partial(executor, decided, store, None)
    return run(decided.plan.actions, store, decided.rebuilder, work, listen, rules)


def drafts_of(decided: Decided, progress: Progress) -> dict[str, Digest]:
    """Return row id → its draft; where a last step failed, the picture before it."""
    found: dict[str, Digest] = {}
    for target in decided.plan.targets:
        digest = _last(decided, progress, target.action)
        if digest is not None:
            found.setdefault(row_id(target.path), digest)
    return found


def _last(decided: Decided, progress: Progress, action: ActionId) -> Digest | None:
    chain = reversed(chain_of(decided, action))
    return next(
        (progress.artifacts[each.id] for each in chain if each.id in progress.artifacts), None
    )
