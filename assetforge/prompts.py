"""Prompt templates: sandboxed Jinja2 that records what it used. The one door to Jinja2.

Rendering must depend on nothing but the recorded inputs: no clock, no randomness, no cached text of
another locale, no memory address. Constant arguments of filters are folded when Jinja2 compiles,
unless the filter takes the context; so every filter that knows the locale does. Imported modules
are cached on the template object; so only code is kept, and the template is made anew for each
rendering.

The sandbox of Jinja2 bounds neither time nor memory. Here every loop, call and `include` draws on
an allowance, and what can make a large value from small ones is bounded or gone.
"""

from __future__ import annotations

import json
import posixpath
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import wraps
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from jinja2 import (
    BaseLoader,
    StrictUndefined,
    Template,
    TemplateNotFound,
    Undefined,
    nodes,
    pass_context,
)
from jinja2.exceptions import SecurityError, TemplateSyntaxError, UndefinedError
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import missing

from assetforge import locales
from assetforge.digest import Digest, digest_of
from assetforge.errors import Diagnostic, InvalidSource, Place, did_you_mean

MAX_PROMPT_CHARACTERS = 32_000  # source: OpenAI image API reference, `prompt`, read 2026-11-21
MAX_TEMPLATE_BYTES = 200_000
MAX_RANGE = 1_000
MAX_LOOP_DEPTH = 3
MAX_NUMBER = 10**30
MAX_VALUE = 100_000
"""How long a text or list may be that a template makes."""

ALLOWANCE = 1_000_000
"""What one rendering may use up: a loop's turn takes 1 and the length of the text in it, a call
`CALL`, an `include` the length of the file: a second or so, and some megabytes."""

CALL = 20
SUFFIX = ".j2"

FILTERS = frozenset(
    {
        "abs",
        "attr",
        "capitalize",
        "count",
        "d",
        "default",
        "dictsort",
        "first",
        "float",
        "groupby",
        "int",
        "items",
        "join",
        "last",
        "length",
        "list",
        "lower",
        "map",
        "max",
        "min",
        "reject",
        "rejectattr",
        "replace",
        "reverse",
        "select",
        "selectattr",
        "sort",
        "string",
        "sum",
        "title",
        "trim",
        "truncate",
        "unique",
        "upper",
        "urlencode",
        "wordcount",
    }
)
"""Jinja2's filters that can do no harm. `random` is not among them, nor those for HTML."""

TAGS = frozenset(
    {"block", "call", "elif", "else", "endif", "endfor", "extends", "filter", "for"}
    | {"from", "if", "import", "include", "macro", "raw", "set", "with"}
)

PADDING_FILTERS = ("batch", "center", "indent", "round", "slice", "wordwrap")
"""Jinja2's filters that make a large value of a large number: no more than `MAX_RANGE` here."""

GROWING_METHODS = frozenset(
    {"center", "expandtabs", "format", "format_map", "join", "ljust", "replace", "rjust"}
    | {"translate", "zfill"}
)
"""Methods of a text that make a large value of small ones; the filters are bounded."""

_LINE_BREAK = re.compile(r"\r\n|\r|\n")  # what Jinja2 counts as lines
_NOT_SHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

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

    def __repr__(self) -> str:
        return repr(dict(self))


class AxisValue:
    """One value of an axis: prints as its name and has the attributes of the pipeline file."""

    __slots__ = ("_attributes", "_name")

    def __init__(self, name: str, attributes: Mapping[str, Any]) -> None:
        self._name = name
        self._attributes = attributes

    def __str__(self) -> str:
        return self._name

    def __repr__(self) -> str:
        return repr(self._name)

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
        if owner is missing:
            return f"unknown variable '{name}'"
        there = owner._attributes if isinstance(owner, AxisValue) else owner
        advice = did_you_mean(name, there) if isinstance(there, Mapping) else None
        return f"there is no '{name}' here" + (f"; {advice}" if advice else "")


