"""Loads the templates of a project and records every name that was looked for.

Jinja2 caches imported modules on the template object that is imported; so of those only code is
kept, and the object is made anew whenever a template asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from jinja2 import BaseLoader, Environment, Template, TemplateNotFound

from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.prompts.compiler import compile_template
from assetforge.prompts.sandbox import CALL, Sandbox
from assetforge.prompts.template import SUFFIX, Used, digest_of_text, end_of
from assetforge.reads import reading

MAX_TEMPLATE_BYTES = 200_000


class Unreadable(ValueError):
    """A template whose file the system does not give."""


class Loader(BaseLoader):
    """Loads templates from the project; keeps no imported module between renderings.

    `used` is the record of the rendering in progress.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.used = Used()
        self._texts: dict[str, str | None] = {}
        self._code: dict[tuple[str, str], CodeType] = {}
        self._tops: dict[tuple[str, str], Template] = {}
        self._seen: dict[str, Template] = {}

    def read(self, name: str) -> str | None:
        """Return a template's text, or None when the project has no such file.

        Raises:
            InvalidSource: it is not UTF-8 or too large.
            Unreadable: the system does not give it.
        """
        if name not in self._texts:
            data = self._bytes_of(name)
            self._texts[name] = None if data is None else _decoded(name, data)
        return self._texts[name]

    def _bytes_of(self, name: str) -> bytes | None:
        """Return what a file in the project holds, up to one byte more than is allowed."""
        try:
            path = reading(self.root / name).resolve()
            if not (path.is_relative_to(self.root.resolve()) and path.is_file()):
                return None
            with path.open("rb") as file:
                return file.read(MAX_TEMPLATE_BYTES + 1)
        except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: a link to itself
            words = getattr(error, "strerror", None) or str(error)
            problem = f"the template '{name[:80]}' cannot be read: {words.lower()}"
            raise Unreadable(problem) from None

    def names_near(self, name: str) -> list[str]:
        """Return the names of templates in the folder of a name, if that is in the project."""
        root = self.root.resolve()
        folder = (root / name).parent.resolve()
        if not (folder.is_relative_to(root) and folder.is_dir()):
            return []
        return sorted(each.relative_to(root).as_posix() for each in folder.glob(f"*{SUFFIX}"))

    def load(
        self,
        environment: Environment,
        name: str,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        """Return a fresh template object of a project file, for Jinja2's `include` and others."""
        assert isinstance(environment, Sandbox), "BUG: templates are loaded for the sandbox only"
        text = self.read(name)
        self.used.templates[name] = None if text is None else digest_of_text(text)
        if text is None:
            raise TemplateNotFound(name)
        environment.spend(CALL + len(text))
        return self.compile(environment, name, text, globals)

    def top(self, sandbox: Sandbox, name: str, text: str) -> Template:
        """Return the template object of a text that is rendered itself, so never imported.

        Raises:
            TemplateSyntaxError: the text is no template.
        """
        found = self._tops.get((name, text))
        if found is None:
            found = self._tops[name, text] = self.compile(sandbox, name, text)
        self._seen[name] = found
        return found

    def keep(self, name: str, text: str, code: CodeType) -> None:
        """Keep the code of a text that is compiled already."""
        self._code[name, text] = code

    def compile(
        self,
        sandbox: Sandbox,
        name: str,
        text: str,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        """Return a fresh template object of a text; its code is compiled once.

        Raises:
            TemplateSyntaxError: the text is no template.
        """
        if (name, text) not in self._code:
            self._code[name, text] = compile_template(sandbox, name, text)
        template = sandbox.template_class.from_code(
            sandbox, self._code[name, text], sandbox.make_globals(globals)
        )
        self._seen[name] = template
        return template

    def lines(self, frames: Iterable[tuple[FrameType, int]]) -> Iterator[tuple[str, int]]:
        """Yield the template's name and line for those frames of Python that run a template."""
        for frame, line in frames:
            name = frame.f_code.co_filename
            if name in self._seen:
                yield name, self._seen[name].get_corresponding_lineno(line)


def _decoded(name: str, data: bytes) -> str:
    if len(data) > MAX_TEMPLATE_BYTES:
        problem = f"'{name}' is larger than {MAX_TEMPLATE_BYTES:,} bytes"
        raise InvalidSource([Diagnostic("too-large", problem, Place(name))])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = Place(name, *end_of(error.object[: error.start].decode("utf-8-sig")))
        problem = f"the byte 0x{error.object[error.start]:02x} is no UTF-8"
        help = "save the file as UTF-8"
        raise InvalidSource([Diagnostic("not-utf8", problem, place, "", help)]) from None
