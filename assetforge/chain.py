"""The chain of steps of one variant: which picture each step takes, and what it makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from assetforge import registry
from assetforge.action import FIRST_TAKE, Source
from assetforge.capabilities import Refusal
from assetforge.digest import Json
from assetforge.document import DocumentPath
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.implied import RESTORE, TEXT, again, restoring, typesetting
from assetforge.loader import Step, revalidate
from assetforge.pictures import Picture, Pictures
from assetforge.pipeline import ASSET_PREFIX, Size
from assetforge.plan import FORMAT_OF_SUFFIX, Attempts, End, Identity, NodeInput, PlanBuilder
from assetforge.rendered import RenderedStep, RenderedVariant, fill_in
from assetforge.steps.base import Box, CopyParams, Problem, Scene, Shown, StepKind, whole
from assetforge.steps.boxes import box_on
from assetforge.steps.drawing import DrawingParams, drawn_format

DEFAULT_EXPORT = "export"
"""The step that follows by itself when a final size or format is known and no step makes it."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """The last picture that a provider drew: its node, the picture before it, and its step."""

    node: Identity
    before: Picture | None
    step: RenderedStep
    shown: tuple[Shown, ...]

    @property
    def texts(self) -> int:
        """How many texts it shows itself."""
        return sum(1 for each in self.step.copy.values() if each.strip())


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
        self.drawn: Drawn | None = None
        self.since: list[tuple[Identity, RenderedStep]] = []
        self.shown: list[Shown] = []
        self.document = builder.project.loaded.document
        self.stages = [each for each in rendered.steps if not _kind(each).final]
        self.size = _sizes_of(self.stages)[-1:] or self._matrix_size()
        self.formats = self._formats()
        self.exports = [each for each in rendered.steps if _kind(each).final]
        if not self.exports and (self.size or self.formats != (self._drawn_format(),)):
            self.exports = [self._implied_export()]

    def draw(self) -> None:
        """Add the nodes of the steps up to the exports, and keep the picture they end in."""
        for index, step in enumerate(self.stages):
            self._stage(step, first=index == 0)
        if self.picture is not None:
            self.pictures.keep(self.variant, self.picture)

    def _stage(self, step: RenderedStep, *, first: bool) -> None:
        """Add the nodes of one step, and of what follows from it."""
        if self._looks(step):
            if self._has_stand_in():
                return  # nobody ships what stands in for a picture
            self._look(step)
            return
        locale = self.rendered.locale
        if step.copy and step.params.typeset_in(locale.id if locale else None):
            step = self._typesetting(step, self.picture)
        before = self.picture
        made = self._add(step, first=first)
        if _kind(step).paid:
            self.drawn = Drawn(made, before, step, tuple(self.shown))
            self.since = []
            self._restore(step, before)
        else:
            self.since.append((made, step))
        self.shown += self._shown(step)

    def _add(
        self, step: RenderedStep, *, first: bool = False, spare: bool = False, apart: Json = None
    ) -> Identity:
        """Add the node of a step that makes one picture, and go on from there."""
        sizes = _largest_first([*self.size, *_sizes_of(self.exports)])
        (made,) = self._step(step, sizes, first=first, spare=spare, apart=apart)
        before = self.picture
        self.picture = Picture(made, self.builder.nodes[made].branch.size)
        laid_over = _kind(step).paid or not step.copy
        if before is not None and laid_over and not self._looks(step):
            moved = before.size != self.picture.size
            self.shown = [_laid_over(each, moved=moved) for each in self.shown]
        return made

    def _lettered_since(self, drawn: Drawn) -> bool:
        """Tell whether copy was typeset after a drawing: it is none of what a model drew."""
        return any(each.typeset for each in self.shown[len(drawn.shown) :])

    def _restore(self, step: RenderedStep, before: Picture | None) -> None:
        """Put back what a drawing may not have changed, and see what it did change."""
        assert self.picture is not None, "BUG: a drawing without a picture"
        canvas, after = self.picture.size, self.picture.node
        restored = restoring(step, self.document, canvas)
        if before is None or restored is None or self._stands_in(step):
            return
        scene = self._scene(restored, (), ())
        (branch,) = _kind(restored).branches(restored.params, scene)
        inputs = [after, before.node, *self._mask(step)]
        made = self.builder.node(restored, branch, inputs, self.variant, judged=after)
        self.picture = Picture(made, branch.size)
        self.since.append((made, restored))

    def _look(self, step: RenderedStep) -> None:
        """Add the node that looks at the picture, and what is tried where it is not right."""
        drawn = self.drawn
        if drawn is None:
            self._add(step)
            return
        takes, typeset = step.params.tries()
        if self._lettered_since(drawn) and not drawn.texts:
            takes, typeset = FIRST_TAKE, False  # the letters are no model's
        spare = self._typeset_instead(drawn, step) if typeset else ()
        # Two that would try other things must not be one.
        look = self._add(step, apart=[takes, *spare])
        between = (*(made for made, _ in self.since), look)
        self.builder.attempts[look] = Attempts(drawn.node, between, takes, spare)
        self.since.append((look, step))

    def _typeset_instead(self, drawn: Drawn, look: RenderedStep) -> tuple[Identity, ...]:
        """Add spare nodes: the copy typeset on the picture before, and the rest up to the look.

        Raises:
            InvalidSource: the letters were drawn with the whole picture.
        """
        if drawn.before is None:
            message = "letters can only be set where an 'edit' drew them on a picture"
            raise InvalidSource([self._located(look, Problem("no-picture", message, "otherwise"))])
        text = self._typesetting(drawn.step, drawn.before)
        ended, shown = self.picture, self.shown
        self.picture = drawn.before
        made = [self._add(text, spare=True)]
        self.shown = [*drawn.shown, *self._shown(text), *shown[len(drawn.shown) + drawn.texts :]]
        plain = [again(each, TEXT) for _, each in self.since if each.step.kind != RESTORE]
        made += [self._add(each, spare=True) for each in (*plain, again(look, TEXT))]
        self.picture, self.shown = ended, shown
        return tuple(made)

    def _typesetting(self, step: RenderedStep, before: Picture | None) -> RenderedStep:
        """Return the step that sets the copy of another on the picture before it.

        Raises:
            InvalidSource: there is no such picture.
        """
        if before is None:
            message = "copy can only be typeset on a picture: put a 'compose' step before this"
            raise InvalidSource([self._located(step, Problem("no-picture", message, "typeset"))])
        return typesetting(step, self.builder.project.pipeline, self.document, before.size)

    def _looks(self, step: RenderedStep) -> bool:
        return bool(_kind(step).passes)

    def _has_stand_in(self) -> bool:
        """Tell whether the picture so far was drawn by what only stands in for a model."""
        return self.drawn is not None and self._stands_in(self.drawn.step)

    def _stands_in(self, step: RenderedStep) -> bool:
        """Tell whether a step's provider stands in for a model: told the copy, it sets it itself.

        It keeps to a region, too.
        """
        capabilities = self.builder.project.capabilities_for(step.params)
        return capabilities.local and capabilities.copy

    def _shown(self, step: RenderedStep) -> list[Shown]:
        """Return the copy that a step has put into the picture so far."""
        texts = {slot: text for slot, text in step.copy.items() if text.strip()}
        if not texts:
            return []
        drawn = _kind(step).paid
        boxes = self._drawn_in(step, texts) if drawn else self._set_in(texts)
        return [Shown(slot, text, boxes[slot], not drawn) for slot, text in texts.items()]

    def _drawn_in(self, step: RenderedStep, slots: Iterable[str]) -> dict[str, Box | None]:
        """Return where a model had to draw each text; None: anywhere."""
        region = step.params.written_region()
        assert self.picture is not None, "BUG: copy without a picture"
        return dict.fromkeys(slots, box_on(region, self.picture.size) if region else None)

    def _set_in(self, slots: Iterable[str]) -> dict[str, Box | None]:
        """Return where each text was set."""
        assert self.picture is not None, "BUG: copy without a picture"
        asked: Any = self.builder.nodes[self.picture.node].branch.request  # as `text` made it
        whole, looks = asked["region"], asked.get("slots", {})
        return {slot: tuple(looks.get(slot, {}).get("region", whole)) for slot in slots}

    def export(self) -> list[Identity]:
        """Add the nodes of the exports, and return the nodes that make the variant's files."""
        ends = [end for each in self.exports for end in self._step(each, self.size, first=False)]
        return ends or ([self.picture.node] if self.picture else [])

    def _scene(
        self, step: RenderedStep, sizes: Sequence[Size], references: Sequence[NodeInput]
    ) -> Scene:
        """Return where a step stands."""
        locale, kind = self.rendered.locale, _kind(step)
        lettered = bool(step.copy) or bool(kind.passes)
        return Scene(
            profile=self.builder.project.profile,
            capabilities=self.builder.project.capabilities_for(step.params),
            sizes=tuple(sizes),
            formats=self.formats,
            canvas=self.picture.size if self.picture else None,
            references=len(references),
            prompt=step.prompt,
            copy=step.copy,
            script=locale.script if locale and lettered else None,
            palette=self._palette() if kind.styled else (),
            brand=() if kind.paid else self._palette(),
            language=locale.tag if locale and lettered else None,
            rtl=locale is not None and locale.mirror,
            shown=tuple(self.shown) if kind.passes else (),
            fonts=len(self._fonts(step)),
            visible=self._visible,
        )

    def _step(
        self,
        step: RenderedStep,
        sizes: Sequence[Size],
        *,
        first: bool,
        spare: bool = False,
        apart: Json = None,
    ) -> list[Identity]:
        picture = self.picture
        inputs: list[NodeInput] = [picture.node] if picture else []
        references = self._references(step, first=first)
        scene = self._scene(step, sizes, references)
        try:
            branches = _kind(step).branches(step.params, scene)
        except Problem as problem:
            raise InvalidSource([self._located(step, problem)]) from None
        self.builder.refuse(
            self._refused(step, each) for branch in branches for each in branch.refused
        )
        inputs += [*references, *self._files(step), *self._mask(step), *self._fonts(step)]
        judged = self._judged(step)
        made = [
            self.builder.node(
                step, branch, inputs, self.variant, judged=judged, spare=spare, apart=apart
            )
            for branch in branches
        ]
        for take in step.params.extra_takes():
            for branch in branches:
                again = replace(branch, request={**branch.request, "take": take})
                self.builder.node(step, again, inputs, self.variant)
        return made

    def _judged(self, step: RenderedStep) -> Identity | None:
        """Return the drawing that a look is at; None where copy was typeset after it.

        Who accepts a drawing says nothing of letters that are set on it later.
        """
        if self.drawn is None or not self._looks(step) or self._lettered_since(self.drawn):
            return None
        return self.drawn.node

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

    def _files(self, step: RenderedStep) -> list[NodeInput]:
        """Return what else a step reads, by its parameters."""
        files = step.params.files()
        return [self._input(path, step.step.written.locate((name,))) for name, path in files]

    def _fonts(self, step: RenderedStep) -> list[NodeInput]:
        """Return the project's font files, for a step that sets letters itself."""
        if _kind(step).paid or not isinstance(step.params, CopyParams):
            return []
        return [*self.builder.fonts()]

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


def _laid_over(shown: Shown, *, moved: bool) -> Shown:
    """Return a text that something may lie over; `moved`: nobody knows where it is any more."""
    return replace(shown, last=False, box=None if moved else shown.box)


def _kind(step: RenderedStep) -> type[StepKind]:
    return registry.step_kind(step.step.kind)


def _sizes_of(steps: Sequence[RenderedStep]) -> tuple[Size, ...]:
    return tuple(size for each in steps for size in each.params.wanted_sizes())


def _largest_first(sizes: Sequence[Size]) -> tuple[Size, ...]:
    return tuple(sorted(dict.fromkeys(sizes), key=lambda size: -size.width * size.height))
