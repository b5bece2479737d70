"""The plan: the actions that the chosen targets need, in order, equal ones merged.

Rendered steps go in, variant by variant; a step whose action equals one that is there already joins
it. Nobody declares what depends on the locale: "compose once, edit per locale" follows by itself.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import NewType, TypeAlias

from assetforge import registry
from assetforge.action import Action, ActionId, Input, Made, Source, VariantName
from assetforge.digest import Json, canonical_json, digest_of_file
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.matrix import Variant
from assetforge.pipeline import Size
from assetforge.project import Project
from assetforge.rendering import RenderedStep, RenderedVariant, fill_in
from assetforge.steps.base import Branch

Identity = NewType("Identity", str)
"""Digest of what an action asks for and of the identities behind its inputs; merges equal ones."""

NodeInput: TypeAlias = "Identity | Source"

SUFFIX_OF_FORMAT = {"jpeg": "jpg"}
"""File suffixes that are not their format's name."""


@dataclass(frozen=True, slots=True)
class Target:
    """A file that a variant's last artifact is written to; `path` is relative to the root."""

    path: str
    action: ActionId
    variant: Variant
    size: Size
    format: str
    alt: str
    lang: str
    direction: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A variant left out because a message is missing and the policy is `skip`."""

    variant: VariantName
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """Actions in an order in which inputs come first, and the targets they lead to.

    `rendered` says what each action's step was rendered from, `sizes` how large its picture will be
    in pixels, `notes` what was chosen for it.
    """

    actions: Mapping[ActionId, Action]
    targets: tuple[Target, ...]
    rendered: Mapping[ActionId, RenderedStep]
    sizes: Mapping[ActionId, Size]
    notes: Mapping[ActionId, tuple[str, ...]]
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()


@dataclass(slots=True)
class Node:
    """An action in the making: it has no name before all variants that share it are known."""

    rendered: RenderedStep
    branch: Branch
    inputs: tuple[NodeInput, ...]
    variants: list[Variant] = field(default_factory=list)

    @property
    def labels(self) -> list[str]:
        """Return names for the action, shortest first: what its variants share, then more."""
        first, step = self.variants[0], self.rendered.step.name
        same = [
            value
            for axis, value in first.values.items()
            if all(each.values.get(axis) == value for each in self.variants)
        ]
        form = f"{self.branch.size}.{self.branch.format}"
        whole = f"{first.name}/{step}"
        return ["/".join([first.asset, *same, step]), whole, f"{whole}/{form}"]


@dataclass(frozen=True, slots=True)
class End:
    """A file in the making: the node that makes it, and the variant it is for."""

    node: Identity
    rendered: RenderedVariant


class PlanBuilder:
    """Collects nodes and ends, and turns them into a plan."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.nodes: dict[Identity, Node] = {}
        self.ends: list[End] = []
        self.problems: dict[Diagnostic, None] = {}
        self.warnings: dict[Diagnostic, None] = {}
        self.skipped: list[Skipped] = []
        self._sources: dict[str, Source | None] = {}

    def node(
        self, rendered: RenderedStep, branch: Branch, inputs: Sequence[NodeInput], variant: Variant
    ) -> Identity:
        """Return the node of one picture, joining an equal one."""
        asked: dict[str, Json] = {
            "kind": rendered.step.kind,
            "request": dict(branch.request),
            "inputs": [each.digest if isinstance(each, Source) else each for each in inputs],
        }
        identity = Identity(hashlib.sha256(canonical_json(asked)).hexdigest())
        node = self.nodes.setdefault(identity, Node(rendered, branch, tuple(inputs)))
        if variant not in node.variants[-1:]:
            node.variants.append(variant)
        return identity

    def source(self, path: str, place: Place) -> Source:
        """Return a file of the project as an input.

        Raises:
            InvalidSource: there is no such file, or it cannot be read.
        """
        if path not in self._sources:
            try:
                self._sources[path] = Source(path, digest_of_file(self.project.root / path))
            except OSError:
                self._sources[path] = None
        found = self._sources[path]
        if found is None:
            message = f"there is no picture '{path}' in the project"
            raise InvalidSource([Diagnostic("missing-reference", message, place)])
        return found

    def report(self, problems: Iterable[Diagnostic]) -> None:
        """Note problems; the same one of several variants counts once."""
        self.problems.update(dict.fromkeys(problems))

    def finish(self) -> Plan:
        """Return the plan.

        Raises:
            InvalidSource: a problem was noted, or targets collide.
        """
        names = name_nodes(self.nodes)
        targets = [self._target(names[end.node], end) for end in self.ends]
        self.report(target_problems(targets, self))
        if self.problems:
            raise InvalidSource(self.problems)
        actions = [action_of(names, identity, node) for identity, node in self.nodes.items()]
        return Plan(
            actions={action.id: action for action in actions},
            targets=tuple(targets),
            rendered={names[identity]: node.rendered for identity, node in self.nodes.items()},
            sizes={names[identity]: node.branch.size for identity, node in self.nodes.items()},
            notes={names[identity]: node.branch.notes for identity, node in self.nodes.items()},
            skipped=tuple(self.skipped),
            warnings=tuple(self.warnings),
        )

    def _target(self, action: ActionId, end: End) -> Target:
        branch, rendered = self.nodes[end.node].branch, end.rendered
        values = {
            **rendered.variant.values,
            "asset": rendered.variant.asset,
            "ext": SUFFIX_OF_FORMAT.get(branch.format, branch.format),
            "size": str(branch.size),
            "width": str(branch.size.width),
            "height": str(branch.size.height),
        }
        return Target(
            path=str(PurePosixPath(fill_in(rendered.output, values))),
            action=action,
            variant=rendered.variant,
            size=branch.size,
            format=branch.format,
            alt=rendered.alt,
            lang=rendered.locale.tag if rendered.locale else "",
            direction=rendered.locale.direction if rendered.locale else "",
        )

    def sources(self) -> set[str]:
        """Return the paths of all files that the nodes read, relative to the root."""
        return {
            each.path
            for node in self.nodes.values()
            for each in node.inputs
            if isinstance(each, Source)
        }


