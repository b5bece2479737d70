"""The chain of steps of one variant: which picture each step takes, and what it makes of it."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any, NamedTuple

from assetforge import registry
from assetforge.action import FIRST_TAKE, Source, VariantName
from assetforge.builder import End, PlanBuilder
from assetforge.capabilities import Capabilities, Refusal
from assetforge.digest import Json
from assetforge.document import DocumentPath
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.implied import RESTORE, TEXT, again, restoring, typesetting
from assetforge.loader import Step, revalidate
from assetforge.nodes import Attempts, Identity, NodeInput, request_text
from assetforge.pictures import Picture, Pictures
from assetforge.pipeline import ASSET_PREFIX, Size
from assetforge.rendered import RenderedStep, RenderedVariant
from assetforge.steps.base import (
    Box,
    Branch,
    CopyParams,
    Params,
    Problem,
    Scene,
    Shown,
    StepKind,
    whole,
)
from assetforge.steps.boxes import box_on
from assetforge.steps.drawing import DrawingParams, drawn_format
from assetforge.targets import FORMAT_OF_SUFFIX, OutputPattern

DEFAULT_EXPORT = "export"
"""The step that follows by itself when a final size or format is known and no step makes it."""


MOST_KNOWN = 4096
"""How many nodes and branches of one asset are kept for further variants of it."""


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


class _Base(NamedTuple):
    """What the steps of one variant have in common besides their pictures."""

    size: tuple[Size, ...]
    formats: tuple[str, ...]
    exports: tuple[int, ...]
    styles: tuple[str, ...]
    mirror: bool


class _Nodes(NamedTuple):
    """The nodes of a step on some inputs: those that are gone on from, and its further takes."""

    made: Sequence[Identity]
    takes: Sequence[Identity]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What holds of a step whatever its words are.

    Attributes:
        kind: its step kind.
        step, params: what the facts are of.
        looks: whether it looks at the picture, and passes it on as it is.
        lettered: whether it puts copy into the picture, or looks for it there.
        sizes: the final sizes it names.
        is_plain: whether all it takes is the picture so far.
        capabilities: what its model can do.
    """

    kind: type[StepKind]
    step: Step
    params: Params
    looks: bool
    lettered: bool
    sizes: tuple[Size, ...]
    is_plain: bool
    capabilities: Capabilities


class _Branches(NamedTuple):
    """What a step makes in one scene: the branches, each with its request as text."""

    scene: int
    made: Sequence[tuple[Branch, str]]


