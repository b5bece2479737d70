"""The chain of steps of one variant: which picture each step takes, and what it makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from assetforge import registry
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.loader import Step, revalidate
from assetforge.matrix import Variant
from assetforge.pipeline import Size
from assetforge.plan import End, Identity, NodeInput, PlanBuilder
from assetforge.rendering import RenderedStep, RenderedVariant
from assetforge.steps.base import Problem, Scene, StepKind
from assetforge.steps.drawing import DrawingParams

FORMAT_OF_SUFFIX = {
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".webp": "webp",
    ".avif": "avif",
}
OTHER_ASSET = "asset:"
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

    def keep(self, variant: Variant, picture: Picture) -> None:
        """Keep a variant's picture."""
        self._known.setdefault(variant.asset, []).append((variant, picture))

    def of(self, asset: str, variant: Variant, place: Place) -> Picture:
        """Return the picture of another asset for a variant: the one whose shared axes agree.

        Raises:
            InvalidSource: no picture of that asset agrees, or several do.
        """
        agreeing = [
            picture for other, picture in self._known.get(asset, []) if agrees(other, variant)
        ]
        different = {each.node for each in agreeing}
        if len(different) == 1:
            return agreeing[0]
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


def agrees(one: Variant, other: Variant) -> bool:
    """Tell whether two variants have equal values on every axis they share."""
    return all(other.values.get(axis, value) == value for axis, value in one.values.items())


def add_variant(
    builder: PlanBuilder, rendered: RenderedVariant, pictures: Pictures, *, wanted: bool
) -> None:
    """Add one variant's nodes, and its ends if its files are wanted. Problems are noted."""
    if rendered.problems:
        builder.report(rendered.problems)
        return
    try:
        ends = _Chain(builder, rendered, pictures).walk()
    except InvalidSource as error:
        builder.report(error.diagnostics)
        return
    if wanted:
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

    def walk(self) -> list[Identity]:
        """Return the nodes that make the variant's files."""
        own_size = self._own_size()
        formats = self._formats()
        stages = [each for each in self.rendered.steps if not _kind(each).final]
        exports = [each for each in self.rendered.steps if _kind(each).final]
        if not exports and (own_size or formats != ("png",)):
            exports = [self._implied_export()]
        sizes = _largest_first(
            [*own_size, *(size for each in exports for size in each.params.wanted_sizes())]
        )
        for index, step in enumerate(stages):
            (made,) = self._step(step, sizes, formats, first=index == 0)
            self.picture = Picture(made, self.builder.nodes[made].branch.size)
        if self.picture is not None:
            self.pictures.keep(self.variant, self.picture)
        ends = [end for each in exports for end in self._step(each, own_size, formats, first=False)]
        return ends or ([self.picture.node] if self.picture else [])

    def _step(
        self, step: RenderedStep, sizes: Sequence[Size], formats: tuple[str, ...], *, first: bool
    ) -> list[Identity]:
        picture = self.picture
        inputs: list[NodeInput] = [picture.node] if picture else []
        references = self._references(step, first=first)
        scene = Scene(
            profile=self.builder.project.profile,
            capabilities=self.builder.project.capabilities_for(step.params),
            sizes=tuple(sizes),
            formats=formats,
            canvas=picture.size if picture else None,
            references=len(references),
            prompt=step.prompt,
            copy=step.copy,
            script=self.rendered.locale.script if self.rendered.locale and step.copy else None,
            palette=self._palette() if _kind(step).styled else (),
        )
        try:
            branches = _kind(step).branches(step.params, scene)
        except Problem as problem:
            raise InvalidSource([self._located(step, problem)]) from None
        return [
            self.builder.node(step, branch, [*inputs, *references], self.variant)
            for branch in branches
        ]

    def _references(self, step: RenderedStep, *, first: bool) -> list[NodeInput]:
        """Return the further pictures of a step: the asset's at its first, its own, the styles'."""
        asset = ("assets", self.variant.asset, "references")
        found: list[NodeInput] = []
        if first:
            found += [self._input(each, asset) for each in self.rendered.references]
        if isinstance(step.params, DrawingParams):
            path = step.step.written.locate(("references",))
            found += [self._input(each, path) for each in step.params.references]
        if _kind(step).styled:
            for name in self.rendered.styles:
                style = self.builder.project.pipeline.styles[name]
                path = ("styles", name, "references")
                found += [self._input(each, path) for each in style.references]
        return list(dict.fromkeys(found))

    def _input(self, reference: str, path: tuple[str | int, ...]) -> NodeInput:
        place = self.document.place(path)
        if reference.startswith(OTHER_ASSET):
            return self.pictures.of(reference[len(OTHER_ASSET) :], self.variant, place).node
        return self.builder.source(reference, place)

    def _palette(self) -> tuple[str, ...]:
        styles = self.builder.project.pipeline.styles
        return tuple(
            dict.fromkeys(
                colour.lower() for name in self.rendered.styles for colour in styles[name].palette
            )
        )

    def _own_size(self) -> tuple[Size, ...]:
        """Return the size that a value of the matrix gives this variant, if any does."""
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
        suffix = PurePosixPath(self.rendered.output).suffix.lower()
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

    def _located(self, step: RenderedStep, problem: Problem) -> Diagnostic:
        path = step.step.path
        if problem.parameter:
            path = step.step.written.locate((problem.parameter,))
        message = f"{problem} (variant '{self.variant.name}')"
        return Diagnostic(problem.code, message, self.document.place(path))


def _kind(step: RenderedStep) -> type[StepKind]:
    return registry.step_kind(step.step.kind)


def _largest_first(sizes: Sequence[Size]) -> tuple[Size, ...]:
    return tuple(sorted(dict.fromkeys(sizes), key=lambda size: -size.width * size.height))