def name_nodes(nodes: Mapping[Identity, Node]) -> dict[Identity, ActionId]:
    """Return a name for each node: the shortest of its labels that no other node also has."""
    names: dict[Identity, ActionId] = {}
    labels = {identity: node.labels for identity, node in nodes.items()}
    for length in range(3):
        unnamed = [identity for identity in nodes if identity not in names]
        count = Counter(labels[identity][length] for identity in unnamed)
        for identity in unnamed:
            label = labels[identity][length]
            if count[label] == 1 and label not in names.values():
                names[identity] = ActionId(label)
    for identity in nodes:
        names.setdefault(identity, ActionId(f"{labels[identity][2]}#{identity[:8]}"))
    return names


def action_of(names: Mapping[Identity, ActionId], identity: Identity, node: Node) -> Action:
    """Return the finished action of a node."""
    inputs: tuple[Input, ...] = tuple(
        each if isinstance(each, Source) else Made(names[each]) for each in node.inputs
    )
    return Action(
        id=names[identity],
        asset=node.variants[0].asset,
        step=node.rendered.step.name,
        kind=node.rendered.step.kind,
        request=node.branch.request,
        kind_version=registry.step_kind(node.rendered.step.kind).version,
        inputs=inputs,
        variants=tuple(dict.fromkeys(each.name for each in node.variants)),
    )


def target_problems(targets: Sequence[Target], builder: PlanBuilder) -> list[Diagnostic]:
    """Return what is wrong with where files would go: two in one place, or onto an input."""
    document = builder.project.loaded.document
    reads = {path.casefold() for path in builder.sources() | builder.project.inputs()}
    taken: dict[str, Target] = {}
    problems = []
    for target in targets:
        place = document.place(("assets", target.variant.asset, "output"))
        other = taken.setdefault(target.path.casefold(), target)
        if other is not target:
            problems.append(_collision(other, target, place))
        if target.path.casefold() in reads:
            message = f"the output '{target.path}' is also an input"
            problems.append(Diagnostic("output-is-input", message, place, "", "write it elsewhere"))
    return problems


def _collision(one: Target, two: Target, place: Place) -> Diagnostic:
    missing = [
        axis for axis, value in two.variant.values.items() if one.variant.values.get(axis) != value
    ] or (["ext"] if one.format != two.format else ["size"])
    return Diagnostic(
        "output-collision",
        f"two pictures would be written to '{two.path}'",
        place,
        "one file for several pictures",
        f"put {{{missing[0]}}} into the output",
    )
