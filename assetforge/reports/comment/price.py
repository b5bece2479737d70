"""What a change costs before anything is spent, and how that stands with cap and budgets."""

from __future__ import annotations

from typing import Final

from assetforge.pricing import Cost, cost_text
from assetforge.reports.comment.planned import PlanDocument
from assetforge.reports.comment.quoted import bold, left_out, listed, paragraph, said
from assetforge.reports.markup import Html, text
from assetforge.reports.text import plural

MOST_NOTES: Final = 10


def price_blocks(plan: PlanDocument) -> list[Html]:
    """Return the price, what is uncertain about it, what it passes, and what was spent."""
    totals = plan.totals
    cost, notes = totals.cost_usd.as_cost(), totals.cost_notes
    blocks = [paragraph(*_price(plan))]
    if notes:
        blocks.append(listed([*map(said, notes[:MOST_NOTES])]))
        if more := left_out(len(notes) - MOST_NOTES if len(notes) > MOST_NOTES else 0, "note"):
            blocks.append(Html(more.strip()))
    over = [words for name, most in _bounds(plan) if (words := _over(cost, name, most))]
    blocks += [paragraph(bold(each)) for each in over]
    if totals.lost:
        lost = plural(totals.lost, "picture")
        blocks.append(paragraph(bold(f"{lost} of the lock cannot be found in any store.")))
    if spent := _spent(plan):
        blocks.append(paragraph(text(spent)))
    return blocks


def _price(plan: PlanDocument) -> list[Html]:
    """Return the first words on the price: what is not known is never told as free."""
    cost, known = plan.totals.cost_usd.as_cost(), not plan.totals.cost_notes
    if cost.high:
        end = "." if known else ", but not every price is known:"
        return [text("Making what changes costs "), bold(cost_text(cost)), text(end)]
    if not known:
        return [text("What it costs is not known:")]
    if any(each.decision in ("run", "wait") for each in plan.actions):
        return [text("Making what changes costs nothing.")]
    return [text("Nothing has to be made for it.")]


def _bounds(plan: PlanDocument) -> list[tuple[str, int]]:
    """Return what a build stops at: its name, and how much of it is left, in microdollars."""
    found = []
    if plan.max_cost_usd is not None:
        found.append(("the cap of the profile", plan.max_cost_usd))
    if plan.budget and plan.budget.day:
        found.append(("what is left of the day's budget", plan.budget.day.left_usd))
    if plan.budget and plan.budget.month:
        found.append(("what is left of the month's budget", plan.budget.month.left_usd))
    return found


def _over(cost: Cost, name: str, most: int) -> str:
    """Return what to say where a bound is passed, or may be; else nothing."""
    if cost.high <= max(most, 0):
        return ""
    verb = "costs" if cost.low > most else "may cost"
    return f"It {verb} more than {name}, {_dollars(max(most, 0))}: a build stops there."


def _spent(plan: PlanDocument) -> str:
    parts = []
    if plan.max_cost_usd is not None:
        parts.append(f"{_dollars(plan.max_cost_usd)} for one build")
    for word in ("day", "month"):
        each = getattr(plan.budget, word, None)
        if each is not None:
            spent = f"{_dollars(each.spent_usd)} are spent"
            parts.append(f"{_dollars(each.cap_usd)} for the {word}, of which {spent}")
    return f"Budget: {'; '.join(parts)}." if parts else ""


def _dollars(microdollars: int) -> str:
    return cost_text(Cost(microdollars, microdollars))
