"""What a person reads of plans and builds: the summary last, failures last of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from assetforge.action import Action, ActionId
from assetforge.build import Built, Decided, Options
from assetforge.digest import SHOWN
from assetforge.events import Outcome
from assetforge.pricing import Cost, usd
from assetforge.rebuilder import Wait
from assetforge.reports.documents import decision_word

CENT = 10_000
"""A US cent in microdollars."""

LISTED = 20
"""Up to this many actions are listed one by one; above, they are counted by step and reason."""


def plural(count: int, word: str) -> str:
    """Return `1 action`, `2 actions`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def cost_text(cost: Cost) -> str:
    """Return a price range as a person reads it: in cents, the high bound never too low."""
    low, high = cost.low // CENT, -(-cost.high // CENT)
    if low == high or cost.low == cost.high:
        return f"${usd(high * CENT)}"
    return f"${usd(low * CENT)} to ${usd(high * CENT)}"


def plan_text(decided: Decided, *, every: bool = False) -> str:
    """Return the plan: pending actions with reasons, then totals, then what to type next."""
    pending = decided.pending
    shown = list(decided.decisions) if every else pending
    few = every or len(shown) <= LISTED
    lines = list(_each(decided, shown) if few else _grouped(decided, shown))
    if lines:
        lines.append("")
    lines += _skipped(decided)
    lines.append(totals_text(decided))
    if pending:
        lines.append(_next_of_plan(decided, listed=few))
    return "\n".join(lines)


def totals_text(decided: Decided) -> str:
    """Return the plan in one line."""
    words = Counter(decision_word(each) for each in decided.decisions.values())
    counts = ", ".join(f"{words[word]:,} {word}" for word in ("run", "wait", "hit"))
    price = cost_text(decided.cost)
    files = plural(len(decided.plan.targets), "picture")
    return f"{files} in {plural(len(decided.decisions), 'action')}: {counts}; cost {price}"


def _next_of_plan(decided: Decided, *, listed: bool) -> str:
    profile = f" --profile {decided.project.profile_name}"
    default = decided.project.profile_name == next(iter(decided.project.pipeline.profiles))
    hint = "" if listed else "   (every action: assetforge plan --all)"
    return f"next: assetforge build{'' if default else profile}{hint}"


def _each(decided: Decided, shown: Iterable[ActionId]) -> Iterable[str]:
    for id in shown:
        word = decision_word(decided.decisions[id])
        why = "; ".join(decided.reasons[id])
        price = decided.prices[id]
        cost = f"  {cost_text(price)}" if price.high and word != "hit" else ""
        yield f"  {word:<5} {id}{_shared(decided.plan.actions[id])}{cost}"
        yield from (f"        {line}" for line in [why, *decided.notes[id]] if line)


def _shared(action: Action) -> str:
    count = len(action.variants)
    return f"  (shared by {count:,} variants)" if count > 1 else ""


def _grouped(decided: Decided, shown: Iterable[ActionId]) -> Iterable[str]:
    groups: dict[tuple[str, str, str, str], list[ActionId]] = {}
    for id in shown:
        action, decision = decided.plan.actions[id], decided.decisions[id]
        why = decided.reasons[id][0] if decided.reasons[id] else ""
        if isinstance(decision, Wait):
            why = "waits for its input"
        word = decision_word(decision)
        groups.setdefault((action.asset, action.step, word, why), []).append(id)
    for (asset, step, word, why), ids in groups.items():
        cost = sum((decided.prices[id] for id in ids), Cost(0, 0))
        price = f"  {cost_text(cost)}" if cost.high else ""
        yield f"  {word:<5} {asset}: {len(ids):,} × {step}  {why}{price}"


def _skipped(decided: Decided) -> list[str]:
    return [f"  skip  {each.variant}  {each.reason}" for each in decided.plan.skipped]


def build_text(built: Built, options: Options) -> str:
    """Return what a build came to: totals, where the pictures are, failures last, the next step."""
    progress = built.progress
    counts = [
        f"{progress.count(outcome):,} {outcome.value}"
        for outcome in Outcome
        if progress.count(outcome) or outcome in (Outcome.MADE, Outcome.HIT)
    ]
    lines = [f"  skip  {each.variant}  {each.reason}" for each in built.decided.plan.skipped]
    files = plural(len(built.materialized.current), "picture")
    lines.append(
        f"{', '.join(counts)}; {files} current, {built.materialized.written:,} written; "
        f"spent ${usd(progress.cost_microdollars)}"
    )
    lines += [f"  failed  {id}  {each.message}" for id, each in progress.failures.items()]
    lines += [f"  kept    {each.message}" for each in built.materialized.refused]
    lines += _next_of_build(built, options)
    return "\n".join(lines)


def _next_of_build(built: Built, options: Options) -> Sequence[str]:
    if built.progress.failures:
        first = built.decided.plan.actions[next(iter(built.progress.failures))]
        advice = f"next: assetforge explain {first.variants[0]}"
        blocked = built.progress.count(Outcome.BLOCKED)
        if blocked and not options.keep_going:
            advice += f"   ({blocked:,} not tried: build --keep-going)"
        return [advice]
    if built.progress.interrupted:
        return ["interrupted; what was made is kept. next: assetforge build"]
    if built.progress.count(Outcome.MADE):
        return ["next: assetforge report"]
    return []


def short(digest: str) -> str:
    """Return the part of a digest or key that a person sees."""
    return digest[:SHOWN]
