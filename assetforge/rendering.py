"""One variant, rendered: each step's parameters, copy and prompt, and what they were made from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from assetforge import registry
from assetforge.catalogs.lookup import Found, UnknownPlaceholder, substitute
from assetforge.document import Document
from assetforge.errors import Diagnostic, InvalidSource, Place, did_you_mean
from assetforge.loader import Step, revalidate
from assetforge.locales import Locale, parse_locale
from assetforge.matrix import Variant
from assetforge.pipeline import Asset, MessageText, Override, is_template
from assetforge.project import Project
from assetforge.prompts import (
    SUFFIX,
    AxisValue,
    PromptTemplate,
    Renderer,
    Used,
    quoted,
)
from assetforge.steps.base import Params
from assetforge.steps.drawing import DrawingParams

BUILT_IN = ("asset", "locale", "copy", "vars", "t")
"""Names that every template sees, besides the asset's axes."""


@dataclass(frozen=True, slots=True)
class MissingMessage:
    """A message that a locale lacks: who asked, where, and which catalogs were tried."""

    locale: str
    message: str
    place: Place
    tried: tuple[str, ...]
    known: bool


@dataclass(frozen=True, slots=True)
class RenderedStep:
    """One step of one variant with its templates filled in.

    `messages` are (locale that supplied it, message id) of everything looked up.
    """

    step: Step
    params: Params
    prompt: str = ""
    copy: Mapping[str, str] = field(default_factory=dict)
    messages: frozenset[tuple[str, str]] = frozenset()
    used: Used = field(default_factory=Used)


@dataclass(slots=True)
class RenderedVariant:
    """All steps of one variant. `missing` and `problems` are for the planner to judge."""

    variant: Variant
    asset: Asset
    locale: Locale | None
    steps: list[RenderedStep] = field(default_factory=list)
    alt: str = ""
    output: str = ""
    references: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    missing: list[MissingMessage] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)


def fill_in(pattern: str, values: Mapping[str, str]) -> str:
    """Put values into the `{name}` places of a message id or output pattern; others stay."""
    return re.sub(r"\{(\w[\w-]*)\}", lambda hole: values.get(hole[1], hole[0]), pattern)


def show_copy(prompt: str, copy: Mapping[str, str]) -> str:
    """Return the prompt with every copy text in it, quoted; the ones it lacks are added at its end.

    The text a picture must show can so never be forgotten in a template.
    """
    lacking = [(slot, text) for slot, text in copy.items() if text not in prompt]
    if not lacking:
        return prompt
    lines = [f"- {slot}: {quoted(text)}" for slot, text in lacking]
    return "\n".join([prompt, "", "Show exactly this text, letter for letter:", *lines]).strip()


