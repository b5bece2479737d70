"""One variant, rendered: each step's parameters, copy and prompt, and what they were made from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assetforge import registry
from assetforge.document import Document, DocumentPath
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.loader import Step, revalidate
from assetforge.locales import Locale
from assetforge.matrix import Variant
from assetforge.pipeline import MessageText, Override, inside_project, is_template
from assetforge.project import Project
from assetforge.prompts import (
    MAX_PROMPT_CHARACTERS,
    SUFFIX,
    AxisValue,
    PromptTemplate,
    Renderer,
)
from assetforge.quotation import show_copy
from assetforge.rendered import RenderedStep, RenderedVariant, fill_in
from assetforge.steps.base import CopyParams, Params
from assetforge.steps.drawing import DrawingParams
from assetforge.wording import Wording

BUILT_IN = ("asset", "locale", "copy", "vars", "t", "mirror")
"""Names that every template sees, besides the asset's axes."""


KEPT = ("prompt", "copy")
"""Parameters whose templates are not filled in with the others: one sees more, one has none."""


class VariantRenderer:
    """Renders the variants of one project, one after the other."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.document: Document = project.loaded.document
        section = project.pipeline.locales
        self.renderer = Renderer(project.root, section.source if section else "en")
        self._templates: dict[tuple[object, ...], PromptTemplate] = {}
        self._inline: dict[str, PromptTemplate] = {}
        self._problems: dict[tuple[object, ...], list[Diagnostic]] = {}

    def render(self, variant: Variant, *, text_locale: str | None = None) -> RenderedVariant:
        """Render one variant. `text_locale` takes all its texts from another locale."""
        asset = self.project.pipeline.assets[variant.asset]
        overrides = matching(asset.overrides, variant)
        shown = text_locale or variant.locale
        result = RenderedVariant(
            variant,
            asset,
            self.project.locales.parse(shown) if shown else None,
            output=_last(overrides, "output", asset.output),
            styles=tuple(_last(overrides, "styles", asset.styles)),
            size=_last(overrides, "size", None),
        )
        one = _OneVariant(self, result, overrides)
        one.references()
        for step in self.project.loaded.steps[variant.asset]:
            if rendered := one.step(step):
                result.steps.append(rendered)
        one.alt()
        return result

    def template(self, path: DocumentPath, text: str) -> PromptTemplate:
        """Return the template that a prompt in the pipeline file names or is.

        Raises:
            InvalidSource: the prompt names a file that is not there.
        """
        slot = (path, text)
        if slot not in self._templates:
            self._templates[slot] = self._find(path, text)
        return self._templates[slot]

    def _find(self, path: DocumentPath, text: str) -> PromptTemplate:
        if text.endswith(SUFFIX) and not re.search(r"\s", text):
            return self.renderer.file_template(text, self.document.place(path))
        return self.inline(path, text)

    def inline(self, path: DocumentPath, text: str) -> PromptTemplate:
        """Return the template that stands in the pipeline file itself."""
        name = f"{self.project.file}:{'.'.join(map(str, path))}"
        template = PromptTemplate(
            name, text, lambda line, col, length: self.document.text_place(path, line, col, length)
        )
        self._inline[name] = template
        return template

    def place_of(self, template: str, line: int, word: str) -> Place:
        """Return the place of a word in a line of a template in use."""
        return self.renderer.place_in(self._inline.get(template), template, line, word)

    def check(self, template: PromptTemplate, known: frozenset[str]) -> list[Diagnostic]:
        """Return what is wrong with a template's text; computed once for each set of names."""
        slot = (template.name, template.text, known)
        if slot not in self._problems:
            self._problems[slot] = self.renderer.problems(template, known)
        return self._problems[slot]


