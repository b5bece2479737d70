"""Collects the actions of a plan, variant by variant; equal ones are one.

Rendered steps go in; a step whose action equals one that is there already joins it. Nobody declares
what depends on the locale: "compose once, edit per locale" follows by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from assetforge.action import Action, ActionId, Made, Source
from assetforge.digest import Json, digest_of_file
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.headers import size_of_file
from assetforge.matrix import Variant
from assetforge.nodes import (
    Attempts,
    Identity,
    Node,
    NodeInput,
    action_of,
    name_nodes,
    request_text,
)
from assetforge.pipeline import Size
from assetforge.plan import Plan, Skipped, Target
from assetforge.project import Project
from assetforge.reads import listing, reading
from assetforge.rendered import RenderedStep
from assetforge.retries import Retry
from assetforge.steps.base import Branch
from assetforge.targets import SUFFIX_OF_FORMAT, OutputPattern, as_path, target_problems

FONT_SUFFIXES = frozenset({".ttf", ".otf", ".ttc"})

KEY_BYTES = 16
"""How much of a digest tells nodes apart while a plan is made."""

PNG = b"\x89PNG\r\n\x1a\n"
HEAD_BYTES = 4096
"""Enough for a PNG's header and palette, which stand before its pixels."""


class End(NamedTuple):
    """A file in the making: the node that makes it, and what its target says of its variant."""

    node: Identity
    variant: Variant
    output: OutputPattern
    alt: str
    lang: str
    direction: str