class VariantRenderer:
    """Renders the variants of one project, one after the other."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.document: Document = project.loaded.document
        self.renderer = Renderer(project.root)
        self._templates: dict[tuple[object, ...], PromptTemplate] = {}
        self._problems: dict[tuple[object, ...], list[Diagnostic]] = {}

    def render(self, variant: Variant, *, text_locale: str | None = None) -> RenderedVariant:
        """Render one variant. `text_locale` takes all its texts from another locale."""
        asset = self.project.pipeline.assets[variant.asset]
        overrides = _matching(asset.overrides, variant)
        shown = text_locale or variant.locale
        result = RenderedVariant(
            variant,
            asset,
            parse_locale(shown) if shown else None,
            output=_last(overrides, "output") or asset.output,
            references=tuple(_last(overrides, "references") or asset.references),
            styles=tuple(_last(overrides, "styles") or asset.styles),
        )
        one = _OneVariant(self, result, overrides)
        for step in self.project.loaded.steps[variant.asset]:
            if rendered := one.step(step):
                result.steps.append(rendered)
        alt = _last(overrides, "alt") or asset.alt
        if alt is not None:
            one.alt(alt)
        return result

    def template(self, step: Step, text: str) -> PromptTemplate:
        """Return the template a step's prompt names or is.

        Raises:
            InvalidSource: the prompt names a file that is not there.
        """
        slot = (step.path, text)
        if slot not in self._templates:
            self._templates[slot] = self._find(step, text)
        return self._templates[slot]

    def _find(self, step: Step, text: str) -> PromptTemplate:
        path = step.written.locate(("prompt",))
        if text.endswith(SUFFIX) and not re.search(r"\s", text):
            return self.renderer.file_template(text, self.document.place(path))
        return self.inline(path, text)

    def inline(self, path: tuple[str | int, ...], text: str) -> PromptTemplate:
        """Return the template that stands in the pipeline file itself."""
        name = f"{self.project.file}:{'.'.join(map(str, path))}"
        return PromptTemplate(
            name, text, lambda line, col, length: self.document.text_place(path, line, col, length)
        )

    def place_of(self, template: str, line: int, word: str) -> Place:
        """Return the place of a word in a line of a template in use."""
        known = next((each for each in self._templates.values() if each.name == template), None)
        return self.renderer.place_in(known, template, line, word)

    def check(self, template: PromptTemplate, known: frozenset[str]) -> list[Diagnostic]:
        """Return what is wrong with a template's text; computed once for each set of names."""
        slot = (template.name, template.text, known)
        if slot not in self._problems:
            self._problems[slot] = self.renderer.problems(template, known)
        return self._problems[slot]


class _OneVariant:
    """The state of rendering one variant."""

    def __init__(
        self, owner: VariantRenderer, result: RenderedVariant, overrides: list[Override]
    ) -> None:
        self.owner = owner
        self.result = result
        self.overrides = overrides
        self.messages: set[tuple[str, str]] = set()
        self.values = {**result.variant.values, "asset": result.variant.asset}
        pipeline = owner.project.pipeline
        self.vars: dict[str, Any] = {**pipeline.vars, **result.asset.vars}
        for override in overrides:
            self.vars |= override.vars

    def step(self, step: Step) -> RenderedStep | None:
        """Render one step, or note why it cannot be."""
        self.messages = set()
        used = Used()
        try:
            params = revalidate(step, self._filled(step, used))
            copy = self._copy(step, params)
            prompt = self._prompt(step, params, copy, used)
        except InvalidSource as error:
            self.result.problems.extend(error.diagnostics)
            return None
        return RenderedStep(step, params, prompt, copy, frozenset(self.messages), used)

    def alt(self, source: str | MessageText) -> None:
        """Find the text that describes the picture, or note why there is none."""
        place = self.owner.document.place(("assets", self.result.variant.asset, "alt"))
        try:
            self.result.alt = self.message(source, place)
        except InvalidSource as error:
            self.result.problems.extend(error.diagnostics)

    def message(self, source: str | MessageText, place: Place) -> str:
        """Return the text of a message id or fixed text; note it if it is missing."""
        if isinstance(source, MessageText):
            return source.text
        return self._look_up(fill_in(source, self.values), place, self._known_values())

    def _known_values(self) -> dict[str, object]:
        plain = {name: value for name, value in self.vars.items() if not isinstance(value, Mapping)}
        return {**plain, **self.values}

    def _look_up(self, message: str, place: Place, values: Mapping[str, object]) -> str:
        texts = self.owner.project.texts.get(self.result.variant.asset)
        locale = self._text_locale()
        if texts is None or locale is None:
            raise InvalidSource([_no_catalogs(message, place)])
        found = texts.catalogs.find(locale, message)
        if not isinstance(found, Found):
            known = message in texts.catalogs.ids()
            self.result.missing.append(
                MissingMessage(locale, message, place, tuple(found.tried), known)
            )
            return ""
        self.messages.add((found.locale, message))
        try:
            return substitute(found.message.text, values)
        except UnknownPlaceholder as error:
            raise InvalidSource([_unknown_placeholder(error, found, message, values)]) from None

    def _text_locale(self) -> str | None:
        if self.result.locale is not None:
            return self.result.locale.id
        section = self.owner.project.pipeline.locales
        return section.source if section else None

    def _filled(self, step: Step, used: Used) -> dict[str, Any]:
        """Return a step's raw parameters with overrides applied and templates in them rendered."""
        raw = dict(step.raw)
        for override in self.overrides:
            raw |= override.steps.get(step.name, {})
        return {
            name: value if name == "prompt" else self._fill(step, name, value, used)
            for name, value in raw.items()
        }

    def _fill(self, step: Step, name: str, value: Any, used: Used) -> Any:
        if isinstance(value, list):
            return [self._fill(step, name, each, used) for each in value]
        if not is_template(value):
            return value
        path = step.written.locate((name,))
        return self._rendered(self.owner.inline(path, value), {}, used)

    def _copy(self, step: Step, params: Params) -> dict[str, str]:
        if not isinstance(params, DrawingParams):
            return {}
        path = step.written.locate(("copy",))
        return {
            slot: self.message(source, self.owner.document.place((*path, slot)))
            for slot, source in params.copy_slots.items()
        }

    def _prompt(self, step: Step, params: Params, copy: Mapping[str, str], used: Used) -> str:
        if not isinstance(params, DrawingParams):
            return ""
        prompt = self._rendered(self.owner.template(step, params.prompt), copy, used)
        if registry.step_kind(step.kind).styled:
            prompt = "\n\n".join([prompt, *self._styles(used)]).strip()
        return show_copy(prompt, copy)

    def _styles(self, used: Used) -> list[str]:
        """Return the words of the variant's styles."""
        words = []
        for name in self.result.styles:
            style = self.owner.project.pipeline.styles[name]
            template = self.owner.inline(("styles", name, "prompt"), style.prompt)
            words.append(self._rendered(template, {}, used))
            if style.palette:
                words.append(f"Palette: {', '.join(style.palette)}.")
        return [each for each in words if each]

    def _rendered(self, template: PromptTemplate, copy: Mapping[str, str], used: Used) -> str:
        context = self._context(copy)
        if problems := self.owner.check(template, frozenset(context)):
            raise InvalidSource(problems)
        text, one = self.owner.renderer.render(template, context)
        used.templates.update(one.templates)
        used.variables |= one.variables
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
        }
        if self.result.locale is not None:
            context["locale"] = AxisValue(self.result.locale.id, locale_facts(self.result.locale))
        return context

    def _translate(self, message: str, **values: object) -> str:
        name, line = self.owner.renderer.line_in_progress()
        return self._look_up(str(message), self.owner.place_of(name, line, str(message)), values)


