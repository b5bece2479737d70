"""What a catalog format is: a reader from one file or folder to its messages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from assetforge.errors import Place


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a catalog: its text, exactly as a picture must show it, and its place."""

    text: str
    place: Place


class Reader(Protocol):
    """Reads one catalog format; the entry point's name is the file suffix, or `folder`."""

    def __call__(self, path: Path, name: str) -> dict[str, Message]:
        """Return the messages of one file (or folder) by id; empty and unfit ones are left out.

        `name` is the path as a person should see it, relative to the project root.

        Raises:
            InvalidSource: the file is damaged; every problem in it, located.
        """
