"""Whether an action has to run: a hit, a run, or not known before its inputs are made.

Constructive traces: the key covers the digests of an action's inputs, one level deep. A step that
runs again and gives the same bytes therefore stops there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from assetforge.action import (
    Action,
    ActionId,
    ActionKey,
    Input,
    Made,
    Manifest,
    action_key,
    differences,
    manifest,
)
from assetforge.digest import Digest, Json
from assetforge.store.action_cache import ActionResult


@dataclass(frozen=True, slots=True)
class Hit:
    """The artifact is in the store."""

    key: ActionKey
    result: ActionResult


@dataclass(frozen=True, slots=True)
class Run:
    """The action has to run; `described` is its manifest."""

    key: ActionKey
    described: Manifest


@dataclass(frozen=True, slots=True)
class Wait:
    """There is no key yet: these inputs are still to be made."""

    on: tuple[ActionId, ...]


Decision: TypeAlias = Hit | Run | Wait
Known = Callable[[Iterable[ActionKey]], Mapping[ActionKey, ActionResult]]
"""Returns the results that are known, with their bytes in the store, among some keys."""


def decide(
    actions: Sequence[Action], made: Mapping[ActionId, Digest], known: Known
) -> list[Decision]:
    """Return a decision for each action, given what has been made so far; one look-up for all."""
    described = {
        action.id: manifest(action, made)
        for action in actions
        if all(each in made for each in action.made_inputs)
    }
    keys = {action: action_key(each) for action, each in described.items()}
    results = known(keys.values())
    return [_decision(action, made, described, keys, results) for action in actions]


def _decision(
    action: Action,
    made: Mapping[ActionId, Digest],
    described: Mapping[ActionId, Manifest],
    keys: Mapping[ActionId, ActionKey],
    results: Mapping[ActionKey, ActionResult],
) -> Decision:
    if action.id not in keys:
        return Wait(tuple(each for each in action.made_inputs if each not in made))
    key = keys[action.id]
    result = results.get(key)
    return Run(key, described[action.id]) if result is None else Hit(key, result)


def decide_all(actions: Mapping[ActionId, Action], known: Known) -> dict[ActionId, Decision]:
    """Return a decision for every action of a plan before anything runs."""
    decisions: dict[ActionId, Decision] = {}
    made: dict[ActionId, Digest] = {}
    waiting = list(actions.values())
    while waiting:
        decided = decide(waiting, made, known)
        decisions |= {action.id: each for action, each in zip(waiting, decided, strict=True)}
        hits = {
            action.id: each
            for action, each in zip(waiting, decided, strict=True)
            if isinstance(each, Hit)
        }
        if not hits:
            break
        made |= {id: each.result.artifact for id, each in hits.items()}
        waiting = [each for each in waiting if isinstance(decisions[each.id], Wait)]
    return {id: decisions[id] for id in actions}


def reasons(decision: Decision, last: Manifest | None, inputs: Sequence[Input] = ()) -> list[str]:
    """Say in words why an action is not a hit; `last` is the manifest it was last built under.

    `inputs` are the action's, in order.
    """
    match decision:
        case Hit():
            return []
        case Wait(on):
            return [f"waits for {', '.join(on)}"]
        case Run(_, described):
            if last is None:
                return ["never built"]
            changes = [_change(*each, inputs) for each in differences(last, described)]
            return changes or ["its bytes are not in the store"]


def _change(field: str, old: Json, new: Json, inputs: Sequence[Input]) -> str:
    if field == "inputs":
        changed = _changed_inputs(old, new, inputs)
        return f"input changed: {', '.join(changed)}" if changed else "inputs changed"
    if field == "copy":
        return f"copy changed: {', '.join(_changed_slots(old, new))}"
    if _short(old) and _short(new):
        return f"{field} changed: {_shown(old)} -> {_shown(new)}"
    return f"{field} changed"


def _short(value: Json) -> bool:
    return isinstance(value, str | int | None) and len(str(value)) <= 24


def _shown(value: Json) -> str:
    return "none" if value is None else str(value)


def _changed_inputs(old: Json, new: Json, inputs: Sequence[Input]) -> list[str]:
    if not isinstance(old, list) or not isinstance(new, list) or len(old) != len(new):
        return []
    return [
        str(each.action if isinstance(each, Made) else each.path)
        for before, after, each in zip(old, new, inputs, strict=False)
        if before != after
    ]


def _changed_slots(old: Json, new: Json) -> list[str]:
    before, after = _slots(old), _slots(new)
    return sorted(slot for slot in before | after if before.get(slot) != after.get(slot))


def _slots(value: Json) -> dict[str, Json]:
    pairs = value if isinstance(value, list) else []
    return {str(pair[0]): pair[1] for pair in pairs if isinstance(pair, list) and len(pair) == 2}
