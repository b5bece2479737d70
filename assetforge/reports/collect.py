"""The pictures of a plan, as they are on disk and in the store, for reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assetforge.action import Action, ActionId
from assetforge.decided import Decided
from assetforge.digest import Digest, digest_of_file
from assetforge.evidence import evidence
from assetforge.findings import Findings
from assetforge.materialize import is_untouched
from assetforge.plan import Target
from assetforge.pricing import usd
from assetforge.rebuilder import Hit, Wait
from assetforge.reports.documents import decision_word
from assetforge.reports.pictures import Picture, StepShown
from assetforge.store.local import Store
from assetforge.store.record import Written


@dataclass(frozen=True, slots=True)
class State:
    """What a picture's file is: its state, why, and its digest if there is one."""

    word: str
    reason: str
    digest: Digest | None


def collect(decided: Decided, store: Store) -> list[Picture]:
    """Return one picture for every target of a plan, in the order of the plan."""
    written, found = store.record.targets(), evidence(decided, store)
    return [_picture(decided, target, written, found) for target in decided.plan.targets]


def _picture(
    decided: Decided,
    target: Target,
    written: Mapping[str, Written],
    found: Mapping[ActionId, Findings],
) -> Picture:
    state = state_of(decided, target, written.get(target.path))
    asset = decided.project.pipeline.assets[target.variant.asset]
    chain = chain_of(decided, target.action)
    return Picture(
        asset=target.variant.asset,
        variant=str(target.variant.name),
        axes=dict(target.variant.values),
        tags=tuple(asset.tags),
        locale=target.variant.locale or "",
        lang=target.lang,
        direction=target.direction,
        path=target.path,
        sha256=state.digest,
        width=target.size.width,
        height=target.size.height,
        alt=target.alt,
        state=state.word,
        reason=state.reason,
        steps=tuple(_step(decided, each, found.get(each.id)) for each in chain),
        copy={
            slot: text
            for each in chain
            for slot, text in decided.plan.rendered[each.id].copy.items()
        },
    )


def chain_of(decided: Decided, action: ActionId) -> list[Action]:
    """Return the actions that a picture stands on, the first step first."""
    order: dict[ActionId, None] = {}

    def visit(id: ActionId) -> None:
        for each in decided.plan.actions[id].made_inputs:
            visit(each)
        order[id] = None

    visit(action)
    return [decided.plan.actions[id] for id in order]


def _step(decided: Decided, action: Action, found: Findings | None) -> StepShown:
    decision = decided.decisions[action.id]
    hit = isinstance(decision, Hit)
    cost = decision.result.cost_microdollars if isinstance(decision, Hit) else 0
    return StepShown(
        step=action.step,
        kind=action.kind,
        key=None if isinstance(decision, Wait) else decision.key,
        decision=decision_word(decision),
        prompt=str(action.request.get("prompt", "")),
        request={name: each for name, each in action.request.items() if name != "prompt"},
        artifact=decision.artifact if isinstance(decision, Hit) else None,
        cost_usd=usd(cost if hit else decided.prices[action.id].high),
        shared_by=len(action.variants),
        found=found,
        how=decision.how if isinstance(decision, Hit) else "",
    )


def state_of(decided: Decided, target: Target, written: Written | None) -> State:
    """Return what a target's file is; `written` is what the store noted when it wrote it."""
    path = decided.project.root / target.path
    if not path.is_file():
        return State("missing", _why(decided, target) or "the file is not there", None)
    if written is not None and is_untouched(decided.project.root, written, target.path):
        digest = written.artifact
    else:
        digest = digest_of_file(path)
    if written is None or digest != written.artifact:
        return State("edited", "not as assetforge left it", digest)
    decision = decided.decisions[target.action]
    if isinstance(decision, Hit) and decision.artifact == digest:
        return State("current", "", digest)
    return State("stale", _why(decided, target) or "a newer one is in the store", digest)


def _why(decided: Decided, target: Target) -> str:
    """Return the first reason of the first step that is not a hit."""
    for action in chain_of(decided, target.action):
        if reasons := decided.reasons[action.id]:
            return f"{action.step}: {reasons[0]}"
    return ""


def bytes_of(root: Path, picture: Picture) -> bytes | None:
    """Return the bytes of a picture's file, or None when there is none."""
    try:
        return (root / picture.path).read_bytes()
    except OSError:
        return None