class _OneVariant:
    """The state of rendering one variant."""

    def __init__(
        self, owner: VariantRenderer, result: RenderedVariant, overrides: Mapping[str, Override]
    ) -> None:
        self.owner = owner
        self.result = result
        self.overrides = overrides
        self.path: DocumentPath = ("assets", result.variant.asset)
        self.values = {**result.variant.values, "asset": result.variant.asset}
        self.vars: dict[str, Any] = {**owner.project.pipeline.vars, **result.asset.vars}
        for override in overrides.values():
            self.vars |= override.vars
        self.wording = Wording(owner.project, result, self.values, self.vars)

    def step(self, step: Step) -> RenderedStep | None:
        """Render one step, or note why it cannot be."""
        self.wording.start(step.name)
        try:
            params = self._params(step)
            copy = self._copy(step, params)
            prompt = self._prompt(step, params, copy)
        except InvalidSource as error:
            self.result.problems.extend(error.diagnostics)
            return None
        told = self.wording
        messages, absent = frozenset(told.messages), frozenset(told.absent)
        return RenderedStep(step, params, prompt, copy, messages, absent, told.used)

    def references(self) -> None:
        """Fill in the asset's references and those of the styles, or note why they cannot be."""
        path = self._overridden("references", self.path)
        listed = _last(self.overrides, "references", self.result.asset.references)
        self.result.references = self._pictures((*path, "references"), listed)
        for name in self.result.styles:
            listed = self.owner.project.pipeline.styles[name].references
            where = ("styles", name, "references")
            self.result.style_references[name] = self._pictures(where, listed)

    def _pictures(self, path: DocumentPath, references: Sequence[str]) -> tuple[str, ...]:
        """Return references with templates in them rendered."""
        found = []
        for index, each in enumerate(references):
            try:
                found.append(self._reference((*path, index), each))
            except InvalidSource as error:
                self.result.problems.extend(error.diagnostics)
        return tuple(found)

    def _reference(self, path: DocumentPath, text: str) -> str:
        if not is_template(text):
            return text
        rendered = self._rendered(self.owner.inline(path, text), {})
        try:
            return inside_project(rendered)
        except ValueError as error:
            place = self.owner.document.place(path)
            raise InvalidSource([Diagnostic("wrong-value", str(error), place)]) from None

    def alt(self) -> None:
        """Find the text that describes the picture, or note why there is none."""
        source = _last(self.overrides, "alt", self.result.asset.alt)
        if source is None:
            return
        if isinstance(source, MessageText):
            self.result.alt = source.text
            return
        path = (*self._overridden("alt", self.path), "alt")
        self.wording.start("")
        try:
            message = fill_in(source, self.values)
            self.result.alt = self.wording.text(message, self.owner.document.place(path), {})
        except InvalidSource as error:
            self.result.problems.extend(error.diagnostics)

    def _overridden(self, name: str, path: DocumentPath) -> DocumentPath:
        """Return the path of the last override that says something, or else the path given."""
        given = [key for key, each in self.overrides.items() if getattr(each, name) is not None]
        return (*self.path, "overrides", given[-1]) if given else path

    def _params(self, step: Step) -> Params:
        """Return a step's parameters with overrides applied and templates in them rendered."""
        changed: dict[str, Any] = {}
        for override in self.overrides.values():
            changed |= changed_by(override, step, {**step.raw, **changed})
        raw = {**step.raw, **changed}
        problems: list[Diagnostic] = []
        for name, value in raw.items():
            try:
                raw[name] = value if name in KEPT else self._fill(self._at(step, name), value)
            except InvalidSource as error:
                problems += error.diagnostics
        if problems:
            raise InvalidSource(problems)
        return revalidate(step, raw, {name: self._at(step, name) for name in changed})

    def _at(self, step: Step, name: str) -> DocumentPath:
        """Return where a parameter of a step stands: in the last override that has it, or there."""
        for key, each in reversed(list(self.overrides.items())):
            here = (*self.path, "overrides", key)
            if name in each.steps.get(step.name, {}):
                return (*here, "steps", step.name, name)
            if name in changed_by(each, step, step.raw):
                return (*here, name)
        return step.written.locate((name,))

    def _fill(self, path: DocumentPath, value: Any) -> Any:
        if isinstance(value, list):
            return [self._fill((*path, index), each) for index, each in enumerate(value)]
        if isinstance(value, dict):
            return {key: self._fill((*path, key), each) for key, each in value.items()}
        if not is_template(value):
            return value
        return self._rendered(self.owner.inline(path, value), {})

    def _copy(self, step: Step, params: Params) -> dict[str, str]:
        if not isinstance(params, CopyParams):
            return {}
        path = self._at(step, "copy")
        return {
            name: self.wording.slot(name, slot, self.owner.document.place((*path, name)))
            for name, slot in params.slots.items()
        }

    def _prompt(self, step: Step, params: Params, copy: Mapping[str, str]) -> str:
        if not isinstance(params, DrawingParams):
            return ""
        path = self._at(step, "prompt")
        prompt = self._rendered(self.owner.template(path, params.prompt), copy)
        if registry.step_kind(step.kind).styled:
            prompt = "\n\n".join([prompt, *self._styles()]).strip()
        prompt = show_copy(prompt, copy)
        if len(prompt) > MAX_PROMPT_CHARACTERS:
            words = f"the prompt is longer than {MAX_PROMPT_CHARACTERS} characters"
            place = self.owner.document.place(path)
            raise InvalidSource([Diagnostic("template-error", words, place)])
        return prompt

    def _styles(self) -> list[str]:
        """Return the words of the variant's styles."""
        words = []
        for name in self.result.styles:
            style = self.owner.project.pipeline.styles[name]
            template = self.owner.inline(("styles", name, "prompt"), style.prompt)
            words.append(self._rendered(template, {}))
            if style.palette:
                words.append(f"Palette: {', '.join(style.palette)}.")
        return [each for each in words if each]

    def _rendered(self, template: PromptTemplate, copy: Mapping[str, str]) -> str:
        context = self._context(copy)
        if problems := self.owner.check(template, frozenset(context)):
            raise InvalidSource(problems)
        text, one = self.owner.renderer.render(template, context)
        self.wording.used.templates.update(one.templates)
        self.wording.used.variables |= one.variables
        return text

    def _context(self, copy: Mapping[str, str]) -> dict[str, Any]:
        variant = self.result.variant
        context: dict[str, Any] = {
            name: AxisValue(value, variant.attributes[name])
            for name, value in variant.values.items()
        }
        context |= {
            "asset": AxisValue(variant.asset, {"tags": list(self.result.asset.tags)}),
            "copy": dict(copy),
            "vars": self.vars,
            "t": self._translate,
            "mirror": self.result.locale is not None and self.result.locale.mirror,
        }
        if self.result.locale is not None:
            own = variant.attributes.get("locale", {})
            facts = LocaleFacts(self.result.locale, own)
            context["locale"] = AxisValue(self.result.locale.id, facts)
        return context

    def _translate(self, message: str, **values: object) -> str:
        name, line = self.owner.renderer.line_in_progress()
        place = self.owner.place_of(name, line, str(message))
        return self.wording.text(str(message), place, values)


