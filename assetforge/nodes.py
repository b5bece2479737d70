"""Actions in the making, and the names they get once all variants that share them are known."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NewType, TypeAlias

from assetforge import registry
from assetforge.action import Action, ActionId, Input, Made, Source, VariantName
from assetforge.matrix import Variant
from assetforge.rendered import RenderedStep
from assetforge.steps.base import Branch

Identity = NewType("Identity", int)
"""Position of a node among all: two that ask for the same of the same inputs are one."""

NodeInput: TypeAlias = "Identity | Source"


@dataclass(slots=True)
class Node:
    """An action in the making: it has no name before all variants that share it are known."""

    rendered: RenderedStep
    branch: Branch
    inputs: tuple[NodeInput, ...]
    first: Variant
    judged: Identity | None = None
    others: list[Variant] | None = None

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The variants that share it, in the order of the plan."""
        return (self.first, *(self.others or ()))

    def join(self, variant: Variant) -> None:
        """Let a variant share it."""
        if self.others is None:
            if variant is not self.first:
                self.others = [variant]
        elif self.others[-1] is not variant:
            self.others.append(variant)

    def label(self, length: int) -> str:
        """Return a name for the action: 0 for what its variants share, 1 and 2 for more."""
        first, step = self.first, self.rendered.step.name
        if take := self.branch.request.get("take"):
            step = f"{step}@{take}"
        if length == 0 and self.others:
            same = [
                value
                for axis, value in first.values.items()
                if all(each.values.get(axis) == value for each in self.others)
            ]
            return "/".join([first.asset, *same, step])
        if length < 2:
            return f"{first.name}/{step}"
        return f"{first.name}/{step}/{self.branch.size}.{self.branch.format}"


@dataclass(frozen=True, slots=True)
class Attempts:
    """A `Retry` in the making: nodes in place of actions."""

    drawn: Identity
    between: tuple[Identity, ...]
    takes: int
    typeset: tuple[Identity, ...] = ()


def request_text(branch: Branch) -> str:
    """Return a text that is equal for branches that ask for the same."""
    return _REQUEST.encode(branch.request)


_REQUEST = json.JSONEncoder(sort_keys=True, check_circular=False, ensure_ascii=False)


def name_nodes(nodes: Sequence[Node]) -> list[ActionId]:
    """Return a name for each node: the shortest of its labels that no other node also has."""
    names: list[ActionId | None] = [None] * len(nodes)
    unnamed: Sequence[int] = range(len(nodes))
    for length in range(3):
        labels = [nodes[at].label(length) for at in unnamed]
        taken = _several(labels)
        if length:
            taken.update(name for name in names if name is not None)
        for at, label in zip(unnamed, labels, strict=True):
            if label not in taken:
                names[at] = ActionId(label)
        unnamed = [at for at in unnamed if names[at] is None]
        if not unnamed:
            break
    assert not unnamed, "BUG: a step made two pictures of one size and format"
    return [name for name in names if name is not None]


def _several(labels: Iterable[str]) -> set[str]:
    """Return the labels that are there more than once."""
    once: set[str] = set()
    several: set[str] = set()
    for each in labels:
        (several if each in once else once).add(each)
    return several


def action_of(
    name: ActionId, names: Sequence[ActionId], made: dict[Identity, Made], node: Node
) -> Action:
    """Return the finished action of a node; `made` takes the nodes that are inputs, as such."""
    first, step = node.first, node.rendered.step
    variants: tuple[VariantName, ...] = (first.name,)
    if node.others:
        variants = tuple(dict.fromkeys(each.name for each in node.variants))
    inputs: list[Input] = []
    for each in node.inputs:
        if isinstance(each, Source):
            inputs.append(each)
        else:
            if each not in made:
                made[each] = Made(names[each])
            inputs.append(made[each])
    return Action(
        name,
        first.asset,
        step.name,
        step.kind,
        registry.step_kind(step.kind).version,
        node.branch.request,
        tuple(inputs),
        variants,
        names[node.judged] if node.judged is not None else None,
    )
