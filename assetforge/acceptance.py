"""Which pictures may be shown, where nobody is to see what nobody has accepted."""

from __future__ import annotations

from collections.abc import Iterator

from assetforge.action import ActionId
from assetforge.decided import Decided, is_drawn
from assetforge.materialize import Refused
from assetforge.plan import Plan, Target
from assetforge.progress import Progress

CODE = "not-accepted"
"""Why a target was not written."""


def by_acceptance(decided: Decided, progress: Progress) -> tuple[list[Target], list[Refused]]:
    """Return the targets that may be written, and those that wait for somebody to accept them."""
    targets = list(decided.plan.targets)
    if decided.project.profile.unaccepted != "fail":
        return targets, []
    open = {id for id in decided.drawn if id not in progress.accepted}
    shown, refused = [], []
    for target in targets:
        behind = next((id for id in drawn_behind(decided.plan, target.action) if id in open), None)
        if behind is None:
            shown.append(target)
        elif target.action in progress.artifacts:
            words = f"'{target.path}' is not written: nobody accepted {behind}"
            refused.append(Refused(target, CODE, words))
    return shown, refused


def drawn_behind(plan: Plan, id: ActionId) -> Iterator[ActionId]:
    """Yield the pictures of a provider that one stands on, itself included, the last first."""
    seen: set[ActionId] = set()
    waiting = [id]
    while waiting:
        found = waiting.pop()
        if found in seen:
            continue
        seen.add(found)
        if is_drawn(plan.actions[found]):
            yield found
        waiting += plan.actions[found].made_inputs