class PlanBuilder:
    """Collects nodes and ends, and turns them into a plan."""

    def __init__(self, project: Project, *, allow_unverified: bool = False) -> None:
        self.project = project
        self.allow_unverified = allow_unverified
        self.nodes: list[Node] = []
        self.ends: list[End] = []
        self.attempts: dict[Identity, Attempts] = {}
        self.spare: set[Identity] = set()
        self.problems: dict[Diagnostic, None] = {}
        self.warnings: dict[Diagnostic, None] = {}
        self.skipped: list[Skipped] = []
        self._known: dict[bytes, Identity] = {}
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
        judged: Identity | None = None,
        spare: bool = False,
        apart: Json = None,
        request: str | None = None,
    ) -> Identity:
        """Return the node of one picture, joining an equal one.

        `judged` is the drawing that the node looks at; a `spare` node is of no plan's actions but
        runs where another is not right. `apart` keeps nodes apart that ask for the same. `request`
        is the branch's as `request_text` has it, if that is known.
        """
        stands_on = [each.digest if isinstance(each, Source) else each for each in inputs]
        text = request_text(branch) if request is None else request
        asked = f"{rendered.step.kind}\n{stands_on}\n{apart}\n{text}"
        key = hashlib.sha256(asked.encode("utf-8", "surrogatepass")).digest()[:KEY_BYTES]
        identity = self._known.get(key)
        if identity is None:
            identity = self._known[key] = Identity(len(self.nodes))
            self.nodes.append(Node(rendered, branch, tuple(inputs), variant, judged))
            if spare:
                self.spare.add(identity)
        else:
            self.join(identity, variant, spare=spare)
        return identity

    def join(self, identity: Identity, variant: Variant, *, spare: bool = False) -> None:
        """Let a variant share a node that is there."""
        if not spare:
            self.spare.discard(identity)
        self.nodes[identity].join(variant)

    def source(self, path: str, place: Callable[[], Place], what: str = "picture") -> Source:
        """Return a file of the project as an input; `place` returns where it is asked for.

        Raises:
            InvalidSource: there is no such file, or it cannot be read.
        """
        if path not in self._sources:
            try:
                self._sources[path] = Source(
                    path, digest_of_file(reading(self.project.root / path))
                )
                if size := size_of_file(self.project.root / path):
                    self._sizes[path] = size
            except OSError:
                self._sources[path] = None
        found = self._sources[path]
        if found is None:
            message = f"there is no {what} '{path}' in the project"
            raise InvalidSource([Diagnostic("missing-reference", message, place())])
        return found

    def fonts(self) -> Sequence[Source]:
        """Return the project's font files.

        Raises:
            InvalidSource: one is not there, or a folder holds none.
        """
        if self._fonts is None:
            document = self.project.loaded.document
            self._fonts = [
                self.source(path, partial(document.place, ("fonts", index)), "font")
                for index, each in enumerate(self.project.pipeline.fonts)
                for path in self._font_files(each, index)
            ]
        return self._fonts

    def _font_files(self, path: str, index: int) -> list[str]:
        folder = self.project.root / path
        if not folder.is_dir():
            return [path]
        found = sorted(
            each
            for each in listing(folder).iterdir()
            if each.suffix.lower() in FONT_SUFFIXES and not each.name.startswith(".")
        )
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

    def judge(self, found: Iterable[Diagnostic]) -> None:
        """Note errors as problems, and warnings as such."""
        for each in found:
            (self.problems if each.severity == "error" else self.warnings)[each] = None

    def report(self, problems: Iterable[Diagnostic]) -> None:
        """Note problems; the same one of several variants counts once."""
        self.problems.update(dict.fromkeys(problems))

    def finish(self) -> Plan:
        """Return the plan.

        Raises:
            InvalidSource: a problem was noted, or targets collide.
        """
        names = name_nodes(self.nodes)
        targets = tuple(self._target(names[end.node], end) for end in self.ends)
        self.report(target_problems(targets, self.project, self.sources()))
        if self.problems:
            raise InvalidSource(self.problems)
        self.ends.clear()
        self._known.clear()
        return self._plan(names, targets)

    def _plan(self, names: Sequence[ActionId], targets: tuple[Target, ...]) -> Plan:
        """Return the plan of nodes that are right. Each is let go when its action is there."""
        actions: dict[ActionId, Action] = {}
        rendered: dict[ActionId, RenderedStep] = {}
        sizes: dict[ActionId, Size] = {}
        notes: dict[ActionId, tuple[str, ...]] = {}
        made: dict[Identity, Made] = {}
        set_instead = {id for each in self.attempts.values() for id in each.typeset}
        typeset: dict[Identity, Action] = {}
        self.nodes.reverse()
        for position, name in enumerate(names):
            identity, node = Identity(position), self.nodes.pop()
            action = action_of(name, names, made, node)
            if identity not in self.spare:
                actions[name] = action
            if identity in set_instead:
                typeset[identity] = action
            rendered[name] = node.rendered
            sizes[name] = node.branch.size
            notes[name] = node.branch.notes
        return Plan(
            actions=actions,
            targets=targets,
            rendered=rendered,
            sizes=sizes,
            notes=notes,
            skipped=tuple(self.skipped),
            warnings=tuple(self.warnings),
            source_sizes=self._sizes,
            retries={
                names[look]: Retry(
                    names[each.drawn],
                    tuple(names[id] for id in each.between),
                    each.takes,
                    tuple(typeset[id] for id in each.typeset),
                )
                for look, each in self.attempts.items()
            },
        )

    def _target(self, action: ActionId, end: End) -> Target:
        branch, variant = self.nodes[end.node].branch, end.variant
        size, values = branch.size, variant.values
        if end.output.of_picture:
            values = {
                **variant.values,
                "asset": variant.asset,
                "ext": SUFFIX_OF_FORMAT.get(branch.format, branch.format),
                "size": str(size),
                "width": str(size.width),
                "height": str(size.height),
            }
        return Target(
            as_path(end.output.filled(values)),
            action,
            variant,
            size,
            branch.format,
            end.alt,
            end.lang,
            end.direction,
        )

    def sources(self) -> set[str]:
        """Return the paths of all files that the nodes read, relative to the root."""
        return {
            each.path for node in self.nodes for each in node.inputs if isinstance(each, Source)
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