class Chains:
    """Adds variants to a plan, quickest asset by asset; what their chains share is made once.

    `needed` are the assets whose pictures others use.
    """

    def __init__(self, builder: PlanBuilder, needed: Container[str]) -> None:
        self.builder = builder
        self.needed = needed
        self.pictures = Pictures()
        self.files: set[str] = set()
        self.taken: set[VariantName] = set()
        self.branches: dict[Hashable, _Branches] = {}
        self.nodes: dict[Hashable, _Nodes] = {}
        self.bases: dict[_Base, int] = {}
        self.visible: dict[tuple[int, Size], Box] = {}
        self._facts: dict[tuple[int, int, bool], _Facts] = {}
        self._asset = ""
        self._alive: dict[int, RenderedStep] = {}
        self._outputs: dict[str, OutputPattern] = {}
        self._exports: dict[str, RenderedStep] = {}

    def add(self, rendered: RenderedVariant, *, wanted: bool) -> None:
        """Add one variant's nodes, and its files if they are wanted. Problems are noted.

        Afterwards `files` are the project's files among its inputs, and `taken` the variants of
        other assets whose picture it takes.
        """
        self.files.clear()
        self.taken.clear()
        self._turn_to(rendered.variant.asset)
        if len(self.nodes) > MOST_KNOWN or len(self.branches) > MOST_KNOWN:
            self._forget()
        if rendered.problems:
            self.builder.report(rendered.problems)
            return
        try:
            chain = _Chain(self, rendered)
            chain.draw()
            ends = chain.export() if wanted else []
        except InvalidSource as error:
            self.builder.report(error.diagnostics)
            return
        locale, output = rendered.locale, self.output(rendered.output)
        tag, direction = (locale.tag, locale.direction) if locale else ("", "")
        for end in ends:
            self.builder.ends.append(
                End(end, rendered.variant, output, rendered.alt, tag, direction)
            )

    def _turn_to(self, asset: str) -> None:
        """Forget what only the variants of the asset before can share."""
        if asset != self._asset:
            self._asset = asset
            self._forget()

    def _forget(self) -> None:
        self.bases.clear()
        self.visible.clear()
        self._facts.clear()
        self.branches.clear()
        self.nodes.clear()
        self._alive.clear()

    def facts(self, step: RenderedStep) -> _Facts:
        """Return what holds of a step, and of all that differ from it in words only."""
        slot = (id(step.step), id(step.params), bool(step.copy))
        found = self._facts.get(slot)
        if found is None:
            found = self._facts[slot] = self._found(step)
        return found

    def _found(self, step: RenderedStep) -> _Facts:
        kind, params = registry.step_kind(step.step.kind), step.params
        return _Facts(
            kind=kind,
            step=step.step,
            params=params,
            looks=bool(kind.passes),
            lettered=bool(step.copy) or bool(kind.passes),
            sizes=params.wanted_sizes(),
            is_plain=not (
                (isinstance(params, DrawingParams) and params.references)
                or params.files()
                or params.mask_reference()
                or (isinstance(params, CopyParams) and not kind.paid)
            ),
            capabilities=self.builder.project.capabilities_for(params),
        )

    def keep_alive(self, steps: Iterable[RenderedStep]) -> None:
        """Keep steps that are known by their `id`, as long as anything is known of them."""
        self._alive.update((id(each), each) for each in steps)

    def output(self, written: str) -> OutputPattern:
        """Return an output pattern; the same one for the same text."""
        if written not in self._outputs:
            self._outputs[written] = OutputPattern(written)
        return self._outputs[written]

    def formats(self, rendered: RenderedVariant) -> tuple[str, ...]:
        """Return the formats that the output's suffix asks for; png where `{ext}` leaves it open.

        Raises:
            InvalidSource: the suffix is of no format that can be written.
        """
        suffix = self.output(rendered.output).suffix(rendered.variant.values)
        if suffix == ".{ext}":
            return ("png",)
        if suffix in FORMAT_OF_SUFFIX:
            return (FORMAT_OF_SUFFIX[suffix],)
        document = self.builder.project.loaded.document
        place = document.place(("assets", rendered.variant.asset, "output"))
        message = f"the output '{rendered.output}' does not end in a picture format"
        advice = "end it in .png, .jpg, .webp, .avif or .{ext}"
        raise InvalidSource([Diagnostic("unknown-format", message, place, "", advice)])

    def implied_export(self, asset: str) -> RenderedStep:
        """Return the export that follows by itself; the same one for all variants of an asset.

        Raises:
            InvalidSource: the defaults of its kind are wrong.
        """
        if asset not in self._exports:
            project = self.builder.project
            raw = project.pipeline.defaults.get(DEFAULT_EXPORT, {})
            path: DocumentPath = ("assets", asset)
            step = Step.implied(DEFAULT_EXPORT, raw, path, project.loaded.document)
            self._exports[asset] = RenderedStep(step, revalidate(step, dict(raw)))
        return self._exports[asset]