def locale_facts(locale: Locale) -> dict[str, str]:
    """Return what templates may read from `locale`."""
    return {
        "id": locale.id,
        "tag": locale.tag,
        "language": locale.language,
        "script": locale.script,
        "region": locale.region,
        "direction": locale.direction,
        "name": locale.name,
        "native_name": locale.native_name,
    }


def _matching(overrides: Mapping[str, Override], variant: Variant) -> list[Override]:
    values = set(variant.values.values())
    return [each for key, each in overrides.items() if set(key.split("/")) <= values]


def _last(overrides: list[Override], name: str) -> Any:
    return next((found for each in reversed(overrides) if (found := getattr(each, name))), None)


def _no_catalogs(message: str, place: Place) -> Diagnostic:
    return Diagnostic(
        "no-catalogs",
        f"message '{message}' is asked for, but the pipeline has no catalogs",
        place,
        "",
        "add `locales: {source: en, catalogs: locales/{locale}.po}`, or write `{text: ...}`",
    )


def _unknown_placeholder(
    error: UnknownPlaceholder, found: Found, message: str, values: Mapping[str, object]
) -> Diagnostic:
    return Diagnostic(
        "unknown-placeholder",
        f"message '{message}' holds '{{{error.name}}}', for which there is no value",
        found.message.place,
        "",
        did_you_mean(error.name, values) or f"give it under `vars:`, as `{error.name}: ...`",
    )
