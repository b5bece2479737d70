"""The plan: the actions that the chosen targets need, in order, equal ones merged.

Rendered steps go in, variant by variant; a step whose action equals one that is there already joins
it. Nobody declares what depends on the locale: "compose once, edit per locale" follows by itself.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import NewType, TypeAlias

from assetforge import registry
from assetforge.action import Action, ActionId, Input, Made, Source, VariantName
from assetforge.digest import Json, canonical_json, digest_of_file
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.headers import size_of_file
from assetforge.matrix import Variant
from assetforge.pipeline import Size
from assetforge.project import Project
from assetforge.rendered import RenderedStep, RenderedVariant, fill_in
from assetforge.retries import Retry
from assetforge.steps.base import Branch

Identity = NewType("Identity", str)
"""Digest of what an action asks for and of the identities behind its inputs; merges equal ones."""

NodeInput: TypeAlias = "Identity | Source"

FORMAT_OF_SUFFIX = {
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".webp": "webp",
    ".avif": "avif",
}

SUFFIX_OF_FORMAT = {"jpeg": "jpg"}
"""File suffixes that are not their format's name."""

RESERVED_NAMES = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    | {f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"}
)
"""Names of devices on Windows, whatever their suffix."""

FONT_SUFFIXES = frozenset({".ttf", ".otf", ".ttc"})

PNG = b"\x89PNG\r\n\x1a\n"
HEAD_BYTES = 4096
"""Enough for a PNG's header and palette, which stand before its pixels."""

