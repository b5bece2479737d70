"""Text that a picture would show, or be told to show, but that no catalog has.

Such text is the same in every locale. It is looked for in what is rendered in the source locale, as
nobody could tell it from a translation elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from assetforge.catalogs.lookup import Catalogs, Found
from assetforge.coverage import Look
from assetforge.document import DocumentPath
from assetforge.errors import Place
from assetforge.fixed_copy import fixed_copy
from assetforge.matrix import LOCALE
from assetforge.prompts import PromptTemplate
from assetforge.prompts.template import end_of
from assetforge.quotation import QUOTES, quoted
from assetforge.rendered import RenderedStep, RenderedVariant
from assetforge.steps.drawing import DrawingParams

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_BLANK = "\0"


def _between(opening: str, closing: str) -> re.Pattern[str]:
    """Return the pattern of what stands between two quotation marks.

    Marks that open and close alike are told from apostrophes, and from the inches of `5"`, by what
    stands beside them; what they quote ends with the line.
    """
    before, inside, after = {
        "'": (r"(?<!\w)", r"[^'\n]", r"(?!\w)"),
        '"': (r"(?<![0-9])", r'[^"\n]', ""),
    }.get(opening, ("", f"[^{opening}{closing}]", ""))
    return re.compile(rf"{before}{opening}((?!\s){inside}+)(?<!\s){closing}{after}")


_PASSAGES = tuple(_between(opening, closing) for opening, closing in QUOTES)

Kind = Literal["copy", "quoted", "words"]
"""A fixed text of the copy; a quoted passage of a rendered prompt; words of a template that are a
message's source text."""


@dataclass(frozen=True, slots=True)
class Hardcoded:
    """A text that is in no catalog, or beside the catalog that has it.

    `message` is the id of a message with the same text; empty if there is none.
    """

    kind: Kind
    text: str
    asset: str
    place: Place
    message: str

    @property
    def advice(self) -> str:
        """What to do about it."""
        if not self.message:
            return "move it into a catalog"
        said = self.message.replace("\\", "\\\\").replace("'", "\\'")
        name = f"name the message '{self.message}'"
        return name if self.kind == "copy" else f"write {{{{ t('{said}') }}}}"


def hardcoded_texts(look: Look) -> list[Hardcoded]:
    """Return the texts that stand in no catalog, each place once, in the order of places.

    Raises:
        InvalidSource: a catalog is damaged.
    """
    found: dict[tuple[str, Place], Hardcoded] = {}
    messages: dict[int, Mapping[str, str]] = {}
    looked_in: dict[str, set[tuple[str, str]]] = {}
    for rendered in _in_source(look):
        asset = rendered.variant.asset
        catalogs = look.project.texts[asset].catalogs if asset in look.project.texts else None
        if id(catalogs) not in messages:
            messages[id(catalogs)] = _ids_by_text(catalogs) if catalogs else {}
        one = _Search(look, rendered, messages[id(catalogs)])
        fixed = one.fixed() if asset not in looked_in else ()
        words = one.words(looked_in.setdefault(asset, set()))
        for each in (*fixed, *words, *one.passages()):
            found.setdefault((each.text, each.place), each)
    return sorted(found.values(), key=lambda each: (each.place, each.text))


def _in_source(look: Look) -> Iterator[RenderedVariant]:
    """Yield one variant for each point of the other axes, as it is in the source locale."""
    section = look.project.pipeline.locales
    source = section.source if section else None
    chosen: dict[tuple[str, ...], RenderedVariant] = {}
    for each in look.variants:
        others = [
            f"{name}={value}" for name, value in each.variant.values.items() if name != LOCALE
        ]
        point = (each.variant.asset, *others)
        if point not in chosen or each.variant.locale == source:
            chosen[point] = each
    for each in chosen.values():
        if each.variant.locale in (None, source):
            yield each
        else:
            yield look.renderer.render(each.variant, text_locale=source)


def _ids_by_text(catalogs: Catalogs) -> dict[str, str]:
    """Return the ids of messages by their source text, those that nothing is put into."""
    found: dict[str, str] = {}
    for id in catalogs.ids(catalogs.source):
        there = catalogs.find(catalogs.source, id)
        if isinstance(there, Found) and isinstance(there.message.value, str):
            found.setdefault(there.message.value.strip(), id)
    return found


