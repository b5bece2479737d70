"""One note: what a person says of a picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

from pydantic import AfterValidator

from assetforge.errors import Place
from assetforge.pipeline import Block, Name

MOST_CHARACTERS: Final = 2000
"""Length of the longest note: a note says what is wrong, a prompt says everything."""

MOST_NOTES: Final = 20
"""Most notes of one variant: each is an edit of its own, one after the other."""

CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
"""Characters that no note may hold; ends of lines and tabs are none of them."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a person wants changed in one picture.

    Attributes:
        variant: whose picture it is.
        after: the drawn step that made it.
        words: as they go into the prompt, without blanks around them.
        about: the start of the digest of the picture that was seen; may be empty.
        place: where it is written.
    """

    variant: str
    after: str
    words: str
    about: str = ""
    place: Place = field(default=Place(""), compare=False)


def said(text: str) -> str:
    """Return the words of a note: one end of line for all kinds, and no blanks around them.

    Raises:
        ValueError: it is empty, too long, or holds a control character.
    """
    words = re.sub(r"\r\n?", "\n", text).strip()
    if not words:
        raise ValueError("it says nothing")
    if len(words) > MOST_CHARACTERS:
        raise ValueError(f"it is longer than {MOST_CHARACTERS} characters")
    if found := CONTROL.search(words):
        raise ValueError(f"it holds the character U+{ord(found[0]):04X}")
    return words


class Written(Block):
    """A note as it is written in its file."""

    after: Name
    """The step whose picture it is about."""
    note: Annotated[str, AfterValidator(said)]
    """What to change."""
    about: Name = ""
    """The picture that was seen, by the start of its digest; for people only."""


def grouped(notes: Sequence[Note]) -> dict[str, list[Note]]:
    """Return variant → its notes, in order."""
    found: dict[str, list[Note]] = {}
    for each in notes:
        found.setdefault(each.variant, []).append(each)
    return found
