"""What a catalog format is: a reader from one file or folder to its messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, TypeAlias

from assetforge.errors import Diagnostic, Place
from assetforge.messages.pattern import Value

State: TypeAlias = Literal["", "fuzzy", "empty"]
"""Whether a message may be shown: yes; its translator is not sure; nothing is there yet."""


class Message(NamedTuple):
    """One entry of a catalog. A named tuple: a project may have half a million of them.

    Attributes:
        value: what it says, exactly; a pattern where something is to be put in.
        line, column, length: where it stands in its file, 1-based; line 0: the file as a whole.
        state: see `State`.
        comment: what its author tells translators.
        max_length: how many characters it may have, if its catalog says so.
    """

    value: Value
    line: int = 0
    column: int = 0
    length: int = 1
    state: State = ""
    comment: str = ""
    max_length: int | None = None

    def place(self, name: str) -> Place:
        """Return where it stands, in the file of that name."""
        return Place(name, self.line, self.column, self.length)


Messages: TypeAlias = Mapping[str, Message]
"""Messages by id."""


@dataclass(frozen=True, slots=True)
class Content:
    """What one catalog file holds.

    Attributes:
        own: messages of the locale that the file's path names.
        source: what the file says in the source locale, where its entries tell (PO, XLIFF).
        others: messages by locale id, of a file that names its locales inside (CSV).
        warnings: what is odd about the file and can be lived with, located.
        source_locale: id of the locale that `source` is of; empty: that of the project.
    """

    own: Messages = field(default_factory=dict)
    source: Messages = field(default_factory=dict)
    others: Mapping[str, Messages] = field(default_factory=dict)
    warnings: tuple[Diagnostic, ...] = ()
    source_locale: str = ""


class Reader(Protocol):
    """Reads one catalog format; the entry point's name is the file suffix, or `folder`."""

    def __call__(self, path: Path, name: str, locale: str, syntax: str) -> Content:
        """Return the content of one file (or folder).

        Args:
            path: the file.
            name: as a person should see it, relative to the project root.
            locale: id of the locale that the path names; empty where it names none.
            syntax: what the pipeline file says its texts are written in: a name of
                `assetforge.messages.syntaxes`, or empty: the format's own.

        Raises:
            InvalidSource: the file is damaged; every problem in it, located.
        """