class _Chain:
    """Takes one rendered variant through its steps."""

    __slots__ = (
        "base",
        "builder",
        "chains",
        "document",
        "drawn",
        "exports",
        "formats",
        "is_looked_at",
        "picture",
        "rendered",
        "shown",
        "since",
        "size",
        "stages",
        "variant",
    )

    def __init__(self, chains: Chains, rendered: RenderedVariant) -> None:
        self.chains = chains
        self.builder = chains.builder
        self.rendered = rendered
        self.variant = rendered.variant
        self.picture: Picture | None = None
        self.drawn: Drawn | None = None
        self.since: list[tuple[Identity, RenderedStep]] = []
        self.shown: list[Shown] = []
        self.document = chains.builder.project.loaded.document
        facts = [(each, chains.facts(each)) for each in rendered.steps]
        self.stages = [each for each in facts if not each[1].kind.final]
        self.size = _sizes_of(self.stages)[-1:] or self._matrix_size()
        self.formats = chains.formats(rendered)
        self.exports = [each for each in facts if each[1].kind.final]
        if not self.exports and (self.size or self.formats != (self._drawn_format(),)):
            export = chains.implied_export(self.variant.asset)
            self.exports = [(export, chains.facts(export))]
        # Nothing else asks what the picture shows.
        self.is_looked_at = any(each.looks for _, each in facts)
        exports = [each for each, _ in self.exports]
        chains.keep_alive(exports)
        base = _Base(
            self.size,
            self.formats,
            tuple(map(id, exports)),
            rendered.styles,
            rendered.locale is not None and rendered.locale.mirror,
        )
        self.base = chains.bases.setdefault(base, len(chains.bases))

    def draw(self) -> None:
        """Add the nodes of the steps up to the exports, and keep the picture they end in."""
        first = True
        for step, facts in self.stages:
            self._stage(step, facts, first=first)
            first = False
        if self.picture is not None and self.variant.asset in self.chains.needed:
            self.chains.pictures.keep(self.variant, self.picture)

    def _stage(self, step: RenderedStep, facts: _Facts, *, first: bool) -> None:
        """Add the nodes of one step, and of what follows from it."""
        if facts.looks:
            if self._has_stand_in():
                return  # nobody ships what stands in for a picture
            self._look(step)
            return
        locale = self.rendered.locale
        if step.copy and step.params.typeset_in(locale.id if locale else None):
            step = self._typesetting(step, self.picture)
            facts = self.chains.facts(step)
        before = self.picture
        made = self._add(step, facts, first=first)
        if facts.kind.paid:
            self.drawn = self._drawn(step, made, before)
            self.since = []
            self._restore(step, before)
        else:
            self.since.append((made, step))
        if self.is_looked_at:
            self.shown += self._shown(step)

    def _drawn(self, step: RenderedStep, made: Identity, before: Picture | None) -> Drawn:
        """Return what a provider drew; with an edit for a note it is still the noted step's."""
        if step.note is not None and self.drawn is not None:
            return replace(self.drawn, node=made)
        return Drawn(made, before, step, tuple(self.shown))

    def _add(
        self,
        step: RenderedStep,
        facts: _Facts,
        *,
        first: bool = False,
        spare: bool = False,
        apart: Json = None,
    ) -> Identity:
        """Add the node of a step that makes one picture, and go on from there."""
        (made,) = self._step(step, facts, first=first, spare=spare, apart=apart)
        before = self.picture
        self.picture = Picture(made, self.builder.nodes[made].branch.size)
        laid_over = facts.kind.paid or not step.copy
        if self.shown and before is not None and laid_over and not facts.looks:
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
        facts = self.chains.facts(restored)
        scene = self._scene(restored, facts, (), 0, 0)
        (branch,) = facts.kind.branches(restored.params, scene)
        inputs = [after, before.node, *self._mask(step)]
        made = self.builder.node(restored, branch, inputs, self.variant, judged=after)
        self.picture = Picture(made, branch.size)
        self.since.append((made, restored))

    def _look(self, step: RenderedStep) -> None:
        """Add the node that looks at the picture, and what is tried where it is not right."""
        drawn = self.drawn
        if drawn is None:
            self._add(step, self.chains.facts(step))
            return
        takes, typeset = step.params.tries()
        if self._lettered_since(drawn) and not drawn.texts:
            takes, typeset = FIRST_TAKE, False  # the letters are no model's
        spare = self._typeset_instead(drawn, step) if typeset else ()
        # Two that would try other things must not be one.
        look = self._add(step, self.chains.facts(step), apart=[takes, *spare])
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
        made = [self._add(text, self.chains.facts(text), spare=True)]
        self.shown = [*drawn.shown, *self._shown(text), *shown[len(drawn.shown) + drawn.texts :]]
        plain = [again(each, TEXT) for _, each in self.since if each.step.kind != RESTORE]
        steps = [*plain, again(look, TEXT)]
        made += [self._add(each, self.chains.facts(each), spare=True) for each in steps]
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
        drawn = self.chains.facts(step).kind.paid
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
        ends = [end for each in self.exports for end in self._step(*each, first=False)]
        return ends or ([self.picture.node] if self.picture else [])

    def _scene(
        self,
        step: RenderedStep,
        facts: _Facts,
        sizes: Sequence[Size],
        references: int,
        fonts: int,
    ) -> Scene:
        """Return where a step stands."""
        kind = facts.kind
        locale = self.rendered.locale
        script, language = (locale.script, locale.tag) if locale and facts.lettered else (None,) * 2
        return Scene(
            profile=self.builder.project.profile,
            capabilities=facts.capabilities,
            sizes=tuple(sizes),
            formats=self.formats,
            canvas=self.picture.size if self.picture else None,
            references=references,
            prompt=step.prompt,
            copy=step.copy,
            script=script,
            palette=self._palette() if kind.styled else (),
            brand=() if kind.paid else self._palette(),
            language=language,
            rtl=locale is not None and locale.mirror,
            shown=tuple(self.shown) if kind.passes else (),
            fonts=fonts,
            visible=self._visible,
        )

    def _step(
        self,
        step: RenderedStep,
        facts: _Facts,
        *,
        first: bool,
        spare: bool = False,
        apart: Json = None,
    ) -> Sequence[Identity]:
        """Add the nodes of a step, and return those that are gone on from.

        Variants whose step, picture and further inputs are the same have the same nodes.
        """
        inputs, branches = self._inputs_and_branches(step, facts, first=first)
        judged = self._judged(facts) if self.is_looked_at else None
        if self.picture and self.builder.nodes[self.picture.node].first is self.variant:
            # No variant before this one had its picture.
            return self._new(step, branches, inputs, judged, spare, apart).made
        asked = (branches.scene, *inputs, judged, spare, str(apart))
        found = self.chains.nodes.get(asked)
        if found is None:
            found = self._new(step, branches, inputs, judged, spare, apart)
            self.chains.nodes[asked] = found
            return found.made
        for each in found.made:
            self.builder.join(each, self.variant, spare=spare)
        for each in found.takes:
            self.builder.join(each, self.variant)
        return found.made

    def _new(
        self,
        step: RenderedStep,
        branches: _Branches,
        inputs: Sequence[NodeInput],
        judged: Identity | None,
        spare: bool,
        apart: Json,
    ) -> _Nodes:
        """Add the nodes of a step, as far as none asks for the same, and of its further takes."""
        node = self.builder.node
        made = [
            node(step, branch, inputs, self.variant, judged, spare, apart, text)
            for branch, text in branches.made
        ]
        takes = [
            node(
                step,
                replace(branch, request={**branch.request, "take": take}),
                inputs,
                self.variant,
            )
            for take in step.params.extra_takes()
            for branch, _ in branches.made
        ]
        return _Nodes(made, takes)

    def _inputs_and_branches(
        self, step: RenderedStep, facts: _Facts, *, first: bool
    ) -> tuple[Sequence[NodeInput], _Branches]:
        """Return what a step takes, in its runner's order, and what it makes of it.

        Raises:
            InvalidSource: an input is not there, or nothing can be made of them.
        """
        picture: list[NodeInput] = [self.picture.node] if self.picture else []
        asset_wide = (first and self.rendered.references) or self.rendered.style_references
        if facts.is_plain and not asset_wide:
            return picture, self._branches(step, facts, 0, 0)
        references = self._references(step, facts, first=first)
        fonts = self._fonts(facts)
        branches = self._branches(step, facts, len(references), len(fonts))
        others = [*references, *self._files(step), *self._mask(step), *fonts]
        return [*picture, *others], branches

    def _branches(
        self, step: RenderedStep, facts: _Facts, references: int, fonts: int
    ) -> _Branches:
        """Return what a step makes here. In equal scenes it makes the same.

        Raises:
            InvalidSource: it can make nothing here.
        """
        locale = self.rendered.locale
        scene = (
            id(step),  # of a step that is kept, so no other has it
            self.base,
            self.picture.size if self.picture else None,
            references,
            fonts,
            (locale.script, locale.tag) if locale and facts.lettered else None,
            tuple(self.shown) if facts.looks else (),
        )
        found = self.chains.branches.get(scene)
        if found is None:
            self.chains.keep_alive([step])
            made = self._made_branches(step, facts, references, fonts)
            number = len(self.chains.branches)
            found = self.chains.branches[scene] = _Branches(number, made)
        return found

    def _made_branches(
        self, step: RenderedStep, facts: _Facts, references: int, fonts: int
    ) -> list[tuple[Branch, str]]:
        sizes = self.size
        if not facts.kind.final:
            sizes = _largest_first([*self.size, *_sizes_of(self.exports)])
        scene = self._scene(step, facts, sizes, references, fonts)
        try:
            branches = facts.kind.branches(step.params, scene)
        except Problem as problem:
            raise InvalidSource([self._located(step, problem)]) from None
        self.builder.refuse(
            self._refused(step, each) for branch in branches for each in branch.refused
        )
        return [(branch, request_text(branch)) for branch in branches]

    def _judged(self, facts: _Facts) -> Identity | None:
        """Return the drawing that a look is at; None where copy was typeset after it.

        Who accepts a drawing says nothing of letters that are set on it later.
        """
        if self.drawn is None or not facts.looks or self._lettered_since(self.drawn):
            return None
        return self.drawn.node

    def _visible(self, canvas: Size) -> Box:
        """Return what all exports keep of a canvas; all of it where they have nothing in common."""
        slot = (self.base, canvas)
        if slot not in self.chains.visible:
            self.chains.visible[slot] = self._kept(canvas)
        return self.chains.visible[slot]

    def _kept(self, canvas: Size) -> Box:
        left, top, right, bottom = 0, 0, canvas.width, canvas.height
        for _, facts in self.exports:
            for size in facts.sizes or self.size:
                x, y, width, height = facts.params.kept(canvas, size)
                left, top = max(left, x), max(top, y)
                right, bottom = min(right, x + width), min(bottom, y + height)
        if left >= right or top >= bottom:
            return whole(canvas)
        return left, top, right - left, bottom - top

    def _references(self, step: RenderedStep, facts: _Facts, *, first: bool) -> list[NodeInput]:
        """Return the further pictures of a step: the asset's at its first, its own, the styles'."""
        rendered = self.rendered
        found: list[NodeInput] = []
        if first and rendered.references:
            path: DocumentPath = ("assets", self.variant.asset, "references")
            found += self._inputs(rendered.references, path)
        if isinstance(step.params, DrawingParams) and step.params.references:
            path = step.step.written.locate(("references",))
            found += self._inputs(step.params.references, path)
        if rendered.style_references and facts.kind.styled:
            for name, references in rendered.style_references.items():
                found += self._inputs(references, ("styles", name, "references"))
        return list(dict.fromkeys(found)) if found else found

    def _files(self, step: RenderedStep) -> list[NodeInput]:
        """Return what else a step reads, by its parameters."""
        files = step.params.files()
        return [self._input(path, step.step.written.locate((name,))) for name, path in files]

    def _fonts(self, facts: _Facts) -> Sequence[NodeInput]:
        """Return the project's font files, for a step that sets letters itself."""
        if facts.kind.paid or not isinstance(facts.params, CopyParams):
            return ()
        fonts = self.builder.fonts()
        self.chains.files.update(each.path for each in fonts)
        return fonts

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
        place = partial(self.document.place, path)
        if reference.startswith(ASSET_PREFIX):
            asset, pictures = reference.removeprefix(ASSET_PREFIX), self.chains.pictures
            self.chains.taken.update(pictures.variants(asset, self.variant))
            return pictures.of(asset, self.variant, place).node
        self.chains.files.add(reference)
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
            if attributes and "size" in attributes:
                path = ("assets", self.variant.asset, "matrix", axis, self.variant.values[axis])
                try:
                    return (_size(str(attributes["size"])),)
                except ValueError as error:
                    place = self.document.place((*path, "size"))
                    raise InvalidSource([Diagnostic("wrong-type", str(error), place)]) from None
        return ()

    def _drawn_format(self) -> str:
        """Return the format that the picture has before any export."""
        capabilities = self.stages[-1][1].capabilities if self.stages else None
        return drawn_format(self.builder.project.profile, capabilities)

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


@lru_cache(maxsize=1024)
def _size(written: str) -> Size:
    return Size.parse(written)


def _sizes_of(steps: Sequence[tuple[RenderedStep, _Facts]]) -> tuple[Size, ...]:
    return tuple(size for _, each in steps for size in each.sizes)


def _largest_first(sizes: Sequence[Size]) -> tuple[Size, ...]:
    return tuple(sorted(dict.fromkeys(sizes), key=lambda size: -size.width * size.height))