FACTS = (
    "id",
    "tag",
    "language",
    "script",
    "region",
    "direction",
    "mirror",
    "name",
    "english_name",
    "native_name",
)
"""What templates may read from every `locale`."""


class LocaleFacts(Mapping[str, Any]):
    """What templates may read from `locale`: what its axis says of it, then the facts.

    A fact is found when it is read: the names need CLDR's data of the locale.
    """

    def __init__(self, locale: Locale, own: Mapping[str, Any]) -> None:
        self._locale = locale
        self._own = own

    def __getitem__(self, name: str) -> Any:
        if name in self._own:
            return self._own[name]
        if name in FACTS:
            return getattr(self._locale, name)
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*FACTS, *self._own)))

    def __len__(self) -> int:
        return len({*FACTS, *self._own})


def matching(overrides: Mapping[str, Override], variant: Variant) -> dict[str, Override]:
    """Return the overrides that apply to a variant, in the order of the file: a later one wins."""
    values = set(variant.values.values())
    return {key: each for key, each in overrides.items() if set(key.split("/")) <= values}


def changed_by(override: Override, step: Step, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a step that an override changes, as they would be written there.

    `raw` are the step's parameters so far.

    A `prompt`, `copy` or `size` of the override is for the step that has one; the loader sees to it
    that there is no doubt which.
    """
    changed: dict[str, Any] = {}
    if isinstance(step.params, DrawingParams) and override.prompt is not None:
        changed["prompt"] = override.prompt
    if isinstance(step.params, CopyParams) and override.copy_slots is not None and "copy" in raw:
        changed["copy"] = {**raw["copy"], **override.model_dump(by_alias=True)["copy"]}
    if override.size is not None and "size" in raw:
        changed["size"] = str(override.size)
    return {**changed, **override.steps.get(step.name, {})}


def _last(overrides: Mapping[str, Override], name: str, default: Any) -> Any:
    """Return what the last override says that says something, or else the default."""
    said = [found for each in overrides.values() if (found := getattr(each, name)) is not None]
    return said[-1] if said else default
