"""Where a text of a locale is written: the file that has it, or that a new one belongs in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assetforge import registry
from assetforge.catalogs.base import Message
from assetforge.catalogs.discovery import FOLDER, MESSAGE_SUFFIX, CatalogFile
from assetforge.catalogs.editors.base import Editor, Written, WrittenTexts
from assetforge.catalogs.lookup import Catalogs, Found
from assetforge.locales import is_pseudo


@dataclass(frozen=True, slots=True)
class TextPlace:
    """A file for one text.

    Attributes:
        file: the catalog.
        id: of the message in it.
        message: as the catalog has it; None: it lacks it.
    """

    file: CatalogFile
    id: str
    message: Message | None

    @property
    def name(self) -> str:
        """The name of the file that the text stands in, relative to the project root."""
        return self.file.name_of(self.id)

    @property
    def path(self) -> Path:
        """That file."""
        if self.file.format == FOLDER:
            return self.file.path / f"{self.id}{MESSAGE_SUFFIX}"
        return self.file.path

    @property
    def inner(self) -> str:
        """The id of the message in that file: in a file of its own it has none."""
        return "" if self.file.format == FOLDER else self.id

    @property
    def editor(self) -> type[Editor] | None:
        """What edits the file; None: nothing here does."""
        return registry.editor(self.file.format)

    def texts(self, raw: str) -> WrittenTexts:
        """Return the texts of the file; it must be one that can be edited."""
        return self._editor.texts(raw, self.file.syntax)

    def written(self, raw: str, form: str) -> Written:
        """Return the text as the file has it."""
        return self.texts(raw).get(self.inner, {}).get(form, Written(""))

    @property
    def _editor(self) -> type[Editor]:
        editor = self.editor
        assert editor is not None, "BUG: a file that cannot be edited"
        return editor


def place_of(catalogs: Catalogs, locale: str, message: str) -> TextPlace | None:
    """Return where a locale's own text of a message is written, or would be; None: nowhere.

    Raises:
        InvalidSource: a catalog that had to be read is damaged.
    """
    if is_pseudo(locale):
        return None
    places = [TextPlace(*each) for each in catalogs.holders(locale, message)]
    there = [each for each in places if each.message]
    shown = [each for each in there if each.message and not each.message.state]
    if there:
        return (shown or there)[0]
    source = place_of(catalogs, catalogs.source, message) if locale != catalogs.source else None
    alike = [each for each in places if source and _shape(each.file) == _shape(source.file)]
    return next(iter(alike or places), None)


def why_not(catalogs: Catalogs, locale: str, message: str, place: TextPlace | None) -> str:
    """Return why a text cannot be edited here; empty: it can."""
    if is_pseudo(locale):
        return f"the texts of '{locale}' are made of those of '{catalogs.source}'"
    if place is None:
        found = catalogs.find(locale, message)
        if isinstance(found, Found):
            return f"it is the text of '{found.locale}': edit it in {found.place}"
        return f"'{locale}' has no catalog; add one beside the others"
    if place.editor is None:
        where = place.message.place(place.name) if place.message else place.name
        return f"files of this format cannot be edited here; open {where}"
    return ""


def _shape(file: CatalogFile) -> str:
    """Return the name of a file without its locale."""
    return file.name.replace(file.locale, "") if file.locale else file.name