class _Environment(ImmutableSandboxedEnvironment):
    """The sandbox, with bounds on what a template may compute.

    `left` is what remains of the allowance of the rendering in progress.
    """

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "%", "**"})
    left = ALLOWANCE

    def spend(self, amount: int) -> None:
        """Take an amount off the allowance.

        Raises:
            SecurityError: nothing is left of it.
        """
        self.left -= amount
        if self.left < 0:
            raise SecurityError("the template computes too much: too many loops, calls or includes")

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Compute with numbers, join texts and lists; refuse what can fill the memory.

        A number of the pipeline file is exact, so what meets it becomes exact too.
        """
        for each in (left, right):
            if isinstance(each, Undefined):
                str(each)  # raises the error that names it
        numbers = _is_number(left) and _is_number(right)
        if operator == "**" or (operator in "*%" and not numbers):
            raise SecurityError(f"'{operator}' works on numbers only here")
        if isinstance(left, Decimal) or isinstance(right, Decimal):
            left, right = (Decimal(str(x)) if isinstance(x, float) else x for x in (left, right))
        return _bounded(super().call_binop(context, operator, left, right))

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call a function or macro; each call counts."""
        __self.spend(CALL)
        return super().call(__context, __obj, *args, **kwargs)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return an attribute; of a mapping its entry, also where a method has the same name."""
        if isinstance(obj, Mapping) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Refuse also methods of numbers and bytes, and those that make large texts."""
        if isinstance(obj, int | float | Decimal | bytes):
            return False
        if isinstance(obj, str) and attr in GROWING_METHODS:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def wrap_str_format(self, value: Any) -> None:
        """Leave `str.format` to `is_safe_attribute`: a width in it can fill the memory."""

    def join_path(self, template: str, parent: str) -> str:
        """Take `./name` as beside the including template, any other name from the root."""
        if not isinstance(template, str):
            raise TypeError("a template's name is a text")
        if not template.startswith("./"):
            return template
        folder = posixpath.dirname(parent) if parent.endswith(SUFFIX) else ""
        return posixpath.normpath(posixpath.join(folder, template))


class _Unreadable(ValueError):
    """A template whose file the system does not give."""


class _Loader(BaseLoader):
    """Loads templates from the project; keeps only code between renderings; records every name."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.used = Used()
        self.compiled: dict[tuple[str, Digest], CodeType] = {}
        self.texts: dict[str, str | None] = {}
        self.seen: dict[str, Template] = {}

    def read(self, name: str) -> str | None:
        """Return a template's text, or None when the project has no such file.

        Raises:
            InvalidSource: it cannot be read, is not UTF-8 or too large.
        """
        if name not in self.texts:
            self.texts[name] = self._read(name)
        return self.texts[name]

    def _read(self, name: str) -> str | None:
        try:
            path = (self.root / name).resolve()
            if not (path.is_relative_to(self.root.resolve()) and path.is_file()):
                return None
            with path.open("rb") as file:
                data = file.read(MAX_TEMPLATE_BYTES + 1)
            if len(data) > MAX_TEMPLATE_BYTES:
                problem = f"'{name}' is larger than {MAX_TEMPLATE_BYTES:,} bytes"
                raise InvalidSource([Diagnostic("too-large", problem, Place(name))])
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = _LINE_BREAK.split(error.object[: error.start].decode("utf-8-sig"))
            place = Place(name, len(before), len(before[-1]) + 1)
            problem = f"the byte 0x{error.object[error.start]:02x} is no UTF-8"
            help = "save the file as UTF-8"
            raise InvalidSource([Diagnostic("not-utf8", problem, place, "", help)]) from None
        except (OSError, ValueError) as error:
            words = getattr(error, "strerror", None) or str(error)
            problem = f"the template '{name[:80]}' cannot be read: {words.lower()}"
            raise _Unreadable(problem) from None

    def load(
        self, environment: Any, name: str, globals: Mapping[str, Any] | None = None
    ) -> Template:
        """Return a fresh template object of a project file, for Jinja2's `include` and others."""
        text = self.read(name)
        self.used.templates[name] = None if text is None else digest_of(text.encode())
        if text is None:
            raise TemplateNotFound(name)
        environment.spend(CALL + len(text))
        return self.compile(environment, name, text, globals)

    def compile(
        self, environment: Any, name: str, text: str, globals: Mapping[str, Any] | None = None
    ) -> Template:
        """Return a fresh template object of a text; its code is compiled once.

        Raises:
            TemplateSyntaxError: the text is no template.
        """
        slot = (name, digest_of(text.encode("utf-8", "surrogatepass")))
        if slot not in self.compiled:
            self.compiled[slot] = _compiled(environment, name, text)
        template: Template = environment.template_class.from_code(
            environment, self.compiled[slot], environment.make_globals(globals)
        )
        self.seen[name] = template
        return template


