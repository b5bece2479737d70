"""What a decision comes to, and what more takes there are: for people and for scripts."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from shlex import quote

from assetforge.action import ActionId
from assetforge.decided import Decided
from assetforge.digest import Json
from assetforge.lock.entry import Entry, to_json
from assetforge.pricing import cost_text, usd
from assetforge.progress import Progress
from assetforge.rebuilder import shown
from assetforge.reports.documents import cost_json
from assetforge.reports.text import Flags, plural
from assetforge.review.decision import Proposal
from assetforge.store.journal import Decision

LISTED = 20
"""Up to this many pictures are listed one by one."""

NAMED = 4
"""Up to this many variants are named in the next command."""


def decision_text(proposal: Proposal, by: str, flags: Flags, *, decided: bool) -> str:
    """Return what was decided, or would be, as a person reads it."""
    lines = list(_pictures(proposal))
    if not proposal.changes:
        return "\n".join([*lines, "nothing changes: it was so already"])
    count = f"{plural(len(proposal.about), 'picture')} of profile '{profile_of(proposal)}'"
    done = f"{proposal.what}: {count}, by {by}" if decided else f"{proposal.what}: {count}"
    lines.append(done if decided else f"{done}; nothing is decided yet")
    if proposal.again:
        names = _few(proposal.again)
        lines.append(f"  a build makes again: {names}; cost {cost_text(proposal.cost)}")
    if decided:
        lines.append(_next(proposal, flags))
    return "\n".join(lines)


def profile_of(proposal: Proposal) -> str:
    """Return the profile that a decision is for."""
    return proposal.after.project.profile_name


def _next(proposal: Proposal, flags: Flags) -> str:
    """Return what to type next: build what is made again, or commit the lock."""
    undo = f"`assetforge undo{flags.project}` takes it back"
    if not proposal.again:
        folder = f"{PurePath(proposal.after.project.file).stem}.lock"
        return f"next: git add {folder}" + ("" if proposal.undoes else f"   ({undo})")
    actions = proposal.after.plan.actions
    names = list(dict.fromkeys(v for id in proposal.again for v in actions[id].variants))
    chosen = [f" {quote(each)}" for each in names] if len(names) <= NAMED else []
    hint = "" if proposal.undoes else f"   ({undo})"
    return f"next: assetforge build{flags.project}{''.join(chosen)}{hint}"


def _pictures(proposal: Proposal) -> Iterable[str]:
    index = proposal.after.rebuilder.index
    changed = {(slot.variant, slot.step) for slot in proposal.changes}
    for id in proposal.about[:LISTED]:
        action = proposal.after.plan.actions.get(id)
        if action is None:
            continue
        names = [str(each) for each in action.variants]
        entry = next((found for each in names if (found := index.slot(each, action.step))), None)
        same = not any((each, action.step) in changed for each in names)
        more = f"  (shared by {len(names):,} variants)" if len(names) > 1 else ""
        yield f"  {id}  {_said(entry)}{more}{'  (as before)' if same else ''}"
    if len(proposal.about) > LISTED:
        yield f"  and {len(proposal.about) - LISTED:,} more"


def _said(entry: Entry | None) -> str:
    """Return what the lock says of a picture from now on."""
    if entry is None:
        return "no longer decided about"
    words = [f"take {entry.take}", shown(entry.artifact) if entry.artifact else "to be made"]
    words += [f"from '{entry.imported}'"] if entry.imported else []
    words += ["accepted"] if entry.accepted else []
    words += ["pinned"] if entry.pinned else []
    return "  ".join(words)


def _few(ids: Iterable[ActionId], most: int = 3) -> str:
    names = list(map(str, ids))
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def decision_document(
    proposal: Proposal, by: str, at: str, decision: Decision | None
) -> dict[str, Json]:
    """Return `assetforge.decision/1`; without a decision, only what it would come to."""
    return {
        "schema": "assetforge.decision/1",
        "what": proposal.what,
        "id": decision.id if decision and proposal.changes else None,
        "by": by,
        "at": at,
        "actions": [str(each) for each in proposal.about],
        "changes": [
            {
                "variant": slot.variant,
                "profile": slot.profile,
                "step": slot.step,
                "before": _entry(proposal.before[slot]),
                "after": _entry(after),
            }
            for slot, after in proposal.changes.items()
        ],
        "again": [str(each) for each in proposal.again],
        "cost_usd": cost_json(proposal.cost),
    }


def _entry(entry: Entry | None) -> Json:
    return None if entry is None else to_json(entry)


def reroll_text(decided: Decided, progress: Progress, flags: Flags) -> str:
    """Return the takes that were made, as a person reads it, and how to go on."""
    lines = []
    for id, action in decided.plan.actions.items():
        if action.is_extra and id in progress.results:
            result = progress.results[id]
            lines.append(f"  {id}  {shown(result.artifact)}  ${usd(result.cost_microdollars)}")
    made = len(lines)
    lines += [f"  failed  {id}  {each.message}" for id, each in progress.failures.items()]
    lines.append(f"{plural(made, 'take')} made; spent ${usd(progress.cost_microdollars)}")
    if made:
        first = next(each for each in decided.plan.actions.values() if each.is_extra)
        name = first.variants[0]
        lines.append(
            f"next: assetforge diff{flags.project} {name} --step {first.step} -o takes.png, then "
            f"assetforge choose{flags.project} {name} TAKE --step {first.step}"
        )
    return "\n".join(lines)


def reroll_document(decided: Decided, progress: Progress) -> dict[str, Json]:
    """Return `assetforge.reroll/1`."""
    takes: list[Json] = []
    for id, action in decided.plan.actions.items():
        if action.is_extra and id in progress.results:
            result = progress.results[id]
            takes.append(
                {
                    "action": str(id),
                    "asset": action.asset,
                    "step": action.step,
                    "variants": [str(each) for each in action.variants],
                    "take": action.request["take"],
                    "key": str(result.key),
                    "sha256": str(result.artifact),
                    "cost_usd": usd(result.cost_microdollars),
                }
            )
    return {
        "schema": "assetforge.reroll/1",
        "takes": takes,
        "failures": [
            {"action": str(id), "error": each.code, "message": each.message}
            for id, each in progress.failures.items()
        ],
        "cost_usd": usd(progress.cost_microdollars),
        "interrupted": progress.interrupted,
    }
