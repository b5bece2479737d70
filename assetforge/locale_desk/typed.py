"""A text as somebody types it: read as its file will be, and shown as its pictures will show it."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from assetforge import registry
from assetforge.catalogs.base import Message
from assetforge.catalogs.discovery import FOLDER, MESSAGE_SUFFIX
from assetforge.catalogs.editors.base import Change
from assetforge.catalogs.lookup import Catalogs, Found, Missing
from assetforge.locale_desk.places import TextPlace
from assetforge.matrix import Variant
from assetforge.project import Project
from assetforge.rendered import RenderedVariant
from assetforge.rendering import VariantRenderer
from assetforge.texts import Texts


def read_typed(place: TextPlace, raw: str, form: str, text: str, like: str) -> Message | None:
    """Return the message that a file would have with a text in it; None: it would have none.

    Args:
        place: where the text stands.
        raw: the file as it is.
        form: of the message.
        text: as it is typed.
        like: the file of the source locale as it is.

    Raises:
        InvalidSource: the text is not of its syntax, or holds what no picture can show.
    """
    editor, file = place.editor, place.file
    assert editor is not None, "BUG: a file that cannot be edited"
    excerpt = editor.excerpt(raw, place.inner, file.syntax, like)
    edited = editor.edited(excerpt, Change(place.inner, form, text), file.syntax, like)
    name = f"{place.id}{MESSAGE_SUFFIX}" if file.format == FOLDER else "excerpt"
    with tempfile.TemporaryDirectory(prefix="assetforge-texts-") as folder:
        path = Path(folder, name.replace("/", "_"))
        path.write_bytes(edited.encode())
        read = path.parent if file.format == FOLDER else path
        content = registry.reader(file.format)(read, file.name, file.locale or "und", file.syntax)
    found = content.own.get(place.id)
    at = place.message
    return found and found._replace(line=at.line if at else 0, column=at.column if at else 0)


def rendered_with(
    project: Project,
    assets: Collection[str],
    catalogs: Catalogs,
    locale: str,
    message: str,
    found: Found,
    variants: Sequence[Variant],
) -> list[RenderedVariant]:
    """Return variants as they are with another text of a locale, in the catalogs of some assets."""
    typed = TypedCatalogs(catalogs, locale, message, found)
    texts = {
        name: Texts(typed, each.locales) if name in assets else each
        for name, each in project.texts.items()
    }
    renderer = VariantRenderer(replace(project, texts=texts))
    return [renderer.render(each) for each in variants]


class TypedCatalogs(Catalogs):
    """Catalogs in which one locale has another text; those they are of stay as they are."""

    def __init__(self, catalogs: Catalogs, locale: str, message: str, found: Found) -> None:
        vars(self).update(vars(catalogs))
        self._sources = {}
        self._longest = {}
        self._typed = locale, message, found

    def find(self, locale: str, message_id: str, *, part: bool = False) -> Found | Missing:
        """Return what `Catalogs.find` does, or the text that is typed."""
        at, message, found = self._typed
        if (locale, message_id) == (at, message):
            return found
        return super().find(locale, message_id, part=part)
