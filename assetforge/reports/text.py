"""What a person reads of plans and builds: the summary last, failures last of all."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from shlex import quote

from assetforge.action import Action, ActionId
from assetforge.build import Built
from assetforge.decided import Decided, Options
from assetforge.digest import Json
from assetforge.events import Outcome
from assetforge.permission import few
from assetforge.pricing import Cost, cost_text, usd
from assetforge.rebuilder import Hit, Wait
from assetforge.reports.documents import decision_word
from assetforge.reports.sharing import Sharing, sharing_of_build, sharing_of_plan

LISTED = 20
"""Up to this many actions are listed one by one; above, they are counted by step and reason."""


@dataclass(frozen=True, slots=True)
class Flags:
    """What the next command has to repeat, each part with a blank before it.

    `project` names folder, pipeline file and profile; `selection` locales and selectors.
    """

    project: str = ""
    selection: str = ""

    @property
    def both(self) -> str:
        """Return all of it."""
        return self.project + self.selection


def plural(count: int, word: str) -> str:
    """Return `1 action`, `2 actions`."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"


def fields(request: Mapping[str, Json]) -> list[tuple[str, str]]:
    """Return the fields of a request as a person reads them, by name, but for the prompt.

    The copy has a field for each slot, such as `copy.headline`.
    """
    found = []
    for name in sorted(request.keys() - {"prompt"}):
        value = request[name]
        if name == "copy" and isinstance(value, list):
            found += [(f"copy.{each[0]}", str(each[1])) for each in value if isinstance(each, list)]
        else:
            found.append((name, _value(name, value)))
    return found


def _value(name: str, value: Json) -> str:
    if name == "size" and isinstance(value, list):
        return "x".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def indented(lines: Iterable[str]) -> Iterable[str]:
    """Yield lines below their heading; blank ones stay empty."""
    return (f"    {line}" if line.strip() else "" for line in lines)


def plan_text(decided: Decided, flags: Flags = Flags(), *, every: bool = False) -> str:
    """Return the plan: pending actions with reasons, then totals, then what to type next.

    Above it stands how it was narrowed to what differs from a commit, if it was.
    """
    pending, since = decided.pending, decided.since
    if since is not None and not since.changes:
        return str(since)
    shown = [id for id in decided.decisions if every or not is_plain_hit(decided, id)]
    few = every or len(shown) <= LISTED
    lines = list(_each(decided, shown) if few else _grouped(decided, shown))
    if lines:
        lines.append("")
    lines = lines if since is None else [str(since), *lines]
    lines += _skipped(decided)
    lines.append(totals_text(decided))
    lines += sharing_lines(sharing_of_plan(decided), "saves")
    lines += [f"  price: {note}" for note in decided.cost.notes]
    if pending or decided.lost:
        hint = "" if few else f"   (every action: assetforge plan --all{flags.both})"
        rebuy = " --rebuy" if decided.lost or decided.rebuilder.rebuy else ""
        lines.append(f"next: assetforge build{flags.both}{rebuy}{hint}")
    return "\n".join(lines)


def is_plain_hit(decided: Decided, id: ActionId) -> bool:
    """Tell whether there is nothing to say of an action: it is there, and nobody held it there."""
    return isinstance(decided.decisions[id], Hit) and not decided.reasons[id]


def totals_text(decided: Decided) -> str:
    """Return the plan in one line."""
    words = Counter(decision_word(each) for each in decided.decisions.values())
    shown = [word for word in ("run", "wait", "hit", "lost") if words[word] or word != "lost"]
    counts = ", ".join(f"{words[word]:,} {word}" for word in shown)
    price = cost_text(decided.cost)
    files = plural(len(decided.plan.targets), "picture")
    return f"{files} in {plural(len(decided.decisions), 'action')}: {counts}; cost {price}"


def sharing_lines(sharing: Sharing, saves: str) -> list[str]:
    """Return the line that says what sharing saves, or saved; none where it is nothing."""
    if not sharing.saved.high:
        return []
    calls, alone = plural(sharing.calls, "call"), f"{sharing.calls_alone:,}"
    return [f"  sharing: {calls} in place of {alone}; {saves} {cost_text(sharing.saved)}"]


def _each(decided: Decided, shown: Iterable[ActionId]) -> Iterable[str]:
    priced = set(decided.priced)
    for id in shown:
        word = decision_word(decided.decisions[id])
        why = "; ".join(decided.reasons[id])
        cost = f"  {cost_text(decided.prices[id])}" if id in priced else ""
        yield f"  {word:<5} {id}{_shared(decided.plan.actions[id])}{cost}"
        yield from (f"        {line}" for line in [why, *decided.notes[id]] if line)


