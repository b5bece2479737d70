"""One variant, rendered: each step's parameters, copy and prompt, and what they were made from.

A part of a variant is rendered once for all variants of its asset that show it the same, see
`sharing`; they have one `RenderedStep`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from assetforge import registry
from assetforge.document import Document, DocumentPath
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.loader import revalidate
from assetforge.locales import Locale
from assetforge.matrix import LOCALE, Variant
from assetforge.overridden import KEPT, Overridden, OverriddenStep, matching
from assetforge.pipeline import MessageText, inside_project, is_template
from assetforge.project import Project
from assetforge.prompts import (
    MAX_PROMPT_CHARACTERS,
    SUFFIX,
    AxisValue,
    PromptTemplate,
    Renderer,
    Used,
)
from assetforge.quotation import show_copy
from assetforge.rendered import Noted, RenderedStep, RenderedVariant
from assetforge.sharing import Shared
from assetforge.sight import FACTS, LocaleFacts
from assetforge.steps.base import CopyParams, Params
from assetforge.steps.drawing import DrawingParams
from assetforge.wording import ALL, Wording

__all__ = ["BUILT_IN", "FACTS", "LocaleFacts", "VariantRenderer"]

BUILT_IN = ("asset", "locale", "copy", "vars", "t", "mirror")
"""Names that every template sees, besides the asset's axes."""

MIRROR = "mirror"

NO_MESSAGES: frozenset[tuple[str, str]] = frozenset()


class VariantRenderer:
    """Renders the variants of one project, one after the other; quickest asset by asset.

    `noted`, where somebody sets it, takes what was noted of every part of each rendering.
    """

    noted: list[Noted] | None = None

    def __init__(self, project: Project) -> None:
        self.project = project
        self.document: Document = project.loaded.document
        section = project.pipeline.locales
        self.renderer = Renderer(project.root, section.source if section else "en")
        self._asset = ""
        self._parts: dict[tuple[str, ...], _Parts] = {}
        self._locales: dict[str, Locale] = {}
        self._shown_locales: dict[Hashable, AxisValue] = {}
        self._templates: dict[tuple[object, ...], PromptTemplate] = {}
        self._inline: dict[str, PromptTemplate] = {}
        self._problems: dict[tuple[object, ...], list[Diagnostic]] = {}

    def render(self, variant: Variant, *, text_locale: str | None = None) -> RenderedVariant:
        """Render one variant. `text_locale` takes all its texts from another locale."""
        parts = self._parts_of(variant)
        asset, shown = parts.asset, text_locale or variant.locale
        locale = self._locale(shown) if shown else None
        result = RenderedVariant(
            variant,
            asset.asset,
            locale,
            output=asset.output,
            styles=asset.styles,
            size=asset.size,
        )
        _OneVariant(self, parts, variant, locale).render(result)
        if self.noted is not None:
            self.noted += result.noted
        return result

    def _parts_of(self, variant: Variant) -> _Parts:
        """Return the parts of a variant; kept until the next asset's turn."""
        if variant.asset != self._asset:
            self._asset = variant.asset
            self._parts.clear()
        overrides = self.project.pipeline.assets[variant.asset].overrides
        applied = matching(overrides, variant) if overrides else {}
        keys = tuple(applied)
        if keys not in self._parts:
            asset = Overridden(self.project, variant.asset, applied)
            self._parts[keys] = _Parts(asset, self._shown_locales)
        return self._parts[keys]

    def _locale(self, id: str) -> Locale:
        if id not in self._locales:
            self._locales[id] = self.project.locales.parse(id)
        return self._locales[id]

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


class _Made(NamedTuple):
    """What rendering a part of a variant came to, and what was noted of it."""

    outcome: Any
    noted: Noted


class _StepPart:
    """A step under some overrides, and what it was rendered to so far."""

    def __init__(self, overridden: OverriddenStep) -> None:
        self.overridden = overridden
        self.step = overridden.step
        self.made: Shared[_Made] = Shared()
        self._params: Params | InvalidSource | None = None

    def fixed_params(self) -> Params:
        """Return its parameters, in which there is no template.

        Raises:
            InvalidSource: its kind does not take them.
        """
        if self._params is None:
            try:
                self._params = self.checked(self.overridden.raw)
            except InvalidSource as error:
                self._params = error
        if isinstance(self._params, InvalidSource):
            raise InvalidSource(self._params.diagnostics)
        return self._params

    def checked(self, raw: Mapping[str, Any]) -> Params:
        """Return the step's parameters with its templates filled in.

        Raises:
            InvalidSource: its kind does not take them.
        """
        return revalidate(self.step, raw, self.overridden.origins)


