"""The chain of steps of one variant: which picture each step takes, and what it makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TypeAlias

from assetforge import registry
from assetforge.action import Source
from assetforge.capabilities import Refusal
from assetforge.document import DocumentPath
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.loader import Step, revalidate
from assetforge.matrix import Variant, point_on, shared_axes
from assetforge.pipeline import ASSET_PREFIX, Size
from assetforge.plan import FORMAT_OF_SUFFIX, End, Identity, NodeInput, PlanBuilder
from assetforge.rendered import RenderedStep, RenderedVariant, fill_in
from assetforge.steps.base import Box, Problem, Scene, StepKind, whole
from assetforge.steps.drawing import DrawingParams, drawn_format

DEFAULT_EXPORT = "export"
"""The step that follows by itself when a final size or format is known and no step makes it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The picture so far: the node that makes it, and its canvas in pixels."""

    node: Identity
    size: Size


class Pictures:
    """The pictures that assets' chains end in before they are exported, for other assets to use."""

    def __init__(self) -> None:
        self._known: dict[str, list[tuple[Variant, Picture]]] = {}
        self._index: dict[str, dict[tuple[str, ...], _Points]] = {}

    def keep(self, variant: Variant, picture: Picture) -> None:
        """Keep a variant's picture."""
        self._known.setdefault(variant.asset, []).append((variant, picture))
        self._index.pop(variant.asset, None)

    def of(self, asset: str, variant: Variant, place: Place) -> Picture:
        """Return the picture of another asset for a variant: the one whose shared axes agree.

        Raises:
            InvalidSource: no picture of that asset agrees, or several do.
        """
        known = self._known.get(asset, [])
        axes = shared_axes(known[0][0], variant) if known else ()
        by_axes = self._index.setdefault(asset, {})
        if axes not in by_axes:
            by_axes[axes] = _by_point(axes, known)
        different = by_axes[axes].get(point_on(axes, variant), {})
        if len(different) == 1:
            return next(iter(different.values()))
        found = "none" if not different else str(len(different))
        raise InvalidSource(
            [
                Diagnostic(
                    "ambiguous-asset" if different else "no-asset-picture",
                    f"{found} of the pictures of '{asset}' fit variant '{variant.name}'",
                    place,
                    "",
                    f"give '{asset}' only axes that '{variant.asset}' has too",
                )
            ]
        )


_Points: TypeAlias = dict[tuple[str, ...], dict[Identity, Picture]]
"""Values on some axes → the different pictures there."""


def _by_point(axes: tuple[str, ...], known: Sequence[tuple[Variant, Picture]]) -> _Points:
    points: _Points = {}
    for variant, picture in known:
        points.setdefault(point_on(axes, variant), {})[picture.node] = picture
    return points


def add_variant(
    builder: PlanBuilder, rendered: RenderedVariant, pictures: Pictures, *, wanted: bool
) -> None:
    """Add one variant's nodes, and its files if they are wanted. Problems are noted."""
    if rendered.problems:
        builder.report(rendered.problems)
        return
    try:
        chain = _Chain(builder, rendered, pictures)
        chain.draw()
        ends = chain.export() if wanted else []
    except InvalidSource as error:
        builder.report(error.diagnostics)
        return
    builder.ends += [End(identity, rendered) for identity in ends]


