"""Prompt templates: sandboxed Jinja2 that records what it used. The one door to Jinja2.

Rendering must depend on nothing but the recorded inputs: no clock, no randomness, no cached text of
another locale. Constant arguments of filters are folded when Jinja2 compiles, unless the filter
takes the context; so every filter that knows the locale does. Imported modules are cached on the
template object; so only code is kept, and the template is made anew for each rendering.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from jinja2 import BaseLoader, StrictUndefined, Template, TemplateNotFound, nodes, pass_context
from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError, UndefinedError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from assetforge import locales
from assetforge.digest import Digest, digest_of
from assetforge.errors import Diagnostic, InvalidSource, Place, did_you_mean

MAX_PROMPT_CHARACTERS = 32_000  # source: OpenAI image API reference, `prompt`, read 2026-11-21
MAX_RANGE = 1_000
MAX_LOOP_DEPTH = 3
SUFFIX = ".j2"

Locate = Callable[[int, int, int], Place]
"""Turns a line, a column and a length inside a template's text into a place in its source."""


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A prompt as written: the text, the name it goes by, and where its lines stand."""

    name: str
    text: str
    locate: Locate = field(compare=False)


@dataclass(slots=True)
class Used:
    """What one rendering looked at, also what it looked for and did not find.

    `templates` maps a name to the digest of its text, or None if there was no such template;
    `variables` are dotted paths below `vars`.
    """

    templates: dict[str, Digest | None] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)


class Variables(Mapping[str, Any]):
    """A mapping that notes which of its entries a template reads."""

    def __init__(self, values: Mapping[str, Any], used: set[str], path: str = "vars") -> None:
        self._values = values
        self._used = used
        self._path = path

    def __getitem__(self, key: str) -> Any:
        self._used.add(f"{self._path}.{key}")
        value = self._values[key]
        if isinstance(value, Mapping):
            return Variables(value, self._used, f"{self._path}.{key}")
        return value

    def __iter__(self) -> Iterator[str]:
        self._used.add(f"{self._path}.*")
        return iter(self._values)

    def __len__(self) -> int:
        self._used.add(f"{self._path}.*")
        return len(self._values)

    def __str__(self) -> str:
        return str(dict(self))


class AxisValue:
    """One value of an axis: prints as its name and has the attributes of the pipeline file."""

    __slots__ = ("_attributes", "_name")

    def __init__(self, name: str, attributes: Mapping[str, Any]) -> None:
        self._name = name
        self._attributes = attributes

    def __str__(self) -> str:
        return self._name

    def __eq__(self, other: object) -> bool:
        return self._name == str(other)

    def __hash__(self) -> int:
        return hash(self._name)

    def __getitem__(self, key: str) -> Any:
        return self._attributes[key]


class _Missing(StrictUndefined):
    """An undefined value whose error names what is there instead."""

    @property
    def _undefined_message(self) -> str:
        name = str(self._undefined_name)
        if self._undefined_hint:
            return str(self._undefined_hint)
        owner = self._undefined_obj
        if isinstance(owner, AxisValue | Mapping):
            advice = did_you_mean(
                name, owner._attributes if isinstance(owner, AxisValue) else owner
            )
            return f"there is no '{name}' here" + (f"; {advice}" if advice else "")
        return f"unknown variable '{name}'"


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, with bounds on what a template may compute."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Multiply numbers only: a repeated text or list, or a power, can fill the memory."""
        if operator == "**" or not all(isinstance(each, int | float) for each in (left, right)):
            raise SecurityError(f"'{operator}' works on numbers only here")
        return super().call_binop(context, operator, left, right)

    def join_path(self, template: str, parent: str) -> str:
        """Take `./name` as beside the including template, any other name from the root."""
        if not template.startswith("./"):
            return template
        return str(Path(parent).parent / template[2:]).replace("\\", "/")


