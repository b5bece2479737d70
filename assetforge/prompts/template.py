"""A prompt template as written, and the record of what one rendering used."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial

from assetforge.digest import Digest, digest_of
from assetforge.errors import Place

SUFFIX = ".j2"

_LINE_BREAK = re.compile(r"\r\n|\r|\n")  # what Jinja2 counts as lines

Locate = Callable[[int, int, int], Place]
"""Turns a line, a column and a length inside a template's text into a place in its source."""


@dataclass(frozen=True, slots=True)
class PromptTemplate:
    """A prompt as written: the text, the name it goes by, and where its lines stand."""

    name: str
    text: str
    locate: Locate = field(compare=False)

    @classmethod
    def in_file(cls, name: str, text: str) -> PromptTemplate:
        """Return the template that is the whole of a project file."""
        return cls(name, text, partial(Place, name))


@dataclass(slots=True)
class Used:
    """What one rendering looked at, also what it looked for and did not find.

    `templates` maps a name to the digest of its text, or None if there was no such template;
    `variables` are dotted paths below `vars`. Once a rendering is done, neither changes.
    """

    templates: dict[str, Digest | None] = field(default_factory=dict)
    variables: set[str] = field(default_factory=set)


@lru_cache(maxsize=1024)
def digest_of_text(text: str) -> Digest:
    """Return the digest of a template's text, as a file holds it."""
    return digest_of(text.encode())


def split_lines(text: str) -> list[str]:
    """Return the lines of a template's text without their ends, as Jinja2 counts them."""
    return _LINE_BREAK.split(text)


def end_of(text: str) -> tuple[int, int]:
    """Return the line and column of what follows a text."""
    lines = split_lines(text)
    return len(lines), len(lines[-1]) + 1
