"""Compares two plans, variant by variant: by action keys, as far as there are any."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from assetforge.action import (
    Action,
    ActionId,
    Input,
    Made,
    VariantName,
    differences,
    manifest_with,
)
from assetforge.changed import Change, Kind
from assetforge.digest import Digest, Json
from assetforge.plan import Plan, Target
from assetforge.rebuilder import Decision, Hit, Lost, Run, Wait, changes_in_words


@dataclass(frozen=True, slots=True)
class Side:
    """A plan and its decisions: what there is now, or what there was."""

    plan: Plan
    decisions: Mapping[ActionId, Decision]

    def artifact(self, id: ActionId) -> Digest | None:
        """Return the bytes that an action stands for; None: they are still to be made."""
        decision = self.decisions[id]
        return decision.artifact if isinstance(decision, (Hit, Lost)) else None


def changes(before: Side, after: Side, left_out: Container[VariantName] = ()) -> list[Change]:
    """Return how `after` differs: what is there now in its order, then what is gone.

    `left_out` are the variants that nobody asked about, though they are there.
    """
    comparison = _Comparison(before, after)
    then, now = _Variants(before), _Variants(after)
    found = [
        each for name in now.targets if (each := _change(name, then, now, comparison)) is not None
    ]
    gone = (each for each in then.targets if each not in now.targets and each not in left_out)
    return found + [
        _of(each, "removed", then.paths(each), before=then.picture(each)) for each in gone
    ]


def all_of(after: Side, kind: Kind) -> list[Change]:
    """Return that everything is different: there was nothing, or nobody knows what there was."""
    now = _Variants(after)
    return [_whole(name, kind, now) for name in now.targets]


class _Variants:
    """The variants of one side, with their targets and actions, both in the plan's order."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.targets: dict[VariantName, list[Target]] = {}
        self.actions: dict[VariantName, list[Action]] = {}
        for target in side.plan.targets:
            self.targets.setdefault(target.variant.name, []).append(target)
        for action in side.plan.actions.values():
            for variant in action.variants:
                self.actions.setdefault(variant, []).append(action)

    def paths(self, name: VariantName) -> tuple[str, ...]:
        return tuple(each.path for each in self.targets[name])

    def picture(self, name: VariantName) -> Digest | None:
        return self.side.artifact(self.targets[name][0].action)


def _change(
    name: VariantName, then: _Variants, now: _Variants, comparison: _Comparison
) -> Change | None:
    """Return how a variant that is there now differs from what it was; None: it does not."""
    if name not in then.targets:
        return _whole(name, "added", now)
    known = then.actions[name]
    differing = [
        each
        for each in now.actions[name]
        if not any(comparison.same(old.id, each.id) for old in _likely_first(known, each.step))
    ]
    paths = now.paths(name)
    if not differing and sorted(paths) == sorted(then.paths(name)):
        return None
    pictures = then.picture(name), now.picture(name)
    changed = _of(name, "changed", paths, differing, *pictures)
    return replace(changed, reasons=_reasons(known, now.actions[name], differing, comparison))


def _reasons(
    known: Iterable[Action],
    own: Iterable[Action],
    differing: Sequence[Action],
    comparison: _Comparison,
) -> tuple[str, ...]:
    """Say why a variant is not as it was: what follows from its first difference is no reason."""
    if not differing:
        return ("output changed",)
    first = differing[0]
    likely = [each for each in known if each.step == first.step]
    if not likely:
        return (f"step added: {first.step}",)
    old = next((each for each in likely if each.id == first.id), likely[0])
    found = changes_in_words(
        comparison.differences(old, first),
        # Steps of its own are called otherwise in every variant: all of them are in one row.
        () if {each.id for each in own}.intersection(first.made_inputs) else first.inputs,
    )
    return tuple(found) or ("picture changed",)


def _likely_first(actions: Iterable[Action], step: str) -> list[Action]:
    """Return actions, those of a step first: a step may have got another name."""
    return sorted(actions, key=lambda each: each.step != step)


def _whole(name: VariantName, kind: Kind, now: _Variants) -> Change:
    return _of(name, kind, now.paths(name), now.actions[name], None, now.picture(name))


def _of(
    name: VariantName,
    kind: Kind,
    paths: tuple[str, ...],
    differing: Iterable[Action] = (),
    before: Digest | None = None,
    after: Digest | None = None,
) -> Change:
    steps = tuple(dict.fromkeys(each.step for each in differing))
    return Change(name, kind, steps, paths, before, after)


class _Comparison:
    """Tells whether actions of two plans are the same; each pair is looked at once."""

    def __init__(self, before: Side, after: Side) -> None:
        self._before = before
        self._after = after
        self._known: dict[tuple[ActionId, ActionId], bool] = {}

    def same(self, old: ActionId, new: ActionId) -> bool:
        """Tell whether two actions have one key, and stand for the same bytes where both do.

        What waits has no key: then it counts what is asked for, and what its inputs are made by.
        """
        if (old, new) not in self._known:
            self._known[old, new] = self._compared(old, new)
        return self._known[old, new]

    def _compared(self, old: ActionId, new: ActionId) -> bool:
        then, now = self._before.decisions[old], self._after.decisions[new]
        if not isinstance(then, Wait) and not isinstance(now, Wait):
            alike = _is_refused(then) == _is_refused(now)
            return then.key == now.key and alike and self._same_where_known(old, new)
        return self._same_request(self._before.plan.actions[old], self._after.plan.actions[new])

    def _same_where_known(self, old: ActionId, new: ActionId) -> bool:
        pair = {self._before.artifact(old), self._after.artifact(new)} - {None}
        return len(pair) < 2

    def differences(self, old: Action, new: Action) -> Sequence[tuple[str, Json, Json]]:
        """Return field, old and new value of what two actions ask for, where it is not the same.

        Inputs that are, or will be, the same stand under one name on both sides.
        """
        named = [str(at) for at, _ in enumerate(new.inputs)]
        before = [
            name if self._same_input(*pair) else None
            for name, *pair in zip(named, old.inputs, new.inputs, strict=False)
        ]
        before += [None] * (len(old.inputs) - len(before))
        return differences(manifest_with(old, [*before]), manifest_with(new, [*named]))

    def _same_request(self, old: Action, new: Action) -> bool:
        return (
            (old.kind, old.kind_version) == (new.kind, new.kind_version)
            and len(old.inputs) == len(new.inputs)
            and old.request == new.request
            and all(map(self._same_input, old.inputs, new.inputs))
        )

    def _same_input(self, old: Input, new: Input) -> bool:
        """Tell whether two inputs have the same bytes, or will have."""
        then, now = _digest(old, self._before), _digest(new, self._after)
        if then is not None and now is not None:
            return then == now
        return isinstance(old, Made) and isinstance(new, Made) and self.same(old.action, new.action)


def _digest(each: Input, side: Side) -> Digest | None:
    return side.artifact(each.action) if isinstance(each, Made) else each.digest


def _is_refused(decision: Decision) -> bool:
    """Tell whether something was looked at, and is not right."""
    return isinstance(decision, Run) and decision.refused is not None