def _parsed(environment: Any, name: str, text: str) -> nodes.Template:
    """Return a template's tree.

    Raises:
        TemplateSyntaxError: the text is no template.
    """
    try:
        tree: nodes.Template = environment.parse(text, name)
    except RecursionError:
        raise TemplateSyntaxError("the template is nested too deeply", 1, name) from None
    except ValueError as error:
        raise TemplateSyntaxError(_words_of(error), 1, name) from None
    _refuse_deep_loops(tree, name)
    for reference in tree.find_all(nodes.NSRef):
        raise TemplateSyntaxError("only a plain name can be set", reference.lineno, name)
    return tree


def _compiled(environment: Any, name: str, text: str) -> CodeType:
    """Return a template's code, in which loops and `~` are counted and bounded."""
    tree = _parsed(environment, name, text)
    for loop in tree.find_all(nodes.For):
        turn = 1 + sum(len(each.data) for each in loop.find_all(nodes.TemplateData))
        loop.iter = _filtered(loop.iter, COUNTED, nodes.Const(turn))
    for node in [*reversed([*tree.find_all(nodes.Node)]), tree]:  # the innermost first
        for field_name, value in node.iter_fields():
            setattr(node, field_name, _with_bounded_joins(value))
    try:
        code: CodeType = environment.compile(tree, name, name)
    except (SyntaxError, RecursionError, MemoryError, NameError) as error:
        # Python's own limits, such as 100 levels of indentation or an argument's name twice.
        words = str(getattr(error, "msg", "")) or "the template is nested too deeply"
        raise TemplateSyntaxError(words, 1, name) from None
    return code


COUNTED, JOINED = "_counted", "_joined"
"""Filters that only the compiler puts into a template."""


def _filtered(node: nodes.Node, name: str, *arguments: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, list(arguments), [], None, None, lineno=node.lineno)


def _with_bounded_joins(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_bounded_joins(each) for each in value]
    if isinstance(value, nodes.Concat):
        return _filtered(nodes.List(value.nodes, lineno=value.lineno), JOINED)
    return value


@pass_context
def _counted(context: Context, values: Iterable[Any], turn: int) -> Iterator[Any]:
    environment: Any = context.environment
    for value in values:
        environment.spend(turn)
        yield value


@pass_context
def _bounded_join(context: Context, parts: Iterable[Any]) -> Any:
    return _bounded("".join(str(_printable(each)) for each in parts))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal)


def _bounded(value: Any) -> Any:
    """Return a value that is not too large.

    Raises:
        SecurityError: it is.
    """
    if _is_number(value):
        if abs(value) > MAX_NUMBER:
            raise SecurityError("a number gets too large")
    elif len(value) > MAX_VALUE:
        raise SecurityError(f"a text or list gets longer than {MAX_VALUE:,}")
    return value


