"""Where variants that share an action have different pictures that stay: their actions part.

Nothing may replace what is pinned, and what is accepted may have to stay until something newer is:
variants that would share a picture from now on go on apart as long as that is so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from assetforge import registry
from assetforge.action import Action, ActionId, Input, Made, VariantName
from assetforge.lock.index import Index, accepted_before
from assetforge.matrix import Variant, point_on, shared_axes
from assetforge.pipeline import MAX_VARIANTS
from assetforge.plan import Plan
from assetforge.planner import all_variants
from assetforge.project import Project
from assetforge.retries import Retry

NOTHING: Final = ("", "")
"""What stands where nothing has to stay."""


def split_by_standing(plan: Plan, index: Index, project: Project, *, keep: bool) -> Plan:
    """Return a plan in which all variants of an action have the same picture that stays, or none.

    Args:
        plan: equal actions are one in it.
        index: what the lock says.
        project: knows the values of variants.
        keep: accepted pictures stay, not only pinned ones.
    """
    if not _has_any(plan, index, keep=keep):
        return plan
    variants = {each.name: each for each in all_variants(project, _most(plan))}
    return _Splitting(plan, index, variants, keep=keep).done()


def _most(plan: Plan) -> int:
    return max(MAX_VARIANTS, sum(len(each.variants) for each in plan.actions.values()))


def _has_any(plan: Plan, index: Index, *, keep: bool) -> bool:
    """Tell whether actions that several variants share have a picture that stays."""
    return (index.any_pinned or (keep and bool(index.slots))) and any(
        _stays(index, str(variant), action, keep=keep) != NOTHING
        for action in plan.actions.values()
        if len(action.variants) > 1
        for variant in action.variants
    )


def _stays(index: Index, variant: str, action: Action, *, keep: bool) -> tuple[str, str]:
    """Return what stays in a variant's slot: how, and the digest of the picture."""
    entry = index.slot(variant, action.step)
    if entry is None or action.is_extra or not registry.step_kind(action.kind).paid:
        return NOTHING
    if entry.pinned is not None:
        return "pinned", entry.artifact or ""
    accepted = accepted_before(entry) if keep else None
    return NOTHING if accepted is None else ("accepted", accepted.artifact or "")


class _Splitting:
    """Takes a plan action by action, inputs first; keeps where each variant has gone."""

    def __init__(
        self, plan: Plan, index: Index, variants: Mapping[VariantName, Variant], *, keep: bool
    ) -> None:
        self.plan = plan
        self.index = index
        self.variants = variants
        self.keep = keep
        self.actions: dict[ActionId, Action] = {}
        self.origin: dict[ActionId, ActionId] = {}
        self.went: dict[tuple[ActionId, VariantName], ActionId] = {}

    def done(self) -> Plan:
        """Return the plan, all its actions split as far as need be."""
        for action in self.plan.actions.values():
            for part in self._parts(action):
                self.actions[part.id] = part
                self.origin[part.id] = action.id
                self.went |= {(action.id, each): part.id for each in part.variants}
        origin = self.origin
        return replace(
            self.plan,
            actions=self.actions,
            targets=tuple(
                replace(each, action=self.went[each.action, each.variant.name])
                for each in self.plan.targets
            ),
            rendered={id: self.plan.rendered[old] for id, old in origin.items()},
            sizes={id: self.plan.sizes[old] for id, old in origin.items()},
            notes={id: self.plan.notes[old] for id, old in origin.items()},
            retries=self._retries(),
        )

    def _retries(self) -> dict[ActionId, Retry]:
        """Return what is tried for each part of a look."""
        found = {}
        for part, old in self.origin.items():
            if (retry := self.plan.retries.get(old)) is not None:
                variant = self.actions[part].variants[0]
                names = {id: gone for (id, each), gone in self.went.items() if each == variant}
                split = retry.renamed(names)
                found[part] = split if part == old else split.set_apart(variant)
        return found

    def _parts(self, action: Action) -> list[Action]:
        groups: dict[tuple[tuple[Input, ...], tuple[str, str]], list[VariantName]] = {}
        for variant in action.variants:
            inputs = tuple(self._input(each, variant) for each in action.inputs)
            stays = _stays(self.index, str(variant), action, keep=self.keep)
            groups.setdefault((inputs, stays), []).append(variant)
        _join_what_is_new(groups)
        largest = max(groups.values(), key=len)
        return [
            replace(
                action,
                id=action.id if names is largest else self._name(action, names[0]),
                inputs=inputs,
                variants=tuple(names),
                judged=self.went.get((action.judged, names[0])) if action.judged else None,
            )
            for (inputs, _), names in groups.items()
        ]

    def _name(self, action: Action, variant: VariantName) -> ActionId:
        name = f"{variant}/{action.id.rpartition('/')[2]}"
        taken = self.actions.keys() | self.plan.actions.keys()
        return ActionId(name if name not in taken else f"{name} ({variant})")

    def _input(self, each: Input, variant: VariantName) -> Input:
        """Return the part of an input that is a variant's; of another asset, whose axes agree."""
        if not isinstance(each, Made):
            return each
        own = self.went.get((each.action, variant))
        return Made(own if own is not None else self._of_other(each.action, variant))

    def _of_other(self, action: ActionId, variant: VariantName) -> ActionId:
        others = self.plan.actions[action].variants
        asking = self.variants[variant]
        axes = shared_axes(self.variants[others[0]], asking)
        point = point_on(axes, asking)
        found = next((o for o in others if point_on(axes, self.variants[o]) == point), others[0])
        return self.went[action, found]


def _join_what_is_new(
    groups: dict[tuple[tuple[Input, ...], tuple[str, str]], list[VariantName]],
) -> None:
    """Let variants that never had a picture have the accepted one of those they are like."""
    for inputs, stays in list(groups):
        alike = (each for each in groups if each[0] == inputs and each[1][0] == "accepted")
        if stays == NOTHING and (like := next(alike, None)) is not None:
            groups[like] += groups.pop((inputs, stays))