class _Chain:
    """Takes one rendered variant through its steps."""

    def __init__(self, builder: PlanBuilder, rendered: RenderedVariant, pictures: Pictures) -> None:
        self.builder = builder
        self.rendered = rendered
        self.variant = rendered.variant
        self.pictures = pictures
        self.picture: Picture | None = None
        self.document = builder.project.loaded.document
        self.stages = [each for each in rendered.steps if not _kind(each).final]
        self.size = _sizes_of(self.stages)[-1:] or self._matrix_size()
        self.formats = self._formats()
        self.exports = [each for each in rendered.steps if _kind(each).final]
        if not self.exports and (self.size or self.formats != (self._drawn_format(),)):
            self.exports = [self._implied_export()]

    def draw(self) -> None:
        """Add the nodes of the steps up to the exports, and keep the picture they end in."""
        sizes = _largest_first([*self.size, *_sizes_of(self.exports)])
        for index, step in enumerate(self.stages):
            (made,) = self._step(step, sizes, first=index == 0)
            self.picture = Picture(made, self.builder.nodes[made].branch.size)
        if self.picture is not None:
            self.pictures.keep(self.variant, self.picture)

    def export(self) -> list[Identity]:
        """Add the nodes of the exports, and return the nodes that make the variant's files."""
        ends = [end for each in self.exports for end in self._step(each, self.size, first=False)]
        return ends or ([self.picture.node] if self.picture else [])

    def _step(self, step: RenderedStep, sizes: Sequence[Size], *, first: bool) -> list[Identity]:
        picture = self.picture
        inputs: list[NodeInput] = [picture.node] if picture else []
        references = self._references(step, first=first)
        scene = Scene(
            profile=self.builder.project.profile,
            capabilities=self.builder.project.capabilities_for(step.params),
            sizes=tuple(sizes),
            formats=self.formats,
            canvas=picture.size if picture else None,
            references=len(references),
            prompt=step.prompt,
            copy=step.copy,
            script=self.rendered.locale.script if self.rendered.locale and step.copy else None,
            palette=self._palette() if _kind(step).styled else (),
            visible=self._visible,
        )
        try:
            branches = _kind(step).branches(step.params, scene)
        except Problem as problem:
            raise InvalidSource([self._located(step, problem)]) from None
        self.builder.refuse(
            self._refused(step, each) for branch in branches for each in branch.refused
        )
        inputs += [*references, *self._mask(step)]
        made = [self.builder.node(step, branch, inputs, self.variant) for branch in branches]
        for take in step.params.extra_takes():
            for branch in branches:
                again = replace(branch, request={**branch.request, "take": take})
                self.builder.node(step, again, inputs, self.variant)
        return made

    def _visible(self, canvas: Size) -> Box:
        """Return what all exports keep of a canvas; all of it where they have nothing in common."""
        left, top, right, bottom = 0, 0, canvas.width, canvas.height
        for export in self.exports:
            for size in export.params.wanted_sizes() or self.size:
                x, y, width, height = export.params.kept(canvas, size)
                left, top = max(left, x), max(top, y)
                right, bottom = min(right, x + width), min(bottom, y + height)
        if left >= right or top >= bottom:
            return whole(canvas)
        return left, top, right - left, bottom - top

    def _references(self, step: RenderedStep, *, first: bool) -> list[NodeInput]:
        """Return the further pictures of a step: the asset's at its first, its own, the styles'."""
        asset = ("assets", self.variant.asset, "references")
        found: list[NodeInput] = []
        if first:
            found += self._inputs(self.rendered.references, asset)
        if isinstance(step.params, DrawingParams):
            path = step.step.written.locate(("references",))
            found += self._inputs(step.params.references, path)
        if _kind(step).styled:
            for name, references in self.rendered.style_references.items():
                path = ("styles", name, "references")
                found += self._inputs(references, path)
        return list(dict.fromkeys(found))

    def _mask(self, step: RenderedStep) -> list[NodeInput]:
        """Return the picture that says where a step may change its picture, if it has one.

        Raises:
            InvalidSource: a file that no service takes as a mask of this picture.
        """
        named = step.params.mask_reference()
        if named is None:
            return []
        path = step.step.written.locate(("mask",))
        found = self._input(named, path)
        if isinstance(found, Source) and (wrong := self._wrong_mask(step, found)):
            message, advice = wrong
            place = self.document.place(path)
            raise InvalidSource([Diagnostic("not-a-mask", message, place, "", advice)])
        return [found]

    def _wrong_mask(self, step: RenderedStep, source: Source) -> tuple[str, str] | None:
        """Return why a file is no mask of the picture so far, and what to do; None if it is one."""
        size = self.builder.mask_size(source)
        if size is None:
            return (
                f"'{source.path}' is no PNG with transparency",
                "make transparent what may change, and save it as PNG",
            )
        local = self.builder.project.capabilities_for(step.params).local
        if self.picture is None or size == self.picture.size or local:
            return None
        return (
            f"the mask '{source.path}' is {size}, the picture it is for {self.picture.size}",
            "give the mask the same size",
        )

    def _inputs(self, references: Sequence[str], path: DocumentPath) -> list[NodeInput]:
        return [self._input(each, (*path, index)) for index, each in enumerate(references)]

    def _input(self, reference: str, path: DocumentPath) -> NodeInput:
        place = self.document.place(path)
        if reference.startswith(ASSET_PREFIX):
            asset = reference.removeprefix(ASSET_PREFIX)
            return self.pictures.of(asset, self.variant, place).node
        return self.builder.source(reference, place)

    def _palette(self) -> tuple[str, ...]:
        styles = self.builder.project.pipeline.styles
        return tuple(
            dict.fromkeys(
                colour.lower() for name in self.rendered.styles for colour in styles[name].palette
            )
        )

    def _matrix_size(self) -> tuple[Size, ...]:
        """Return the size that an override or a value of the matrix gives this variant, if any."""
        if self.rendered.size:
            return (self.rendered.size,)
        for axis, attributes in self.variant.attributes.items():
            if "size" in attributes:
                path = ("assets", self.variant.asset, "matrix", axis, self.variant.values[axis])
                try:
                    return (Size.parse(attributes["size"]),)
                except ValueError as error:
                    place = self.document.place((*path, "size"))
                    raise InvalidSource([Diagnostic("wrong-type", str(error), place)]) from None
        return ()

    def _formats(self) -> tuple[str, ...]:
        """Return the formats that the output's suffix asks for; png where `{ext}` leaves it open.

        Raises:
            InvalidSource: the suffix is of no format that can be written.
        """
        suffix = PurePosixPath(fill_in(self.rendered.output, self.variant.values)).suffix.lower()
        if suffix == ".{ext}":
            return ("png",)
        if suffix in FORMAT_OF_SUFFIX:
            return (FORMAT_OF_SUFFIX[suffix],)
        place = self.document.place(("assets", self.variant.asset, "output"))
        message = f"the output '{self.rendered.output}' does not end in a picture format"
        advice = "end it in .png, .jpg, .webp, .avif or .{ext}"
        raise InvalidSource([Diagnostic("unknown-format", message, place, "", advice)])

    def _implied_export(self) -> RenderedStep:
        raw = self.builder.project.pipeline.defaults.get(DEFAULT_EXPORT, {})
        path = ("assets", self.variant.asset)
        step = Step.implied(DEFAULT_EXPORT, raw, path, self.document)
        return RenderedStep(step, revalidate(step, dict(raw)))

    def _drawn_format(self) -> str:
        """Return the format that the picture has before any export."""
        project = self.builder.project
        last = self.stages[-1:]
        return drawn_format(
            project.profile, project.capabilities_for(last[0].params) if last else None
        )

    def _refused(self, step: RenderedStep, refusal: Refusal) -> Diagnostic:
        """Return what a model would refuse at the key that asks for it."""
        place = self._place_of(step, tuple((refusal.parameter or "").split(".", 1)))
        severity = refusal.severity
        return Diagnostic(
            refusal.code, refusal.message, place, "", refusal.advice, severity=severity
        )

    def _place_of(self, step: RenderedStep, keys: DocumentPath) -> Place:
        """Return where the step states something, else the profile; else the step itself."""
        stated = step.step.written.locate(keys)
        if keys[0] in step.params.model_fields_set and self.document.holds(stated):
            return self.document.place(stated)
        profile = ("profiles", self.builder.project.profile_name, *keys)
        if self.document.holds(profile):
            return self.document.place(profile)
        return self.document.place(step.step.written.locate(()), key=True)

    def _located(self, step: RenderedStep, problem: Problem) -> Diagnostic:
        path = step.step.written.locate((problem.parameter,) if problem.parameter else ())
        place = self.document.place(path, key=not problem.parameter)
        return Diagnostic(problem.code, str(problem), place)


def _kind(step: RenderedStep) -> type[StepKind]:
    return registry.step_kind(step.step.kind)


def _sizes_of(steps: Sequence[RenderedStep]) -> tuple[Size, ...]:
    return tuple(size for each in steps for size in each.params.wanted_sizes())


def _largest_first(sizes: Sequence[Size]) -> tuple[Size, ...]:
    return tuple(sorted(dict.fromkeys(sizes), key=lambda size: -size.width * size.height))