KEPT_FOLDERS = frozenset({".assetforge", ".git"})
MAX_NAME_BYTES = 200
"""Longest part of a target's path: 255 on most systems, less what a temporary name adds."""


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
    in pixels, `notes` what was chosen for it. `source_sizes` are those of the project's pictures,
    by path, as far as their headers tell. `retries` say what is tried when a picture is not right,
    by the action that looks at it.
    """

    actions: Mapping[ActionId, Action]
    targets: tuple[Target, ...]
    rendered: Mapping[ActionId, RenderedStep]
    sizes: Mapping[ActionId, Size]
    notes: Mapping[ActionId, tuple[str, ...]]
    skipped: tuple[Skipped, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()
    source_sizes: Mapping[str, Size] = field(default_factory=dict)
    retries: Mapping[ActionId, Retry] = field(default_factory=dict)

    def without_needs_of(self, standing: Container[ActionId]) -> Plan:
        """Return the plan where some actions have their picture whatever happens.

        They need no input, have no further takes made, and what only they needed is left out.
        """
        slots = {
            (variant, action.step)
            for id, action in self.actions.items()
            if id in standing
            for variant in action.variants
        }
        needed = {each.action for each in self.targets}
        kept: dict[ActionId, Action] = {}
        for id, action in reversed(list(self.actions.items())):
            if id in standing:
                action = replace(action, inputs=())
            wanted = action.is_extra and (action.variants[0], action.step) not in slots
            if wanted or id in needed or id in standing:
                kept[id] = action
                needed.update(action.made_inputs)
        return self._of(dict(reversed(list(kept.items()))))

    def without(self, ids: Container[ActionId]) -> Plan:
        """Return the plan without some actions that nothing stands on."""
        kept = {id: each for id, each in self.actions.items() if id not in ids}
        return self if len(kept) == len(self.actions) else self._of(kept)

    def _of(self, actions: Mapping[ActionId, Action]) -> Plan:
        """Return the plan of some of its actions."""
        retries = {
            look: each for look, each in self.retries.items() if actions.keys() >= {*each.members}
        }
        return replace(self, actions=actions, retries=retries)

    @property
    def sources(self) -> set[str]:
        """The pictures of the project that actions take as inputs, by path."""
        return {
            each.path
            for action in self.actions.values()
            for each in action.inputs
            if isinstance(each, Source)
        }


@dataclass(slots=True)
class Node:
    """An action in the making: it has no name before all variants that share it are known."""

    rendered: RenderedStep
    branch: Branch
    inputs: tuple[NodeInput, ...]
    variants: list[Variant] = field(default_factory=list)
    judged: Identity | None = None

    @property
    def labels(self) -> list[str]:
        """Return names for the action, shortest first: what its variants share, then more."""
        first, step = self.variants[0], self.rendered.step.name
        if take := self.branch.request.get("take"):
            step = f"{step}@{take}"
        same = [
            value
            for axis, value in first.values.items()
            if all(each.values.get(axis) == value for each in self.variants)
        ]
        form = f"{self.branch.size}.{self.branch.format}"
        whole = f"{first.name}/{step}"
        return ["/".join([first.asset, *same, step]), whole, f"{whole}/{form}"]


@dataclass(frozen=True, slots=True)
class Attempts:
    """A `Retry` in the making: nodes in place of actions."""

    drawn: Identity
    between: tuple[Identity, ...]
    takes: int
    typeset: tuple[Identity, ...] = ()


@dataclass(frozen=True, slots=True)
class End:
    """A file in the making: the node that makes it, and the variant it is for."""

    node: Identity
    rendered: RenderedVariant


class PlanBuilder:
    """Collects nodes and ends, and turns them into a plan."""

    def __init__(self, project: Project, *, allow_unverified: bool = False) -> None:
        self.project = project
        self.allow_unverified = allow_unverified
        self.nodes: dict[Identity, Node] = {}
        self.ends: list[End] = []
        self.attempts: dict[Identity, Attempts] = {}
        self.needed: set[Identity] = set()
        self.problems: dict[Diagnostic, None] = {}
        self.warnings: dict[Diagnostic, None] = {}
        self.skipped: list[Skipped] = []
        self._sources: dict[str, Source | None] = {}
        self._fonts: list[Source] | None = None
        self._masks: dict[str, Size | None] = {}
        self._sizes: dict[str, Size] = {}

    def node(
        self,
        rendered: RenderedStep,
        branch: Branch,
        inputs: Sequence[NodeInput],
        variant: Variant,
        *,
        judged: Identity | None = None,
        spare: bool = False,
        apart: Json = None,
    ) -> Identity:
        """Return the node of one picture, joining an equal one.

        `judged` is the drawing that the node looks at; a `spare` node is of no plan's actions but
        runs where another is not right. `apart` keeps nodes apart that ask for the same.
        """
        asked: dict[str, Json] = {
            "kind": rendered.step.kind,
            "request": dict(branch.request),
            "inputs": [each.digest if isinstance(each, Source) else each for each in inputs],
            "apart": apart,
        }
        identity = Identity(hashlib.sha256(canonical_json(asked)).hexdigest())
        fresh = Node(rendered, branch, tuple(inputs), judged=judged)
        node = self.nodes.setdefault(identity, fresh)
        if not spare:
            self.needed.add(identity)
        if variant not in node.variants[-1:]:
            node.variants.append(variant)
        return identity

    def source(self, path: str, place: Place, what: str = "picture") -> Source:
        """Return a file of the project as an input.

        Raises:
            InvalidSource: there is no such file, or it cannot be read.
        """
        if path not in self._sources:
            try:
                self._sources[path] = Source(path, digest_of_file(self.project.root / path))
                if size := size_of_file(self.project.root / path):
                    self._sizes[path] = size
            except OSError:
                self._sources[path] = None
        found = self._sources[path]
        if found is None:
            message = f"there is no {what} '{path}' in the project"
            raise InvalidSource([Diagnostic("missing-reference", message, place)])
        return found

    def fonts(self) -> Sequence[Source]:
        """Return the project's font files.

        Raises:
            InvalidSource: one is not there, or a folder holds none.
        """
        if self._fonts is None:
            self._fonts = [
                self.source(path, self.project.loaded.document.place(("fonts", index)), "font")
                for index, each in enumerate(self.project.pipeline.fonts)
                for path in self._font_files(each, index)
            ]
        return self._fonts

    def _font_files(self, path: str, index: int) -> list[str]:
        folder = self.project.root / path
        if not folder.is_dir():
            return [path]
        found = sorted(each for each in folder.iterdir() if each.suffix.lower() in FONT_SUFFIXES)
        if not found:
            place = self.project.loaded.document.place(("fonts", index))
            message = f"the folder '{path}' holds no font: no .ttf, .otf or .ttc"
            raise InvalidSource([Diagnostic("missing-reference", message, place)])
        return [each.relative_to(self.project.root).as_posix() for each in found]

    def mask_size(self, source: Source) -> Size | None:
        """Return the pixels of a file that may be a mask; None for one that may not."""
        if source.path not in self._masks:
            self._masks[source.path] = size_of_mask(self.project.root / source.path)
        return self._masks[source.path]

    def refuse(self, refused: Iterable[Diagnostic]) -> None:
        """Note what a model would refuse, by what is known of it; with leave only as warnings."""
        for each in refused:
            if self.allow_unverified or each.severity == "warning":
                self.warnings[replace(each, severity="warning")] = None
            else:
                self.report([each])

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
        actions = {each: action_of(names, each, node) for each, node in self.nodes.items()}
        return Plan(
            actions={each.id: each for id, each in actions.items() if id in self.needed},
            targets=tuple(targets),
            rendered={names[identity]: node.rendered for identity, node in self.nodes.items()},
            sizes={names[identity]: node.branch.size for identity, node in self.nodes.items()},
            notes={names[identity]: node.branch.notes for identity, node in self.nodes.items()},
            skipped=tuple(self.skipped),
            warnings=tuple(self.warnings),
            source_sizes=self._sizes,
            retries={
                names[look]: Retry(
                    names[each.drawn],
                    tuple(names[id] for id in each.between),
                    each.takes,
                    tuple(actions[id] for id in each.typeset),
                )
                for look, each in self.attempts.items()
            },
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


def size_of_mask(file: Path) -> Size | None:
    """Return the pixels of a PNG with an alpha channel or transparent colours; None for others.

    Source: PNG specification, third edition, 11.2.1 (size, colour types 4 and 6) and 11.3.1 (tRNS).
    """
    with file.open("rb") as opened:
        head = opened.read(HEAD_BYTES)
    if not head.startswith(PNG) or not (head[25:26] in (b"\x04", b"\x06") or b"tRNS" in head):
        return None
    return Size(int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big"))


def name_nodes(nodes: Mapping[Identity, Node]) -> dict[Identity, ActionId]:
    """Return a name for each node: the shortest of its labels that no other node also has."""
    names: dict[Identity, ActionId] = {}
    taken: set[str] = set()
    labels = {identity: node.labels for identity, node in nodes.items()}
    for length in range(3):
        unnamed = [identity for identity in nodes if identity not in names]
        count = Counter(labels[identity][length] for identity in unnamed)
        for identity in unnamed:
            label = labels[identity][length]
            if count[label] == 1 and label not in taken:
                names[identity] = ActionId(label)
                taken.add(label)
    assert len(names) == len(nodes), "BUG: a step made two pictures of one size and format"
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
        judged=names[node.judged] if node.judged is not None else None,
    )


def target_problems(targets: Sequence[Target], builder: PlanBuilder) -> list[Diagnostic]:
    """Return what is wrong with where files would go.

    No two in one place, none onto an input, none outside the project or where some system cannot
    have a file: a project that builds on one system builds on all.
    """
    check = _TargetCheck(builder)
    return [problem for target in targets if (problem := check.problem(target))]


class _TargetCheck:
    """Looks at targets one after the other; keeps what it knows of places and folders."""

    def __init__(self, builder: PlanBuilder) -> None:
        self.root = builder.project.root
        self.document = builder.project.loaded.document
        self.reads = {_on_any_system(path) for path in builder.sources() | builder.project.inputs()}
        self.taken: dict[str, Target] = {}
        self.folders: dict[str, Target] = {}
        self.leads_out: dict[PurePosixPath, bool] = {PurePosixPath(): False}

    def problem(self, target: Target) -> Diagnostic | None:
        """Return the first thing that is wrong with a target's path, if there is one."""
        path = PurePosixPath(target.path)
        if words := _misnamed(path):
            advice = "change the output, or the value in it"
            return self._at(target, "output-name", f"'{target.path}' {words}", advice)
        if self._leads_out(path.parent):
            words = f"the output '{target.path}' leads out of the project through a link"
            return self._at(target, "output-outside", words, "write it into a folder of its own")
        place = _on_any_system(target.path)
        other = self.taken.setdefault(place, target)
        if other is not target:
            return self._collision(other, target)
        if place in self.reads:
            words = f"the output '{target.path}' is also an input"
            return self._at(target, "output-is-input", words, "write it elsewhere")
        return self._in_the_way(target, place) or self._other_format(target, path)

    def _at(self, target: Target, code: str, message: str, advice: str) -> Diagnostic:
        place = self.document.place(("assets", target.variant.asset, "output"))
        return Diagnostic(code, message, place, "", advice)

    def _leads_out(self, folder: PurePosixPath) -> bool:
        """Tell whether a folder, or one above it, is a link to outside the project."""
        if folder not in self.leads_out:
            here = self.root / folder
            self.leads_out[folder] = self._leads_out(folder.parent) or (
                here.is_symlink() and not Path(os.path.realpath(here)).is_relative_to(self.root)
            )
        return self.leads_out[folder]

    def _collision(self, one: Target, two: Target) -> Diagnostic:
        if one.path != two.path:
            words = f"'{one.path}' and '{two.path}' are one file on macOS and Windows"
            return self._at(two, "output-collision", words, "rename one of the values in it")
        axis = missing_axis(one, two)
        words = f"two pictures would be written to '{two.path}'"
        return self._at(two, "output-collision", words, f"put {{{axis}}} into the output")

    def _in_the_way(self, target: Target, place: str) -> Diagnostic | None:
        """Return that one target is a folder of another, if it is."""
        above = ["/".join(place.split("/")[:end]) for end in range(1, place.count("/") + 1)]
        found = [self.taken[each] for each in above if each in self.taken]
        if place in self.folders:
            found.append(self.folders[place])
        self.folders |= dict.fromkeys(above, target)
        if not found:
            return None
        words = f"'{target.path}' and '{found[0].path}': one would be a file and a folder"
        return self._at(target, "output-collision", words, "change one of the outputs")

    def _other_format(self, target: Target, path: PurePosixPath) -> Diagnostic | None:
        if FORMAT_OF_SUFFIX.get(path.suffix.lower()) == target.format:
            return None
        words = f"the output '{target.path}' does not end in the format of its export"
        return self._at(target, "format-mismatch", words, f"'{target.format}' is made: use {{ext}}")