def _printable(value: Any) -> Any:
    """Return a value that says the same in every run.

    Raises:
        TypeError: it would be shown as an address in memory.
    """
    if isinstance(value, list | tuple):
        for each in value:
            _printable(each)
    elif isinstance(value, Mapping):
        for each in value.values():
            _printable(each)
    elif isinstance(value, Iterator):
        raise TypeError("this is a series of values, not a text: end it with `| join(', ')`")
    elif not isinstance(value, _SHOWN_AS_TEXT):
        kind = "a function" if callable(value) else f"of type {type(value).__name__}"
        raise TypeError(f"this is {kind} and cannot be shown as a text")
    return value


_SHOWN_AS_TEXT = (str, int, float, Decimal, type(None), AxisValue, Undefined)


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


LOCALE_FILTERS = {
    "number": (),
    "percent": (),
    "currency": ("a currency such as 'EUR'",),
    "date": (f"one of {', '.join(repr(each) for each in locales.DATE_STYLES)}",),
}
"""Filters that write a value as the variant's locale does → what they take in parentheses."""


def _formatter(name: str, default_locale: str) -> Callable[..., str]:
    wanted = LOCALE_FILTERS[name]

    @pass_context
    def formatted(context: Context, value: Any, *options: str) -> str:
        if len(options) != len(wanted):
            takes = (
                f"takes {wanted[0]} in parentheses" if wanted else "takes nothing in parentheses"
            )
            raise TypeError(f"'{name}' {takes}")
        locale = str(context.get("locale") or default_locale)
        return str(getattr(locales, name)(value, *options, locale=locale))

    return formatted


@pass_context
def _quoted(context: Context, text: object) -> str:
    return quoted(_printable(text))


def _json(value: Any, indent: int | None = None) -> str:
    if indent is not None:
        _refuse_large(indent)
    return json.dumps(_printable(value), ensure_ascii=False, indent=indent, default=_plain)


def _plain(value: Any) -> Any:
    """Return what JSON knows in place of a value it does not."""
    if isinstance(value, Decimal):
        return float(value)
    return dict(value) if isinstance(value, Mapping) else str(value)


def _replaced(text: object, old: str, new: str, count: int = -1) -> str:
    written = str(text)
    times = written.count(old) if count < 0 else min(count, written.count(old))
    if len(written) + times * len(new) > MAX_VALUE:
        raise SecurityError(f"a text gets longer than {MAX_VALUE:,}")
    return written.replace(old, new, count)


