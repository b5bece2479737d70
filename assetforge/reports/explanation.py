"""Why each action is a hit, a run or waits: its manifest against the one last built."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from typing import Final

from assetforge.action import ActionId, ActionKey, Manifest, differences
from assetforge.decided import Decided
from assetforge.digest import SHOWN, Json
from assetforge.findings import Check, Findings, document_of
from assetforge.lock.changes import component_changes
from assetforge.lock.entry import Entry
from assetforge.rebuilder import Decision, Hit, Lost, Run, Wait
from assetforge.reports.documents import decision_word
from assetforge.reports.text import fields, indented, plural

HEX: Final = re.compile(rf"[0-9a-f]{{{SHOWN},}}")
"""A digest, or the start of one."""

SHORT: Final = re.compile(rf"sha256:{HEX.pattern}")
"""What the lock holds of a long text."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One action: what was decided, why, and every field that differs from the last build.

    `uses` are the templates, messages and variables its words were rendered from; `found` is what
    was found out about its picture, where somebody looked.
    """

    action: ActionId
    variants: Sequence[str]
    decision: str
    key: ActionKey | None
    reasons: Sequence[str]
    changes: Sequence[tuple[str, Json, Json]]
    uses: Sequence[str]
    found: Findings | None = None


def explain(
    decided: Decided,
    last: Mapping[ActionId, Manifest],
    locked: Mapping[ActionId, Entry],
    evidence: Mapping[ActionId, Findings],
) -> list[Explained]:
    """Return an explanation of every action of the plan, in its order.

    `last` are the manifests they were last built under; `locked` stands in where the store has
    none, such as in a fresh clone: see `last_entries`. `evidence` is what was found out.
    """
    return [
        _explained(decided, id, last.get(id), locked.get(id), evidence.get(id))
        for id in decided.plan.actions
    ]


def last_entries(decided: Decided) -> dict[ActionId, Entry]:
    """Return what the lock says of each drawn action: of the first variant that it knows."""
    index = decided.rebuilder.index
    found = {}
    for id in decided.drawn:
        action = decided.plan.actions[id]
        entries = (index.slot(str(each), action.step) for each in action.variants)
        if (entry := next((each for each in entries if each), None)) is not None:
            found[id] = entry
    return found


def _explained(
    decided: Decided,
    id: ActionId,
    last: Manifest | None,
    locked: Entry | None,
    found: Findings | None,
) -> Explained:
    decision = decided.decisions[id]
    return Explained(
        action=id,
        variants=[str(each) for each in decided.plan.actions[id].variants],
        decision=decision_word(decision),
        key=None if isinstance(decision, Wait) else decision.key,
        reasons=decided.reasons[id],
        changes=_changes(_described(decision), last, locked),
        uses=_uses(decided, id),
        found=found,
    )


def _changes(
    now: Manifest | None, last: Manifest | None, locked: Entry | None
) -> Sequence[tuple[str, Json, Json]]:
    if now is None:
        return []
    if last is not None:
        return differences(last, now)
    return component_changes(locked.components, now) if locked is not None else []


def _described(decision: Decision) -> Manifest | None:
    match decision:
        case Hit(_, result):
            return result.manifest or None
        case Run(_, described):
            return described
        case Wait() | Lost():
            return None


def _uses(decided: Decided, id: ActionId) -> list[str]:
    step = decided.plan.rendered[id]
    templates = [
        f"template {name}" if digest else f"template {name} (absent)"
        for name, digest in sorted(step.used.templates.items())
    ]
    messages = [f"message {message} ({locale})" for locale, message in sorted(step.messages)]
    variables = [f"variable {name}" for name in sorted(step.used.variables)]
    notes = [f"note {step.note.place}"] if step.note else []
    return [*templates, *messages, *variables, *notes]


def explanation_document(explained: Iterable[Explained]) -> dict[str, Json]:
    """Return `assetforge.explain/1`."""
    return {
        "schema": "assetforge.explain/1",
        "actions": [
            {
                "id": str(each.action),
                "variants": list(each.variants),
                "decision": each.decision,
                "key": each.key,
                "reasons": list(each.reasons),
                "changes": [
                    {"field": field, "old": old, "new": new} for field, old, new in each.changes
                ],
                "uses": list(each.uses),
                "findings": None if each.found is None else findings_json(each.found),
            }
            for each in explained
        ],
    }


def explanation_text(explained: Iterable[Explained]) -> str:
    """Return the explanations as a person reads them."""
    return "\n\n".join("\n".join(_lines(each)) for each in explained)


def _lines(each: Explained) -> Iterable[str]:
    key = f"  key {each.key[:SHOWN]}" if each.key else ""
    yield f"{each.decision:<5} {each.action}{key}"
    if len(each.variants) > 1:
        yield f"  shared by {plural(len(each.variants), 'variant')}: {_few(each.variants)}"
    why = "" if each.decision == "wait" else "because "
    yield from (f"  {why}{reason}" for reason in each.reasons)
    for field, old, new in each.changes:
        yield from change_lines(field, old, new)
    for check in each.found.checks if each.found else ():
        yield f"  {check_line(check)}"
    if each.uses:
        yield f"  from {_few(each.uses)}"


def check_line(check: Check) -> str:
    """Return what was looked at and what came of it, as a person reads it."""
    about = f" of {check.slot}" if check.slot else ""
    message = check.message.removeprefix(f"{check.slot}: ")
    return f"{check.verdict:<7} {check.check}{about}{message and ': '}{message}"


def findings_json(found: Findings) -> dict[str, Json]:
    """Return findings as a script reads them, without the pictures that show them."""
    plain = Findings(tuple(replace(each, exhibit="") for each in found.checks), found.reader)
    return document_of(plain, {})


def _few(words: Sequence[str], most: int = 6) -> str:
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def change_lines(
    field: str, old: Json, new: Json, names: tuple[str, str] = ("last build", "now")
) -> Iterable[str]:
    """Yield how a field differs; of a prompt that is known whole, its diff under two names."""
    if field == "prompt" and not (_is_short(old) or _is_short(new)):
        yield "  prompt:"
        before, now = str(old or "").splitlines(), str(new or "").splitlines()
        yield from indented(unified_diff(before, now, *names, lineterm=""))
        return
    was, is_now = dict(_parts(field, old)), dict(_parts(field, new))
    for name in dict.fromkeys([*was, *is_now]):
        if was.get(name) != is_now.get(name):
            yield f"  {name}: {was.get(name, 'none')} -> {is_now.get(name, 'none')}"


def _is_short(value: Json) -> bool:
    """Tell whether a value is the start of its digest, as the lock holds it."""
    return isinstance(value, str) and SHORT.fullmatch(value) is not None


def _parts(field: str, value: Json) -> list[tuple[str, str]]:
    """Return a field as a person reads it; the copy slot by slot, digests cut."""
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(v, str) and HEX.fullmatch(v) for v in value):
        return [(field, ", ".join(str(each)[:SHOWN] for each in value))]
    return [(field, str(value))] if field == "prompt" else fields({field: value})
