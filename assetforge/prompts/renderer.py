"""Renders the prompt templates of a project: the main path."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from traceback import walk_stack, walk_tb
from typing import Any

from jinja2 import Template
from jinja2.exceptions import TemplateSyntaxError

from assetforge.errors import Diagnostic, InvalidSource, Place, did_you_mean
from assetforge.prompts.checks import unknown_filters, unknown_names, unknown_tests
from assetforge.prompts.compiler import compile_tree, parse
from assetforge.prompts.faults import fault, place_of, syntax_fault
from assetforge.prompts.loader import Loader, Unreadable
from assetforge.prompts.sandbox import ALLOWANCE, NotingContext, Sandbox, unnoted
from assetforge.prompts.template import SUFFIX, PromptTemplate, Used, digest_of_text
from assetforge.prompts.values import Variables

MAX_PROMPT_CHARACTERS = 32_000  # source: OpenAI image API reference, `prompt`, read 2026-11-21

_NOT_SHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Renderer:
    """Renders prompt templates of one project.

    Not for use by several threads at once. Keeps compiled code, so make one for many renderings and
    a new one when files may have changed. `locale` is whose numbers and dates are written where the
    context has no `locale`.
    """

    def __init__(self, root: Path, locale: str = "en") -> None:
        self._loader = Loader(root)
        self._sandbox = Sandbox(self._loader, locale)

    def file_template(self, name: str, asked_at: Place) -> PromptTemplate:
        """Return the template in a project file.

        Raises:
            InvalidSource: there is no such file inside the project, or it is not UTF-8.
        """
        try:
            text = self._loader.read(name)
        except Unreadable as error:
            raise InvalidSource([Diagnostic("unreadable", str(error), asked_at)]) from None
        if text is None:
            near = did_you_mean(name, self._loader.names_near(name))
            problem = f"there is no template '{name}' in the project"
            raise InvalidSource([Diagnostic("missing-template", problem, asked_at, "", near)])
        return PromptTemplate.in_file(name, text)

    def problems(self, template: PromptTemplate, known: Iterable[str]) -> list[Diagnostic]:
        """Return the template's syntax error, or every name in it that nothing defines.

        Looks at the text alone, so it also finds names in branches that are not taken.
        """
        try:
            tree = parse(self._sandbox, template.name, template.text)
            found = [
                *unknown_names(template, tree, {*known, *self._sandbox.globals}),
                *unknown_filters(template, tree, self._sandbox.filters),
                *unknown_tests(template, tree, self._sandbox.tests),
            ]
            if not found:
                code = compile_tree(self._sandbox, template.name, tree)
                self._loader.keep(template.name, template.text, code)
        except TemplateSyntaxError as error:
            return [self._syntax_problem(template, error)]
        return found

    def render(
        self,
        template: PromptTemplate,
        context: Mapping[str, Any],
        note: Callable[[str], None] = unnoted,
    ) -> tuple[str, Used]:
        """Return the rendered text and what it used.

        `note` is told each name of the context that the template looks at, before it sees it; also
        names that the template gives itself, and one more than once.

        Raises:
            InvalidSource: the template cannot be rendered; located at the line at fault.
        """
        used = self._loader.used = Used()
        if template.name.endswith(SUFFIX):
            used.templates[template.name] = digest_of_text(template.text)
        values = {**context}
        if isinstance(values.get("vars"), Mapping):
            values["vars"] = Variables(values["vars"], used.variables)
        self._sandbox.left, self._sandbox.note = ALLOWANCE, note
        try:
            compiled = self._loader.top(self._sandbox, template.name, template.text)
            # Not `generate`: it rewrites the traceback, which has the line of an error.
            text = _prompt_of(compiled.root_render_func(self._seen_by(compiled, values)))
        except InvalidSource:
            raise
        except TemplateSyntaxError as error:
            raise InvalidSource([self._syntax_problem(template, error)]) from None
        except Exception as error:  # a template is a program, and can raise anything
            raise InvalidSource([self._problem(template, error, values)]) from None
        finally:
            self._sandbox.note = unnoted
        return text.strip(), used

    def _seen_by(self, compiled: Template, values: Mapping[str, Any]) -> NotingContext:
        """Return what `new_context` makes for a template; that goes by way of three mappings."""
        seen = {**self._sandbox.globals, **values}
        return NotingContext(self._sandbox, seen, compiled.name, compiled.blocks, compiled.globals)

    def _syntax_problem(self, template: PromptTemplate, error: TemplateSyntaxError) -> Diagnostic:
        return syntax_fault(self._written(error.name or template.name, template), error)

    def _problem(
        self, template: PromptTemplate, error: Exception, values: Mapping[str, Any]
    ) -> Diagnostic:
        lines = [(template.name, 1), *self._loader.lines(walk_tb(error.__traceback__))]
        name, line = lines[-1]
        problem = fault(self._written(name, template), line, error)
        unknown = re.fullmatch(r"unknown variable '(\w+)'", problem.message)
        if unknown and unknown[1] in values and name != template.name:
            help = "import this file `with context`: it then sees what the importing one does"
            return replace(problem, help=help)
        return problem

    def line_in_progress(self) -> tuple[str, int]:
        """Return the name and line of the template that is being rendered right now."""
        return next(self._loader.lines(walk_stack(sys._getframe(1))), ("", 0))

    def place_in(self, template: PromptTemplate | None, name: str, line: int, word: str) -> Place:
        """Return the place of a word in a line of a template, by the name it was rendered under."""
        return place_of(self._written(name, template), line, f"'{word}'")

    def _written(self, name: str, rendered: PromptTemplate | None) -> PromptTemplate:
        """Return the template of a name: the one that is rendered, or a project file it uses."""
        if rendered is not None and rendered.name == name:
            return rendered
        return PromptTemplate.in_file(name, self._loader.read(name) or "")


def _prompt_of(pieces: Iterable[str]) -> str:
    """Join what a template puts out, as it comes.

    Raises:
        ValueError: it gets too long, or holds what is no text.
    """
    text, length = [], 0
    for piece in pieces:
        length += len(piece)
        if length > MAX_PROMPT_CHARACTERS:
            raise ValueError(f"the prompt is longer than {MAX_PROMPT_CHARACTERS} characters")
        text.append(piece)
    whole = "".join(text)
    hit = _NOT_SHOWABLE.search(whole)
    if hit:
        raise ValueError(f"the prompt holds the character U+{ord(hit[0]):04X}, which is no text")
    return whole
