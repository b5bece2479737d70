"""What an editor of a catalog format is: pure functions from a file's text to its next text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol, TypeAlias


class Written(NamedTuple):
    r"""One text as a file has it.

    Attributes:
        text: unquoted, with escapes read and `\n` at line ends; else as its author wrote it.
        line: that it begins in, 1-based; 0: the file lacks it.
    """

    text: str
    line: int = 0


WrittenTexts: TypeAlias = Mapping[str, Mapping[str, Written]]
"""Message id → form → text.

A form is empty where a message has one text; `0`, `1` in a PO file; `one`, `other` in i18next."""


class Change(NamedTuple):
    """The text that one form of one message is to have."""

    id: str
    form: str
    text: str


class Editor(Protocol):
    """Edits one catalog format; the entry point's name is that of its reader.

    A file is given as it is, with its BOM and its line ends, and must be one that the reader
    takes. `syntax` is what the pipeline file says its texts are written in; `like` the text of the
    source locale's file, or empty: it says where a new message belongs, and how it is spelled.
    """

    @staticmethod
    def texts(file: str, syntax: str) -> WrittenTexts:
        """Return all texts of a file."""

    @staticmethod
    def forms(
        file: str, id: str, syntax: str, like: str, categories: Sequence[str]
    ) -> tuple[str, ...]:
        """Return the forms that a message has, or would have if it were there.

        `categories` are the plural categories of the locale.
        """

    @staticmethod
    def edited(file: str, change: Change, syntax: str, like: str) -> str:
        """Return the file with one text changed, or added where it lacks it."""

    @staticmethod
    def excerpt(file: str, id: str, syntax: str, like: str) -> str:
        """Return a small file in which a message reads as it does in its own.

        A message that is not there is left out.
        """