class _Loader(BaseLoader):
    """Loads templates from the project; keeps only code between renderings; records every name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.used = Used()
        self.compiled: dict[tuple[str, Digest], CodeType] = {}
        self.texts: dict[str, str | None] = {}
        self.seen: dict[str, Template] = {}

    def read(self, name: str) -> str | None:
        """Return a template's text, or None when the project has no such file."""
        if name not in self.texts:
            path = (self.root / name).resolve()
            inside = path.is_relative_to(self.root.resolve()) and path.is_file()
            try:
                self.texts[name] = path.read_text(encoding="utf-8-sig") if inside else None
            except UnicodeDecodeError:
                place = Place(name)
                raise InvalidSource(
                    [Diagnostic("not-utf-8", f"'{name}' is not UTF-8 text", place)]
                ) from None
        return self.texts[name]

    def load(
        self, environment: Any, name: str, globals: Mapping[str, Any] | None = None
    ) -> Template:
        """Return a fresh template object of a project file, for Jinja2's `include` and others."""
        text = self.read(name)
        self.used.templates[name] = None if text is None else digest_of(text.encode())
        if text is None:
            raise TemplateNotFound(name)
        return self.compile(environment, name, text, globals)

    def compile(
        self, environment: Any, name: str, text: str, globals: Mapping[str, Any] | None = None
    ) -> Template:
        """Return a fresh template object of a text; its code is compiled once."""
        slot = (name, digest_of(text.encode("utf-8", "surrogatepass")))
        if slot not in self.compiled:
            _refuse_deep_loops(environment.parse(text, name), name)
            self.compiled[slot] = environment.compile(text, name, name)
        template: Template = environment.template_class.from_code(
            environment, self.compiled[slot], environment.make_globals(globals)
        )
        self.seen[name] = template
        return template


def _refuse_deep_loops(tree: nodes.Template, name: str) -> None:
    for outer in tree.find_all(nodes.For):
        if _loop_depth(outer) > MAX_LOOP_DEPTH:
            message = f"loops may be nested {MAX_LOOP_DEPTH} deep, not more"
            raise TemplateSyntaxError(message, outer.lineno, name)


def _loop_depth(loop: nodes.For) -> int:
    return 1 + max((_loop_depth(inner) for inner in _loops_in(loop)), default=0)


def _loops_in(node: nodes.Node) -> Iterator[nodes.For]:
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.For):
            yield child
        else:
            yield from _loops_in(child)


def quoted(text: object) -> str:
    """Put a text between quotation marks that do not occur in it."""
    written = str(text)
    for opening, closing in ('""', "“”", "«»", "「」", "''"):
        if opening not in written and closing not in written:
            return f"{opening}{written}{closing}"
    return '"' + written.replace('"', "”") + '"'


def _formatter(name: str) -> Callable[..., str]:
    @pass_context
    def formatted(context: Context, value: Any, *options: str) -> str:
        locale = str(context.get("locale") or "en")
        return str(getattr(locales, name)(value, *options, locale=locale))

    return formatted


@pass_context
def _quoted(context: Context, text: object) -> str:
    return quoted(text)


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        raise SecurityError(f"a range may have up to {MAX_RANGE} numbers")
    return numbers