def _shared(action: Action) -> str:
    count = len(action.variants)
    return f"  (shared by {count:,} variants)" if count > 1 else ""


def _grouped(decided: Decided, shown: Iterable[ActionId]) -> Iterable[str]:
    priced = set(decided.priced)
    groups: dict[tuple[str, str, str, str], list[ActionId]] = {}
    for id in shown:
        action, decision = decided.plan.actions[id], decided.decisions[id]
        why = "waits for its input"
        if not isinstance(decision, Wait):
            why = next(iter(decided.reasons[id]), "")
        word = decision_word(decision)
        groups.setdefault((action.asset, action.step, word, why), []).append(id)
    for (asset, step, word, why), ids in groups.items():
        cost = sum((decided.prices[id] for id in ids if id in priced), Cost(0, 0))
        price = f"  {cost_text(cost)}" if cost.high else ""
        yield f"  {word:<5} {asset}: {len(ids):,} × {step}  {why}{price}"


def _skipped(decided: Decided) -> list[str]:
    return [f"  skip  {each.variant}  {each.reason}" for each in decided.plan.skipped]


def build_text(built: Built, options: Options, flags: Flags = Flags()) -> str:
    """Return what a build came to: totals, where the pictures are, failures last, the next step."""
    progress = built.progress
    totals = {each: progress.count(each) for each in Outcome}
    totals[Outcome.HIT] += built.carried.hits
    counts = [
        f"{count:,} {outcome.value}"
        for outcome, count in totals.items()
        if count or outcome in (Outcome.MADE, Outcome.HIT)
    ]
    lines = _skipped(built.decided)
    if progress.again:
        counts.append(f"{progress.again:,} more for pictures that were not right")
    files = plural(len(built.materialized.current) + built.carried.current, "picture")
    lines.append(
        f"{', '.join(counts)}; {files} current, {_written(built)}; "
        f"spent ${usd(progress.cost_microdollars)}"
    )
    lines += sharing_lines(sharing_of_build(built), "saved")
    if built.waiting:
        wait = "picture waits" if len(built.waiting) == 1 else "pictures wait"
        names = few([str(id) for id in built.waiting])
        lines.append(f"  {len(built.waiting):,} {wait} for somebody to accept it: {names}")
    if progress.settled.published:
        lines.append(f"  {plural(progress.settled.published, 'result')} published for the others")
    lines += [f"  {words}" for words in progress.settled.words]
    lines += [f"  typeset {id}  no take was right" for id in progress.typeset]
    lines += [f"  failed  {id}  {each.message}" for id, each in progress.failures.items()]
    lines += [
        f"  {'kept' if each.code == 'hand-made' else 'failed':<6}  {each.message}"
        for each in built.materialized.refused
    ]
    if advice := _next_of_build(built, options, flags):
        lines.append(advice)
    return "\n".join(lines)


def _written(built: Built) -> str:
    """Return how many files were written, below which folder, and how many were removed."""
    count, removed = built.materialized.written, len(built.materialized.removed)
    gone = f", {removed:,} removed" if removed else ""
    if not count:
        return f"0 written{gone}"
    folders = {PurePosixPath(target.path).parent for target, _ in built.materialized.current}
    if built.carried.folder:
        folders.add(PurePosixPath(built.carried.folder))
    below = Path(os.path.commonpath(folders)).as_posix()
    return f"{count:,} written below '{below}'{gone}"


def _next_of_build(built: Built, options: Options, flags: Flags) -> str:
    progress = built.progress
    if progress.interrupted:
        return f"next: assetforge build{flags.both}   (interrupted; what was made is kept)"
    for id, failure in progress.failures.items():
        if failure.code == "over-budget":
            return f"next: assetforge build{flags.both} --max-cost USD   (a higher one)"
        if progress.outcomes[id] is Outcome.UNKNOWN:
            hint = "(sends again what got no answer, and may pay twice)"
            return f"next: assetforge build{flags.both} --resend   {hint}"
        action = built.decided.plan.actions[id]
        what = f"{flags.project} {quote(action.variants[0])} --step {action.step}"
        blocked = progress.count(Outcome.BLOCKED)
        hint = f"   ({blocked:,} not tried: build --keep-going)"
        return f"next: assetforge render{what}{hint if blocked and not options.keep_going else ''}"
    if built.waiting:
        variant = built.decided.plan.actions[built.waiting[0]].variants[0]
        return f"next: assetforge accept{flags.project} {quote(variant)}"
    return f"next: assetforge report{flags.both}" if progress.count(Outcome.MADE) else ""
