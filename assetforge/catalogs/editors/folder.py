"""Edits catalogs that are folders: the file of one message is the text itself.

In its file a message has no id. Line breaks at the end of the file do not count; they stay.
"""

from __future__ import annotations

from collections.abc import Sequence

from assetforge.catalogs.editors.base import Change, Written, WrittenTexts
from assetforge.catalogs.editors.raw_text import Patch, RawText


class FolderEditor:
    """One text per file."""

    @staticmethod
    def texts(file: str, syntax: str) -> WrittenTexts:
        """Return the text of a file."""
        return {"": {"": Written(RawText(file).plain.rstrip("\n"), 1)}}

    @staticmethod
    def forms(
        file: str, id: str, syntax: str, like: str, categories: Sequence[str]
    ) -> tuple[str, ...]:
        """Return the one form."""
        return ("",)

    @staticmethod
    def edited(file: str, change: Change, syntax: str, like: str) -> str:
        """Return the file with another text; an empty one leaves nothing."""
        if not change.text:
            return ""
        raw = RawText(file or like)
        text = raw.plain.rstrip("\n")
        return raw.patched([Patch(0, len(text), change.text)])

    @staticmethod
    def excerpt(file: str, id: str, syntax: str, like: str) -> str:
        """Return the file itself."""
        return file