class Renderer:
    """Renders prompt templates of one project.

    Not for use by several threads at once. Keeps compiled code, so make one for many renderings and
    a new one when files may have changed.
    """

    def __init__(self, root: Path) -> None:
        self._loader = _Loader(root)
        self._environment = _Environment(
            loader=self._loader,
            undefined=_Missing,
            autoescape=False,
            cache_size=0,
            auto_reload=False,
            keep_trailing_newline=False,
        )
        for name in ("lipsum", "cycler", "joiner", "namespace"):
            self._environment.globals.pop(name, None)
        self._environment.globals["range"] = _range
        for name in ("random", "escape", "e", "forceescape", "xmlattr", "urlize"):
            self._environment.filters.pop(name, None)
        self._environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
        self._environment.filters["quoted"] = _quoted
        for name in ("number", "percent", "currency", "date"):
            self._environment.filters[name] = _formatter(name)

    def file_template(self, name: str, asked_at: Place) -> PromptTemplate:
        """Return the template in a project file.

        Raises:
            InvalidSource: there is no such file inside the project, or it is not UTF-8.
        """
        text = self._loader.read(name)
        if text is None:
            near = did_you_mean(name, self._templates_near(name))
            problem = Diagnostic(
                "missing-template", f"there is no template '{name}' in the project", asked_at
            )
            raise InvalidSource([_advised(problem, near)])
        return PromptTemplate(name, text, lambda line, col, length: Place(name, line, col, length))

    def _templates_near(self, name: str) -> Iterable[str]:
        folder = (self._loader.root / name).parent
        if not folder.is_dir():
            return []
        return [each.relative_to(self._loader.root).as_posix() for each in folder.iterdir()]

    def problems(self, template: PromptTemplate, known: Iterable[str]) -> list[Diagnostic]:
        """Return the template's syntax error, or every name in it that nothing defines.

        Looks at the text alone, so it also finds names in branches that are not taken.
        """
        try:
            tree = self._environment.parse(template.text, template.name)
            _refuse_deep_loops(tree, template.name)
        except TemplateSyntaxError as error:
            return [_syntax_problem(template, error)]
        except RecursionError:
            place = template.locate(1, 1, 1)
            return [Diagnostic("template-syntax", "the template is nested too deeply", place)]
        allowed = set(known) | set(self._environment.globals)
        return [
            _unknown_variable(template, name, line, allowed)
            for name, line in _undeclared(tree)
            if name not in allowed
        ]

    def render(self, template: PromptTemplate, context: Mapping[str, Any]) -> tuple[str, Used]:
        """Return the rendered text and what it used.

        Raises:
            InvalidSource: the template cannot be rendered; located at the line at fault.
        """
        used = self._loader.used = Used()
        if template.name.endswith(SUFFIX):
            used.templates[template.name] = digest_of(template.text.encode())
        values = {**context}
        if isinstance(values.get("vars"), Mapping):
            values["vars"] = Variables(values["vars"], used.variables)
        try:
            compiled = self._loader.compile(self._environment, template.name, template.text)
            text = _joined(compiled.generate(values))
        except TemplateSyntaxError as error:
            raise InvalidSource([self._in_its_file(template, error)]) from None
        except InvalidSource:
            raise
        except (
            TemplateError,
            ArithmeticError,
            LookupError,
            TypeError,
            ValueError,
            AttributeError,
            RecursionError,
            MemoryError,
        ) as error:
            raise InvalidSource([self._located(template, error)]) from None
        return text.strip(), used

    def line_in_progress(self) -> tuple[str, int]:
        """Return the name and line of the template that is being rendered right now."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None:
            name = frame.f_code.co_filename
            if name in self._loader.seen:
                return name, self._loader.seen[name].get_corresponding_lineno(frame.f_lineno)
            frame = frame.f_back
        return "", 0

    def _located(self, template: PromptTemplate, error: BaseException) -> Diagnostic:
        name, line = template.name, 1
        trace = error.__traceback__
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if file in self._loader.seen:
                name, line = file, self._loader.seen[file].get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        return Diagnostic(
            _code_of(error), _words_of(error), self._place(template, name, line, error)
        )

    def _place(self, template: PromptTemplate, name: str, line: int, error: BaseException) -> Place:
        own = name == template.name
        text = template.text if own else (self._loader.read(name) or "")
        column, length = _spot(text, line, str(error))
        if own:
            return template.locate(line, column, length)
        return Place(name, line, column, length)

    def place_in(self, template: PromptTemplate | None, name: str, line: int, word: str) -> Place:
        """Return the place of a word in a line of a template, by the name it was rendered under."""
        if template is not None:
            return self._place(template, name, line, ValueError(f"'{word}'"))
        column, length = _spot(self._loader.read(name) or "", line, f"'{word}'")
        return Place(name, line, column, length)

    def _in_its_file(self, template: PromptTemplate, error: TemplateSyntaxError) -> Diagnostic:
        place = self._place(template, error.name or template.name, error.lineno, error)
        return Diagnostic("template-syntax", _words_of(error), place)


def _joined(pieces: Iterable[str]) -> str:
    text, length = [], 0
    for piece in pieces:
        length += len(piece)
        if length > MAX_PROMPT_CHARACTERS:
            raise ValueError(f"the prompt is longer than {MAX_PROMPT_CHARACTERS} characters")
        text.append(piece)
    return "".join(text)


def _advised(problem: Diagnostic, advice: str | None) -> Diagnostic:
    return Diagnostic(problem.code, problem.message, problem.place, problem.label, advice)


def _code_of(error: BaseException) -> str:
    match error:
        case UndefinedError():
            return "undefined-variable"
        case TemplateNotFound():
            return "missing-template"
        case SecurityError():
            return "template-forbidden"
        case _:
            return "template-error"


def _words_of(error: BaseException) -> str:
    if isinstance(error, TemplateNotFound):
        return f"there is no template '{error.name}' in the project"
    if isinstance(error, RecursionError):
        return "the template includes or calls itself without end"
    words = (str(error) or type(error).__name__).strip().rstrip(".")
    return words[:1].lower() + words[1:] if words[:2].istitle() else words


def _syntax_problem(template: PromptTemplate, error: TemplateSyntaxError) -> Diagnostic:
    column, length = _spot(template.text, error.lineno, error.message or "")
    place = template.locate(error.lineno, column, length)
    return Diagnostic("template-syntax", _words_of(error), place, "in this template")


def _spot(text: str, line: int, message: str) -> tuple[int, int]:
    """Return column and length of what a message quotes, or of the line's first markup."""
    lines = text.replace("\r\n", "\n").split("\n")
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    for word in re.findall(r"'([^']+)'", message):
        found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", written)
        if found:
            return found.start() + 1, len(word)
    markup = re.search(r"\{[{%#]", written)
    if markup:
        return markup.start() + 1, 2
    return len(written) - len(written.lstrip()) + 1, max(1, len(written.strip()))