class _Search:
    """Looks for hard-coded text in one variant, rendered in the source locale."""

    def __init__(self, look: Look, rendered: RenderedVariant, messages: Mapping[str, str]) -> None:
        self.look = look
        self.rendered = rendered
        self.messages = messages
        self.asset = rendered.variant.asset
        self.document = look.project.loaded.document
        asked = [each.text for each in rendered.asked]
        copy = [text for step in rendered.steps for text in step.copy.values()]
        self.known = sorted({*asked, *copy} - {""}, key=lambda text: (-len(text), text))

    def fixed(self) -> Iterator[Hardcoded]:
        """Yield the fixed texts of the asset's copy that have a letter in them."""
        for each in fixed_copy(self.look.project, self.asset):
            if _has_letters(each.text):
                yield self._said("copy", each.text, each.place)

    def words(self, looked_in: set[tuple[str, str]]) -> Iterator[Hardcoded]:
        """Yield the words in templates that are a message's source text; in each template once."""
        for template in (each for step in self.rendered.steps for each in self._templates(step)):
            if (template.name, template.text) in looked_in:
                continue
            looked_in.add((template.name, template.text))
            plain = _JINJA.sub(_blanked, template.text)
            for text in self.messages:
                if (at := _position(text, plain)) is not None:
                    yield self._said("words", text, _place_in(template, at, text))

    def passages(self) -> Iterator[Hardcoded]:
        """Yield what is quoted in rendered prompts and comes from no message and no copy."""
        for step in self.rendered.steps:
            for passage in quoted_passages(step.prompt, self.known):
                yield self._said("quoted", passage, self._place_of(step, passage))

    def _said(self, kind: Kind, text: str, place: Place) -> Hardcoded:
        return Hardcoded(kind, text, self.asset, place, self.messages.get(text.strip(), ""))

    def _place_of(self, step: RenderedStep, passage: str) -> Place:
        """Return where a passage is written: in a template or a variable, else the prompt."""
        for template in self._templates(step):
            if passage in template.text:
                at = _quoted_position(passage, template.text)
                plain = template.text.index(passage) if at is None else at
                return _place_in(template, plain, passage)
        for path, value in self._variables():
            if passage in value:
                return self.document.place(path)
        return self.document.place(self._prompt_path(step))

    def _templates(self, step: RenderedStep) -> Iterator[PromptTemplate]:
        """Yield the templates that a step's prompt was made of."""
        if not isinstance(step.params, DrawingParams):
            return
        path, renderer = self._prompt_path(step), self.look.renderer
        own = renderer.template(path, step.params.prompt)
        yield own
        for name, digest in step.used.templates.items():
            if digest is not None and name != own.name:
                yield renderer.renderer.file_template(name, self.document.place(path))
        for name in self.rendered.styles:
            prompt = self.look.project.pipeline.styles[name].prompt
            yield renderer.inline(("styles", name, "prompt"), prompt)

    def _prompt_path(self, step: RenderedStep) -> DocumentPath:
        """Return where a step's prompt is written: in the override that has it, or in the step."""
        prompt = step.params.prompt if isinstance(step.params, DrawingParams) else ""
        for key, each in self.rendered.asset.overrides.items():
            path = ("assets", self.asset, "overrides", key)
            if each.steps.get(step.step.name, {}).get("prompt") == prompt:
                return (*path, "steps", step.step.name, "prompt")
            if each.prompt == prompt:
                return (*path, "prompt")
        return step.step.written.locate(("prompt",))

    def _variables(self) -> Iterator[tuple[DocumentPath, str]]:
        """Yield the texts under `vars`, the nearest to the variant first."""
        top: DocumentPath = ("assets", self.asset)
        for key, each in self.rendered.asset.overrides.items():
            yield from _texts((*top, "overrides", key, "vars"), each.vars)
        yield from _texts((*top, "vars"), self.rendered.asset.vars)
        yield from _texts(("vars",), self.look.project.pipeline.vars)


def quoted_passages(prompt: str, known: Iterable[str]) -> Iterator[str]:
    """Yield what stands between quotation marks and has a letter in it, without the known texts.

    `known` are texts from messages and copy, the longest first.
    """
    left = prompt
    for text in known:
        ways = [re.escape(way) for way in _ways(text)]
        left = re.sub("|".join(ways), _blanked, left, flags=re.IGNORECASE)
    found = (match for pattern in _PASSAGES for match in pattern.finditer(left))
    for match in sorted(found, key=lambda match: match.start()):
        if _has_letters(match[1]):
            yield prompt[match.start(1) : match.end(1)]


def _ways(text: str) -> Iterator[str]:
    """Yield how a text may stand in a prompt as a whole: quoted, or with quotes of its own."""
    yield quoted(text)
    yield from (f"{opening}{text}{closing}" for opening, closing in QUOTES)
    if any(mark in text for pair in QUOTES for mark in pair):
        yield text


def _position(text: str, template: str) -> int | None:
    """Return where a template holds a message's text: several words, or a word that is quoted."""
    if text not in template or not _has_letters(text):
        return None
    if len(text.split()) > 1 and (hit := re.search(rf"(?<!\w){re.escape(text)}(?!\w)", template)):
        return hit.start()
    return _quoted_position(text, template)


def _quoted_position(text: str, template: str) -> int | None:
    """Return where a template holds a text between quotation marks."""
    ways = ((opening, f"{opening}{text}{closing}") for opening, closing in QUOTES)
    found = (template.index(way) + len(opening) for opening, way in ways if way in template)
    return next(found, None)


def _place_in(template: PromptTemplate, at: int, text: str) -> Place:
    line, column = end_of(template.text[:at])
    return template.locate(line, column, len(text))


def _blanked(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", _BLANK, match[0])


def _has_letters(text: str) -> bool:
    return any(each.isalpha() for each in text)


def _texts(path: DocumentPath, value: Any) -> Iterator[tuple[DocumentPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _texts((*path, key), each)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _texts((*path, index), each)