def _modest(padding: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter of Jinja2 that takes no large number as an option."""
    first = 2 if hasattr(padding, "jinja_pass_arg") else 1

    @wraps(padding)
    def modest(*arguments: Any, **options: Any) -> Any:
        for each in (*arguments[first:], *options.values()):
            _refuse_large(each)
        return padding(*arguments, **options)

    return modest


def _refuse_large(option: object) -> None:
    if isinstance(option, int) and abs(option) > MAX_RANGE:
        raise SecurityError(f"a width or number of places may be up to {MAX_RANGE:,}")


def _range(*bounds: int) -> range:
    numbers = range(*bounds)
    if len(numbers) > MAX_RANGE:
        raise SecurityError(f"a range may have up to {MAX_RANGE} numbers")
    return numbers


class Renderer:
    """Renders prompt templates of one project.

    Not for use by several threads at once. Keeps compiled code, so make one for many renderings and
    a new one when files may have changed. `locale` is whose numbers and dates are written where the
    context has no `locale`.
    """

    def __init__(self, root: Path, locale: str = "en") -> None:
        self._loader = _Loader(root)
        self._environment = _Environment(
            loader=self._loader,
            undefined=_Missing,
            autoescape=False,
            cache_size=0,
            auto_reload=False,
            keep_trailing_newline=False,
            finalize=_printable,
        )
        self._environment.globals = {"dict": dict, "range": _range}
        given = self._environment.filters
        self._environment.filters = {
            **{name: given[name] for name in FILTERS},
            **{name: _modest(given[name]) for name in PADDING_FILTERS},
            **{name: _formatter(name, locale) for name in LOCALE_FILTERS},
            "quoted": _quoted,
            "replace": _replaced,
            "tojson": _json,
            COUNTED: _counted,
            JOINED: _bounded_join,
        }

    def file_template(self, name: str, asked_at: Place) -> PromptTemplate:
        """Return the template in a project file.

        Raises:
            InvalidSource: there is no such file inside the project, or it is not UTF-8.
        """
        try:
            text = self._loader.read(name)
        except _Unreadable as error:
            raise InvalidSource([Diagnostic("unreadable", str(error), asked_at)]) from None
        if text is None:
            near = did_you_mean(name, self._templates_near(name))
            problem = f"there is no template '{name}' in the project"
            raise InvalidSource([Diagnostic("missing-template", problem, asked_at, "", near)])
        return PromptTemplate(name, text, lambda line, col, length: Place(name, line, col, length))

    def _templates_near(self, name: str) -> Iterable[str]:
        """Return the names of templates in the folder of a name, if that is in the project."""
        root = self._loader.root.resolve()
        folder = (root / name).parent.resolve()
        if not (folder.is_relative_to(root) and folder.is_dir()):
            return []
        return sorted(each.relative_to(root).as_posix() for each in folder.glob(f"*{SUFFIX}"))

    def problems(self, template: PromptTemplate, known: Iterable[str]) -> list[Diagnostic]:
        """Return the template's syntax error, or every name in it that nothing defines.

        Looks at the text alone, so it also finds names in branches that are not taken.
        """
        try:
            tree = _parsed(self._environment, template.name, template.text)
            allowed = {*known, *self._environment.globals}
            found = [
                *_unknown_names(template, tree, allowed),
                *self._unknown_filters(template, tree),
            ]
            if not found:
                self._loader.compile(self._environment, template.name, template.text)
        except TemplateSyntaxError as error:
            return [self._syntax_problem(template, error)]
        return found

    def _unknown_filters(
        self, template: PromptTemplate, tree: nodes.Template
    ) -> Iterator[Diagnostic]:
        for kind, node_type, known in (
            ("filter", nodes.Filter, self._environment.filters),
            ("test", nodes.Test, self._environment.tests),
        ):
            for node in tree.find_all(node_type):
                if node.name not in known:
                    problem = f"unknown {kind} '{node.name}'"
                    words = [each for each in known if each.isidentifier() and each[0] != "_"]
                    help = (
                        did_you_mean(node.name, words) or f"there are: {', '.join(sorted(words))}"
                    )
                    place = _place_of_word(template, node.lineno, node.name)
                    yield Diagnostic(f"unknown-{kind}", problem, place, "", help)

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
        self._environment.left = ALLOWANCE
        try:
            compiled = self._loader.compile(self._environment, template.name, template.text)
            # Not `generate`: it rewrites the traceback, which has the line of an error.
            text = _joined(compiled.root_render_func(compiled.new_context(values)))
        except InvalidSource:
            raise
        except TemplateSyntaxError as error:
            raise InvalidSource([self._syntax_problem(template, error)]) from None
        except Exception as error:  # a template is a program, and can raise anything
            raise InvalidSource([self._located(template, error, values)]) from None
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

    def _located(
        self, template: PromptTemplate, error: Exception, values: Mapping[str, Any]
    ) -> Diagnostic:
        name, line = template.name, 1
        trace = error.__traceback__
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if file in self._loader.seen:
                name, line = file, self._loader.seen[file].get_corresponding_lineno(trace.tb_lineno)
            trace = trace.tb_next
        words, place = _words_of(error), self._place(template, name, line, error)
        unknown = re.fullmatch(r"unknown variable '(\w+)'", words)
        help = None
        if unknown and unknown[1] in values and name != template.name:
            help = "import this file `with context`: it then sees what the importing one does"
        return Diagnostic(_code_of(error), words, place, "", help)

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

    def _syntax_problem(self, template: PromptTemplate, error: TemplateSyntaxError) -> Diagnostic:
        name = error.name or template.name
        text = template.text if name == template.name else (self._loader.read(name) or "")
        words, spot = _unclosed(text, error.message or "")
        tag = re.match(r"encountered unknown tag '(\w+)'", words)
        help = did_you_mean(tag[1], TAGS) if tag else None
        if spot is None:
            place = self._place(template, name, error.lineno, ValueError(words))
        elif name == template.name:
            place = template.locate(*spot, 2)
        else:
            place = Place(name, *spot, 2)
        return Diagnostic("template-syntax", words, place, "in this template", help)


def _joined(pieces: Iterable[str]) -> str:
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
    return _plain_words(str(error) or type(error).__name__)


def _plain_words(text: str) -> str:
    """Return the first line of an error's text in the form of ours."""
    words = text.strip().partition("\n")[0].rstrip(".")
    return words[:1].lower() + words[1:] if words[:2].istitle() else words


def _spot(text: str, line: int, message: str) -> tuple[int, int]:
    """Return column and length of what a message quotes, or of the line's first markup."""
    lines = _LINE_BREAK.split(text)
    written = lines[line - 1] if 0 < line <= len(lines) else ""
    for word in re.findall(r"'([^']+)'", message):
        found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", written)
        if found:
            return found.start() + 1, len(word)
    markup = re.search(r"\{[{%#]", written)
    if markup:
        return markup.start() + 1, 2
    return len(written) - len(written.lstrip()) + 1, max(1, len(written.strip()))


def _unclosed(text: str, message: str) -> tuple[str, tuple[int, int] | None]:
    """Return a syntax error's words; and line and column of the block it says is not closed."""
    tag = re.search(r"(?s)end of template.*needs to be closed is '(\w+)'", message)
    if tag is None:
        return _plain_words(message), None
    stack: list[int] = []
    for each in re.finditer(rf"\{{%[-+]?\s*(end)?{tag[1]}\b", text):
        if each[1] is None:
            stack.append(each.start())
        else:
            del stack[-1:]
    before = _LINE_BREAK.split(text[: stack[-1]] if stack else "")
    return f"'{tag[1]}' is opened here and not closed", (len(before), len(before[-1]) + 1)


def _place_of_word(template: PromptTemplate, line: int, word: str) -> Place:
    column, length = _spot(template.text, line, f"'{word}'")
    return template.locate(line, column, length)


def _unknown_names(
    template: PromptTemplate, tree: nodes.Template, known: set[str]
) -> Iterator[Diagnostic]:
    """Yield a problem for every name that is read and neither known nor set in the template."""
    bound = known | _names_bound(tree)
    tested = _tested_names(tree)
    there = ", ".join(sorted(known - {"range", "dict"}))
    for node in tree.find_all(nodes.Name):
        if node.ctx == "load" and node.name not in bound and id(node) not in tested:
            yield Diagnostic(
                "undefined-variable",
                f"unknown variable '{node.name}'",
                _place_of_word(template, node.lineno, node.name),
                "nothing defines this",
                did_you_mean(node.name, known) or f"known here: {there}",
            )


def _names_bound(tree: nodes.Template) -> set[str]:
    """Return every name that is set anywhere in a template."""
    bound = {each.name for each in tree.find_all(nodes.Name) if each.ctx in ("store", "param")}
    bound |= {each.name for each in tree.find_all(nodes.Macro)}
    bound |= {each.target for each in tree.find_all(nodes.Import)}
    for imported in tree.find_all(nodes.FromImport):
        bound |= {each if isinstance(each, str) else each[1] for each in imported.names}
    return bound | {"loop", "self", "super", "caller", "varargs", "kwargs"}


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