def _undeclared(tree: nodes.Template) -> list[tuple[str, int]]:
    """Return (name, line) of every name that is read and never set in the template, in order."""
    bound = {each.name for each in tree.find_all(nodes.Name) if each.ctx in ("store", "param")}
    bound |= {each.name for each in tree.find_all(nodes.Macro)}
    bound |= {each.target for each in tree.find_all(nodes.Import)}
    for imported in tree.find_all(nodes.FromImport):
        bound |= {each if isinstance(each, str) else each[1] for each in imported.names}
    tested = _tested_names(tree)
    bound |= {"loop", "self", "super", "caller", "varargs", "kwargs"}
    return [
        (each.name, each.lineno)
        for each in tree.find_all(nodes.Name)
        if each.ctx == "load" and each.name not in bound and id(each) not in tested
    ]


def _tested_names(tree: nodes.Template) -> set[int]:
    """Return the nodes that may be undefined: under `is defined` or the `default` filter."""
    excused: set[int] = set()
    for test in tree.find_all(nodes.Test):
        if test.name in ("defined", "undefined"):
            excused |= {id(each) for each in (test.node, *test.node.find_all(nodes.Name))}
    for used in tree.find_all(nodes.Filter):
        if used.name in ("default", "d") and used.node is not None:
            excused |= {id(each) for each in (used.node, *used.node.find_all(nodes.Name))}
    return excused


def _unknown_variable(
    template: PromptTemplate, name: str, line: int, known: set[str]
) -> Diagnostic:
    column, length = _spot(template.text, line, f"'{name}'")
    return Diagnostic(
        "undefined-variable",
        f"unknown variable '{name}'",
        template.locate(line, column, length),
        "nothing defines this",
        did_you_mean(name, known) or f"known here: {', '.join(sorted(known - {'range', 'dict'}))}",
    )
