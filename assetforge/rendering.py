"""One variant, rendered: each step's parameters, copy and prompt, and what they were made from."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping, Sequence
from typing import Any

from assetforge import registry
from assetforge.catalogs.lookup import Found, UnknownPlaceholder, substitute
from assetforge.document import Document, DocumentPath
from assetforge.errors import Diagnostic, InvalidSource, Place, did_you_mean
from assetforge.loader import Step, revalidate
from assetforge.locales import Locale, parse_locale
from assetforge.matrix import Variant
from assetforge.pipeline import MessageText, Override, inside_project, is_template
from assetforge.project import Project
from assetforge.prompts import (
    MAX_PROMPT_CHARACTERS,
    SUFFIX,
    AxisValue,
    PromptTemplate,
    Renderer,
    Used,
    Variables,
)
from assetforge.quotation import show_copy
from assetforge.rendered import MissingMessage, RenderedStep, RenderedVariant, fill_in
from assetforge.steps.base import Params
from assetforge.steps.drawing import DrawingParams

BUILT_IN = ("asset", "locale", "copy", "vars", "t")
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
        self._ids: dict[int, frozenset[str]] = {}
        self._problems: dict[tuple[object, ...], list[Diagnostic]] = {}

    def render(self, variant: Variant, *, text_locale: str | None = None) -> RenderedVariant:
        """Render one variant. `text_locale` takes all its texts from another locale."""
        asset = self.project.pipeline.assets[variant.asset]
        overrides = matching(asset.overrides, variant)
        shown = text_locale or variant.locale
        result = RenderedVariant(
            variant,
            asset,
            parse_locale(shown) if shown else None,
            output=_last(overrides, "output", asset.output),
            styles=tuple(_last(overrides, "styles", asset.styles)),
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

    def message_ids(self, asset: str) -> frozenset[str]:
        """Return the ids of all messages that an asset's catalogs have, in any locale."""
        catalogs = self.project.texts[asset].catalogs
        if id(catalogs) not in self._ids:
            self._ids[id(catalogs)] = frozenset(catalogs.ids())
        return self._ids[id(catalogs)]

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
        self.messages: set[tuple[str, str]] = set()
        self.absent: set[tuple[str, str]] = set()
        self.used = Used()
        self.values = {**result.variant.values, "asset": result.variant.asset}
        self.vars: dict[str, Any] = {**owner.project.pipeline.vars, **result.asset.vars}
        for override in overrides.values():
            self.vars |= override.vars
        self.plain_vars = {
            name: each for name, each in self.vars.items() if not isinstance(each, dict | list)
        }

    def step(self, step: Step) -> RenderedStep | None:
        """Render one step, or note why it cannot be."""
        self.messages, self.absent, self.used = set(), set(), Used()
        try:
            params = self._params(step)
            copy = self._copy(step, params)
            prompt = self._prompt(step, params, copy)
        except InvalidSource as error:
            self.result.problems.extend(error.diagnostics)
            return None
        messages, absent = frozenset(self.messages), frozenset(self.absent)
        return RenderedStep(step, params, prompt, copy, messages, absent, self.used)

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
        path = self._overridden("alt", self.path)
        try:
            self.result.alt = self.message(source, self.owner.document.place((*path, "alt")))
        except InvalidSource as error:
            self.result.problems.extend(error.diagnostics)

    def message(self, source: str | MessageText, place: Place) -> str:
        """Return the text of a message id or fixed text; note it if it is missing."""
        if isinstance(source, MessageText):
            return source.text
        return self._look_up(fill_in(source, self.values), place, {})

    def _overridden(self, name: str, path: DocumentPath) -> DocumentPath:
        """Return the path of the last override that says something, or else the path given."""
        given = [key for key, each in self.overrides.items() if getattr(each, name) is not None]
        return (*self.path, "overrides", given[-1]) if given else path

    def _look_up(self, message: str, place: Place, values: Mapping[str, object]) -> str:
        """Return the text of a message. What is wrong with it is noted, for all to be found."""
        texts = self.owner.project.texts.get(self.result.variant.asset)
        if texts is None:
            self.result.problems.append(_no_catalogs(message, place))
            return ""
        if not message:
            problem = Diagnostic("wrong-value", "a message id must not be empty", place)
            self.result.problems.append(problem)
            return ""
        locale = self.result.locale.id if self.result.locale else texts.catalogs.source
        found = texts.catalogs.find(locale, message)
        self.absent |= {(each, message) for each in found.tried}
        if not isinstance(found, Found):
            known = message in self.owner.message_ids(self.result.variant.asset)
            self.result.missing.append(MissingMessage(locale, message, place, found.tried, known))
            return ""
        self.messages.add((found.locale, message))
        plain: Any = Variables(self.plain_vars, self.used.variables)
        known_values = ChainMap(dict(values), self.values, plain)
        try:
            return substitute(found.message.text, known_values)
        except UnknownPlaceholder as error:
            problem = _unknown_placeholder(error, found, message, known_values)
            self.result.problems.append(problem)
            return ""

    def _params(self, step: Step) -> Params:
        """Return a step's parameters with overrides applied and templates in them rendered."""
        changed: dict[str, Any] = {}
        for override in self.overrides.values():
            changed |= override.steps.get(step.name, {})
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
        given = [
            key for key, each in self.overrides.items() if name in each.steps.get(step.name, {})
        ]
        if given:
            return (*self.path, "overrides", given[-1], "steps", step.name, name)
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
        if not isinstance(params, DrawingParams):
            return {}
        path = self._at(step, "copy")
        return {
            slot: self.message(source, self.owner.document.place((*path, slot)))
            for slot, source in params.copy_slots.items()
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
        self.used.templates.update(one.templates)
        self.used.variables |= one.variables
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
            own = variant.attributes.get("locale", {})
            facts = {**locale_facts(self.result.locale), **own}
            context["locale"] = AxisValue(self.result.locale.id, facts)
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


def matching(overrides: Mapping[str, Override], variant: Variant) -> dict[str, Override]:
    """Return the overrides that apply to a variant, in the order of the file: a later one wins."""
    values = set(variant.values.values())
    return {key: each for key, each in overrides.items() if set(key.split("/")) <= values}


def _last(overrides: Mapping[str, Override], name: str, default: Any) -> Any:
    """Return what the last override says that says something, or else the default."""
    said = [found for each in overrides.values() if (found := getattr(each, name)) is not None]
    return said[-1] if said else default


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
