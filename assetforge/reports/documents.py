"""JSON documents: what scripts read. Fields are only ever added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from assetforge.build import Built
from assetforge.changed import Since
from assetforge.decided import Decided
from assetforge.diagnostics import as_json
from assetforge.digest import Json
from assetforge.errors import Diagnostic
from assetforge.events import Outcome
from assetforge.ledger import Spent
from assetforge.pipeline import Budget
from assetforge.pricing import MILLION, Cost, usd
from assetforge.rebuilder import Decision, Hit, Lost, Run, Wait
from assetforge.reports.sharing import sharing_json, sharing_of_build, sharing_of_plan

WORDS: Final = ("hit", "run", "wait", "lost")
"""The glossary's words for decisions."""


def decision_word(decision: Decision) -> str:
    """Return the glossary's word for a decision."""
    match decision:
        case Hit():
            return "hit"
        case Run():
            return "run"
        case Wait():
            return "wait"
        case Lost():
            return "lost"


def cost_json(cost: Cost) -> dict[str, Json]:
    """Return a price range as decimal strings in US dollars."""
    return {"low": usd(cost.low), "high": usd(cost.high)}


def check_document(
    diagnostics: Sequence[Diagnostic],
    unbuilt: Sequence[str] | None = None,
    unaccepted: Sequence[str] | None = None,
    unlocked: Sequence[str] | None = None,
) -> dict[str, Json]:
    """Return `assetforge.check/1`.

    `unbuilt` are actions and targets, `unaccepted` and `unlocked` pictures of a provider; None if
    nobody looked.
    """
    errors = sum(1 for each in diagnostics if each.severity == "error")
    return {
        "schema": "assetforge.check/1",
        "diagnostics": list[Json](as_json(diagnostics)),
        "unbuilt": None if unbuilt is None else list(unbuilt),
        "unlocked": None if unlocked is None else list(unlocked),
        "unaccepted": None if unaccepted is None else list(unaccepted),
        "totals": {"errors": errors, "warnings": len(diagnostics) - errors},
    }


def plan_document(decided: Decided, spent: Spent | None = None) -> dict[str, Json | Iterator[Json]]:
    """Return `assetforge.plan/1`; its actions and targets, which may be very many, one by one.

    `spent` is what counts against the budget; None: nobody looked, or none is stated.
    """
    cap, since = decided.project.profile.max_cost, decided.since
    priced = set(decided.priced)
    count = Counter(decision_word(each) for each in decided.decisions.values())
    totals: dict[str, Json] = {
        **{word: count[word] for word in WORDS},
        "cost_usd": cost_json(decided.cost),
        "cost_notes": list(decided.cost.notes),
        "sharing": sharing_json(sharing_of_plan(decided)),
    }
    return {
        "schema": "assetforge.plan/1",
        "profile": decided.project.profile_name,
        "actions": (
            {
                "id": str(id),
                "asset": action.asset,
                "step": action.step,
                "kind": action.kind,
                "variants": [str(each) for each in action.variants],
                "decision": decision_word(each := decided.decisions[id]),
                "key": None if isinstance(each, Wait) else str(each.key),
                "reasons": list(decided.reasons[id]),
                "cost_usd": cost_json(decided.prices[id] if id in priced else Cost(0, 0)),
                "notes": list(decided.notes[id]),
                "accepted": isinstance(each, Hit) and each.accepted,
            }
            for id, action in decided.plan.actions.items()
        ),
        "targets": (
            {"variant": str(each.variant.name), "path": each.path, "action": str(each.action)}
            for each in decided.plan.targets
        ),
        "skipped": [
            {"variant": str(each.variant), "reason": each.reason} for each in decided.plan.skipped
        ],
        "warnings": list[Json](
            as_json([*decided.warnings, *(since.warnings if since is not None else ())])
        ),
        "since": None if since is None else since_json(since),
        "budget": None if spent is None else budget_json(decided.project.pipeline.budget, spent),
        "max_cost_usd": None if cap is None else usd(int(cap * MILLION)),
        "totals": totals,
    }


def since_json(since: Since) -> dict[str, Json]:
    """Return what differs from a commit, variant by variant."""
    return {
        "ref": since.ref,
        "commit": since.commit,
        "variants": [
            {
                "variant": str(each.variant),
                "change": each.kind,
                "steps": list(each.steps),
                "paths": list(each.paths),
                "before": each.before,
                "after": each.after,
                "reasons": list(each.reasons),
            }
            for each in since.changes
        ],
    }


def budget_json(budget: Budget, spent: Spent) -> dict[str, Json]:
    """Return what is left of a budget for this day and month; None for what has none."""
    stated = {"day": (budget.day, spent.day), "month": (budget.month, spent.month)}
    return {
        name: None if cap is None else _left_json(int(cap * MILLION), gone + spent.reserved)
        for name, (cap, gone) in stated.items()
    }


def _left_json(cap: int, spent: int) -> dict[str, Json]:
    left = max(0, cap - spent)
    return {"cap_usd": usd(cap), "spent_usd": usd(spent), "left_usd": usd(left)}


def build_document(built: Built) -> dict[str, Json]:
    """Return `assetforge.build/1`."""
    progress, plan = built.progress, built.decided.plan
    totals: dict[str, Json] = {each.value: progress.count(each) for each in Outcome}
    totals["cost_usd"] = usd(progress.cost_microdollars)
    totals["sharing"] = sharing_json(sharing_of_build(built))
    totals["written"] = built.materialized.written
    totals["removed"] = len(built.materialized.removed)
    totals["again"] = progress.again
    totals["typeset"] = len(progress.typeset)
    totals["waiting"] = len(built.waiting)
    totals["published"] = progress.settled.published
    failures: list[Json] = [
        {
            "action": str(id),
            "variant": str(plan.actions[id].variants[0]),
            "error": failure.code,
            "message": failure.message,
        }
        for id, failure in progress.failures.items()
    ]
    failures += [
        {
            "action": str(each.target.action),
            "variant": str(each.target.variant.name),
            "error": each.code,
            "message": each.message,
        }
        for each in built.materialized.refused
    ]
    return {
        "schema": "assetforge.build/1",
        "profile": built.decided.project.profile_name,
        "totals": totals,
        "targets": [
            {"variant": str(target.variant.name), "path": target.path, "sha256": str(artifact)}
            for target, artifact in built.materialized.current
        ],
        "skipped": [{"variant": str(each.variant), "reason": each.reason} for each in plan.skipped],
        "warnings": list[Json](as_json(built.decided.warnings)),
        "interrupted": progress.interrupted,
        "unpublished": list(progress.settled.words),
        "failures": failures,
    }
