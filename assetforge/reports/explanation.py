"""Why each action is a hit, a run or waits: its manifest against the one last built."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from assetforge.action import ActionId, ActionKey, Manifest, differences
from assetforge.build import Decided
from assetforge.digest import SHOWN, Json
from assetforge.rebuilder import Hit, Run, Wait
from assetforge.reports.documents import decision_word
from assetforge.reports.text import fields, indented, plural


@dataclass(frozen=True, slots=True)
class Explained:
    """One action: what was decided, why, and every field that differs from the last build.

    `uses` are the templates, messages and variables its words were rendered from.
    """

    action: ActionId
    variants: Sequence[str]
    decision: str
    key: ActionKey | None
    reasons: Sequence[str]
    changes: Sequence[tuple[str, Json, Json]]
    uses: Sequence[str]


def explain(decided: Decided, last: Mapping[ActionId, Manifest]) -> list[Explained]:
    """Return an explanation of every action of the plan, in its order."""
    return [_explained(decided, id, last.get(id)) for id in decided.plan.actions]


def _explained(decided: Decided, id: ActionId, last: Manifest | None) -> Explained:
    decision = decided.decisions[id]
    now = _described(decision)
    return Explained(
        action=id,
        variants=[str(each) for each in decided.plan.actions[id].variants],
        decision=decision_word(decision),
        key=None if isinstance(decision, Wait) else decision.key,
        reasons=decided.reasons[id],
        changes=differences(last, now) if last is not None and now is not None else [],
        uses=_uses(decided, id),
    )


def _described(decision: Hit | Run | Wait) -> Manifest | None:
    match decision:
        case Hit(_, result):
            return result.manifest
        case Run(_, described):
            return described
        case Wait():
            return None


def _uses(decided: Decided, id: ActionId) -> list[str]:
    step = decided.plan.rendered[id]
    templates = [
        f"template {name}" if digest else f"template {name} (absent)"
        for name, digest in sorted(step.used.templates.items())
    ]
    messages = [f"message {message} ({locale})" for locale, message in sorted(step.messages)]
    return [*templates, *messages, *(f"variable {name}" for name in sorted(step.used.variables))]


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
        yield from _change_lines(field, old, new)
    if each.uses:
        yield f"  from {_few(each.uses)}"


def _few(words: Sequence[str], most: int = 6) -> str:
    more = f" and {len(words) - most} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more


def _change_lines(field: str, old: Json, new: Json) -> Iterable[str]:
    if field == "prompt":
        yield "  prompt:"
        before, now = str(old or "").splitlines(), str(new or "").splitlines()
        diff = unified_diff(before, now, "last build", "now", lineterm="")
        yield from indented(diff)
        return
    was, is_now = dict(_parts(field, old)), dict(_parts(field, new))
    for name in dict.fromkeys([*was, *is_now]):
        if was.get(name) != is_now.get(name):
            yield f"  {name}: {was.get(name, 'none')} -> {is_now.get(name, 'none')}"


def _parts(field: str, value: Json) -> list[tuple[str, str]]:
    """Return a field as a person reads it; the copy slot by slot, digests cut."""
    if value is None:
        return []
    if isinstance(value, list) and all(isinstance(v, str) and len(v) == 64 for v in value):
        return [(field, ", ".join(str(each)[:SHOWN] for each in value))]
    return fields({field: value})