class _Parts:
    """The parts of an asset under some overrides, and what they were rendered to so far.

    `locales` takes what templates see as `locale` where no asset says more of it.
    """

    def __init__(self, asset: Overridden, locales: dict[Hashable, AxisValue]) -> None:
        self.asset = asset
        self.locales = locales
        self.wording = Wording(asset.project, asset.name, asset.vars)
        self.steps = [_StepPart(each) for each in asset.steps]
        self.references = asset.references()
        self.templated = {
            style: Shared[_Made]()
            for style, _, listed in self.references
            if any(map(is_template, listed))
        }
        self.alt: Shared[_Made] = Shared()
        self._shown: dict[Hashable, AxisValue] = {}
        self._used: dict[Hashable, Used] = {}
        self._names: dict[bool, frozenset[str]] = {}
        self._itself = AxisValue(asset.name, {"tags": list(asset.asset.tags)})

    def shared_used(self, used: Used) -> Used:
        """Return the same object for equal records: most renderings used the same."""
        slot = (*used.templates.items(), *sorted(used.variables))
        return self._used.setdefault(slot, used)

    def names(self, variant: Variant, locale: Locale | None) -> frozenset[str]:
        """Return the names that templates see: the same for all variants with, or without one."""
        localized = locale is not None
        if localized not in self._names:
            unseen = () if localized else (LOCALE,)
            self._names[localized] = frozenset({*BUILT_IN} - {*unseen} | variant.values.keys())
        return self._names[localized]

    def context(self, variant: Variant, locale: Locale | None) -> dict[str, Any]:
        """Return what templates see of a variant, without its copy and `t`."""
        context: dict[str, Any] = {name: self._axis_value(variant, name) for name in variant.values}
        context["asset"] = self._itself
        context["vars"] = self.asset.vars
        context[MIRROR] = locale is not None and locale.mirror
        if locale is not None:
            context[LOCALE] = self._locale_value(variant, locale)
        return context

    def _axis_value(self, variant: Variant, axis: str) -> AxisValue:
        value = variant.values[axis]
        if (axis, value) not in self._shown:
            self._shown[axis, value] = AxisValue(value, variant.attributes[axis])
        return self._shown[axis, value]

    def _locale_value(self, variant: Variant, locale: Locale) -> AxisValue:
        own = variant.attributes.get(LOCALE)
        known = self._shown if own else self.locales
        slot = (locale.id, variant.locale if own else None)
        if slot not in known:
            known[slot] = AxisValue(locale.id, LocaleFacts(locale, own or {}))
        return known[slot]