def missing_axis(one: Target, two: Target) -> str:
    """Return what an output pattern lacks that gives two targets one path."""
    if one.variant.asset != two.variant.asset:
        return "asset"
    values = one.variant.values.items() ^ two.variant.values.items()
    axes = [axis for axis in two.variant.values if axis in dict(values)]
    return (axes or ["ext" if one.format != two.format else "size"])[0]


def _on_any_system(path: str) -> str:
    """Return what is equal for paths that some system takes for one: case and accents aside."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def _misnamed(path: PurePosixPath) -> str | None:
    """Return why a path cannot be a target; the rules of all systems, Windows' among them.

    Source: learn.microsoft.com/windows/win32/fileio/naming-a-file, read 2026-11-21.
    """
    if path.is_absolute() or ".." in path.parts or not path.parts:
        return "is outside the project"
    if path.parts[0] in KEPT_FOLDERS:
        return f"is in '{path.parts[0]}', which is not for pictures"
    for part in path.parts:
        stem = part.partition(".")[0].rstrip().upper()
        if found := re.search(r'[<>:"\\|?*\x00-\x1f\x7f]', part):
            return f"holds {found[0]!r}, which a file's name cannot have on Windows"
        if part[-1] in " .":
            return "has a part that ends in a dot or space, which Windows drops"
        if stem in RESERVED_NAMES:
            return f"has the part '{part}', which is a device on Windows"
        if len(part.encode()) > MAX_NAME_BYTES:
            return f"has a part of more than {MAX_NAME_BYTES} bytes"
    return None
