"""Where a saved plan and the plan of today part: each action, what became of it, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assetforge.action import ActionId, ActionKey, Made, Manifest, differences
from assetforge.digest import SHOWN
from assetforge.pricing import usd
from assetforge.rebuilder import Run, reasons, shown
from assetforge.saved.plan import SavedAction, SavedInput, SavedPlan

WAS: Final = {
    "hit": "was a hit",
    "run": "was to run",
    "wait": "was to wait",
    "lost": "was lost",
}
IS: Final = {
    "hit": "is a hit now",
    "run": "would run now",
    "wait": "waits for its inputs now",
    "lost": "is lost now",
}

AGREED: Final = {
    "hit": {"hit"},
    "run": {"run", "hit"},
    "wait": {"wait", "run", "hit"},
    "lost": {"lost", "hit"},
}
"""What may have become of an action: somebody else may have built it, or brought it back."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One action or target that is not what the plan says, and in words what is not."""

    subject: str
    what: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.what}"


def drift(then: SavedPlan, now: SavedPlan) -> list[Drift]:
    """Return all that keeps a saved plan from being run.

    What was to run and is a hit by now is no drift: somebody built it, and it is not bought twice.
    """
    found = []
    for id, action in now.actions.items():
        before = then.actions.get(id)
        what = ["is new"] if before is None else list(_changes(before, action))
        found += [Drift(str(id), "; ".join(what))] if what else []
    found += [Drift(str(id), "is gone") for id in then.actions if id not in now.actions]
    told = {each.subject for each in found}
    return found + [each for action, each in _of_targets(then, now) if action not in told]


def _of_targets(then: SavedPlan, now: SavedPlan) -> Iterator[tuple[ActionId, Drift]]:
    """Yield each target that is not as it was, with the action that makes it."""
    for path, target in now.targets.items():
        before = then.targets.get(path)
        if before is None:
            yield target.action, Drift(f"'{path}'", "is a new target")
        elif before.variant != target.variant:
            words = f"shows {target.variant} now, not {before.variant}"
            yield target.action, Drift(f"'{path}'", words)
    for path, target in then.targets.items():
        if path not in now.targets:
            yield target.action, Drift(f"'{path}'", "is no target any more")


def _changes(then: SavedAction, now: SavedAction) -> Iterator[str]:
    """Yield in words what is not as it was."""
    if set(then.variants) != set(now.variants):
        yield f"is of other variants now: {_moved(then.variants, now.variants)}"
    why = _why(then, now)
    if then.key and now.key and then.key != now.key:
        keys = f"key changed, {then.key[:SHOWN]} -> {now.key[:SHOWN]}"
        yield ": ".join([keys, *_joined(why)])
    else:
        if now.decision not in AGREED[then.decision]:
            yield f"{WAS[then.decision]} and {IS[now.decision]}"
        elif then.artifact is not None and now.artifact != then.artifact:
            yield f"its picture changed, {shown(then.artifact)} -> {shown(now.artifact)}"
        yield from [] if then.key and now.key else why
    if now.price.high > then.price.high and then.decision in ("run", "wait"):
        yield f"price changed: up to ${usd(then.price.high)} -> ${usd(now.price.high)}"


def _joined(why: Sequence[str]) -> list[str]:
    return ["; ".join(why)] if why else []


def _moved(then: Sequence[str], now: Sequence[str]) -> str:
    """Return which variants came and went."""
    came = [f"+{each}" for each in now if each not in then]
    went = [f"-{each}" for each in then if each not in now]
    return " ".join([*came, *went])


def _why(then: SavedAction, now: SavedAction) -> list[str]:
    """Say what differs between what an action asked for and what it asks for now.

    Of inputs, only what is known at both times counts: pictures still to be made have no digest.
    """
    before, after = _manifests(then, now)
    if not differences(before, after):
        return []
    inputs = [Made(ActionId(each.name)) for each in now.inputs]
    return reasons(Run(ActionKey(""), after), before, inputs)


def _manifests(then: SavedAction, now: SavedAction) -> tuple[Manifest, Manifest]:
    pairs = list(zip(then.inputs, now.inputs, strict=False))
    same = len(then.inputs) == len(now.inputs)
    before = [_input(old, new) for old, new in pairs] if same else [_name(i) for i in then.inputs]
    after = [_input(new, old) for old, new in pairs] if same else [_name(i) for i in now.inputs]
    return {**then.request, "inputs": [*before]}, {**now.request, "inputs": [*after]}


def _input(one: SavedInput, other: SavedInput) -> str:
    """Return what stands for an input where it is compared with another."""
    if one.digest is None or other.digest is None:
        return _name(one)
    return str(one.digest)


def _name(one: SavedInput) -> str:
    return f"{'action' if one.made else 'file'} {one.name}"
