"""Edits ARB files: flat JSON, in which `@key` behind a key describes it."""

from __future__ import annotations

from collections.abc import Sequence

from assetforge.catalogs.editors.base import Change, WrittenTexts
from assetforge.catalogs.editors.json_file import JsonEditor

_MARK = "@"


class ArbEditor:
    """Texts under keys, in ICU's syntax; plurals are inside the text."""

    @staticmethod
    def texts(file: str, syntax: str) -> WrittenTexts:
        """Return the texts of a file, without what describes them."""
        found = JsonEditor.texts(file, "")
        return {id: forms for id, forms in found.items() if not id.startswith(_MARK)}

    @staticmethod
    def forms(
        file: str, id: str, syntax: str, like: str, categories: Sequence[str]
    ) -> tuple[str, ...]:
        """Return the one form."""
        return ("",)

    @staticmethod
    def edited(file: str, change: Change, syntax: str, like: str) -> str:
        """Return the file with one text changed, or one member more."""
        return JsonEditor.edited(file, change, "", like)

    @staticmethod
    def excerpt(file: str, id: str, syntax: str, like: str) -> str:
        """Return an object with the message alone."""
        return JsonEditor.excerpt(file, id, "", like)