class _OneVariant:
    """Renders one variant, as far as no other showed the same."""

    def __init__(
        self, owner: VariantRenderer, parts: _Parts, variant: Variant, locale: Locale | None
    ) -> None:
        self.owner = owner
        self.parts = parts
        self.wording = parts.wording
        self.variant = variant
        self.locale = locale
        id, values = locale.id if locale else None, variant.values
        self.shown: dict[str, Hashable] = {
            **values,
            LOCALE: (id, values.get(LOCALE)),
            MIRROR: locale is not None and locale.mirror,
            ALL: (id, *values.values()),
        }
        self.reads: dict[str, Hashable] = {}

    def render(self, result: RenderedVariant) -> None:
        """Put together what the parts of the variant come to."""
        for style, path, listed in self.parts.references:
            found = listed
            if style in self.parts.templated:
                shared = self.parts.templated[style]
                found = self._once(result, shared, partial(self._pictures, path, listed))
            if style:
                result.style_references[style] = found
            else:
                result.references = found
        for part in self.parts.steps:
            rendered = self._once(result, part.made, partial(self._step, part), part.step.name)
            if rendered is not None:
                result.steps.append(rendered)
        alt = self.parts.asset.alt
        if isinstance(alt, MessageText):
            result.alt = alt.text
        elif alt is not None:
            result.alt = self._once(result, self.parts.alt, partial(self._alt, alt))

    def _once(
        self,
        result: RenderedVariant,
        shared: Shared[_Made],
        make: Callable[[], Any],
        step: str = "",
    ) -> Any:
        """Return what a part comes to, now if no variant showed the same; add what it noted."""
        made = shared.find(self.shown.get)
        if made is None:
            self.reads = {}
            self.wording.start(step, self.locale, self.variant.values, self._read)
            made = _Made(make(), self.wording.noted)
            self.wording.end()
            made.noted.templates |= self.wording.used.templates.keys()
            shared.keep(self.reads, made)
        result.add(made.noted)
        return made.outcome

    def _read(self, name: str) -> None:
        """Note that something of the variant is read."""
        if name not in self.reads:
            self.reads[name] = self.shown.get(name)

    def _step(self, part: _StepPart) -> RenderedStep | None:
        """Render one step, or note why it cannot be."""
        try:
            params = self._params(part)
            copy = self._copy(part, params)
            prompt = self._prompt(part, params, copy)
        except InvalidSource as error:
            self.wording.noted.problems.extend(error.diagnostics)
            return None
        told = self.wording
        messages = frozenset(told.messages) if told.messages else NO_MESSAGES
        absent = frozenset(told.absent) if told.absent else NO_MESSAGES
        used = self.parts.shared_used(told.used)
        return RenderedStep(part.step, params, prompt, copy, messages, absent, used)

    def _pictures(self, path: DocumentPath, references: Sequence[str]) -> tuple[str, ...]:
        """Return references with templates in them rendered; note why some cannot be."""
        found = []
        for index, each in enumerate(references):
            try:
                found.append(self._reference((*path, index), each))
            except InvalidSource as error:
                self.wording.noted.problems.extend(error.diagnostics)
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

    def _alt(self, source: str) -> str:
        """Return the text that describes the picture, or note why there is none."""
        path = (*self.parts.asset.path_of("alt"), "alt")
        try:
            message = self.wording.filled(source)
            return self.wording.text(message, self.owner.document.place(path), {})
        except InvalidSource as error:
            self.wording.noted.problems.extend(error.diagnostics)
            return ""

    def _params(self, part: _StepPart) -> Params:
        """Return a step's parameters with overrides applied and templates in them rendered."""
        if part.overridden.is_fixed:
            return part.fixed_params()
        raw = dict(part.overridden.raw)
        problems: list[Diagnostic] = []
        for name, value in raw.items():
            try:
                if name not in KEPT:
                    raw[name] = self._fill(part.overridden.at(name), value)
            except InvalidSource as error:
                problems += error.diagnostics
        if problems:
            raise InvalidSource(problems)
        return part.checked(raw)

    def _fill(self, path: DocumentPath, value: Any) -> Any:
        if isinstance(value, list):
            return [self._fill((*path, index), each) for index, each in enumerate(value)]
        if isinstance(value, dict):
            return {key: self._fill((*path, key), each) for key, each in value.items()}
        if not is_template(value):
            return value
        return self._rendered(self.owner.inline(path, value), {})

    def _copy(self, part: _StepPart, params: Params) -> dict[str, str]:
        if not isinstance(params, CopyParams):
            return {}
        return {
            name: self.wording.slot(name, slot, part.overridden.place_of_slot(name))
            for name, slot in params.slots.items()
        }

    def _prompt(self, part: _StepPart, params: Params, copy: Mapping[str, str]) -> str:
        if not isinstance(params, DrawingParams):
            return ""
        path = part.overridden.path_of_prompt
        prompt = self._rendered(self.owner.template(path, params.prompt), copy)
        if registry.step_kind(part.step.kind).styled:
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
        for name in self.parts.asset.styles:
            style = self.owner.project.pipeline.styles[name]
            template = self.owner.inline(("styles", name, "prompt"), style.prompt)
            words.append(self._rendered(template, {}))
            if style.palette:
                words.append(f"Palette: {', '.join(style.palette)}.")
        return [each for each in words if each]

    def _rendered(self, template: PromptTemplate, copy: Mapping[str, str]) -> str:
        if problems := self.owner.check(template, self.parts.names(self.variant, self.locale)):
            raise InvalidSource(problems)
        context = self.parts.context(self.variant, self.locale)
        context |= {"copy": dict(copy), "t": self._translate}
        text, one = self.owner.renderer.render(template, context, self._read)
        self.wording.used.templates.update(one.templates)
        self.wording.used.variables |= one.variables
        return text

    def _translate(self, message: str, **values: object) -> str:
        name, line = self.owner.renderer.line_in_progress()
        place = self.owner.place_of(name, line, str(message))
        return self.wording.text(str(message), place, values)
