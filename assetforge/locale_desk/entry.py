"""One message of a locale: where its text stands, its forms, its source text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from assetforge.catalogs.editors.base import Written
from assetforge.catalogs.lookup import Catalogs, Found, Missing
from assetforge.digest import Json
from assetforge.length import Length
from assetforge.locale_desk.places import TextPlace, place_of, why_not
from assetforge.locale_desk.saving import raw_of
from assetforge.locale_desk.wanted import Use, Wanted
from assetforge.locales import Locale, is_pseudo, plural_categories
from assetforge.messages.notation import written
from assetforge.messages.pattern import Choice, Value

ALONE: Final = ("",)
"""The forms of a message that has one text."""

NOWHERE: Final = Path()


@dataclass
class Entry:
    """One message of one locale.

    Attributes:
        locale: whose text it is.
        wanted: the message, and who asks for it.
        catalogs: those it is looked up in.
    """

    locale: Locale
    wanted: Wanted
    catalogs: Catalogs

    @cached_property
    def place(self) -> TextPlace | None:
        """Where the text stands, or will."""
        return place_of(self.catalogs, self.locale.id, self.wanted.id)

    @cached_property
    def why(self) -> str:
        """Why it cannot be edited; empty: it can."""
        return why_not(self.catalogs, self.locale.id, self.wanted.id, self.place)

    @cached_property
    def raw(self) -> str:
        """The file as it is."""
        return raw_of(self.place.path) if self.place else ""

    @cached_property
    def source_place(self) -> TextPlace | None:
        """Where the source text stands, in a file of the same format; None: in none."""
        found = place_of(self.catalogs, self.catalogs.source, self.wanted.id)
        alike = found and self.place and found.file.format == self.place.file.format
        return found if alike else None

    @property
    def like(self) -> Path:
        """The file that a new text is written like."""
        return self.source_place.path if self.source_place else NOWHERE

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The forms of the text."""
        place = self.place
        if place is None or place.editor is None:
            return ALONE
        categories = () if is_pseudo(self.locale.id) else tuple(plural_categories(self.locale.tag))
        like, syntax = raw_of(self.like), place.file.syntax
        return place.editor.forms(self.raw, place.inner, syntax, like, categories)

    def text(self, form: str) -> Written:
        """Return the text as the file has it."""
        if self.place is None or self.place.editor is None:
            return Written("", 0)
        return self.place.written(self.raw, form)

    @property
    def found(self) -> Found | Missing:
        """What the locale shows now."""
        return self.catalogs.find(self.locale.id, self.wanted.id)

    @property
    def source(self) -> Found | Missing:
        """What the source locale shows."""
        return self.catalogs.find(self.catalogs.source, self.wanted.id)

    def source_text(self, form: str) -> str:
        """Return what the source locale's author wrote, for a form."""
        place = self.source_place
        if place and place.editor:
            forms = place.texts(raw_of(place.path)).get(place.inner, {})
            texts = [each.text for name, each in forms.items() if name == form]
            texts += [each.text for each in reversed([*forms.values()])]
            if text := next(filter(None, texts), ""):
                return text
        found = self.source
        return _case(found.message.value, form) if isinstance(found, Found) else ""

    @property
    def max_characters(self) -> int | None:
        """The bound that the catalog states."""
        message = self.place.message if self.place else None
        return message.max_length if message else None

    def slots(self) -> Iterator[dict[str, Json]]:
        """Yield the places that show it, with the bounds that they set."""
        for use in self.wanted.uses:
            length = length_of(use, self.max_characters)
            yield {
                "asset": use.asset,
                "step": use.step,
                "slot": use.slot,
                "max_length": length.most if length else None,
                "unit": length.unit if length else "graphemes",
                "max_words": use.bounds.max_words if use.bounds else None,
                "max_lines": use.bounds.max_lines if use.bounds else None,
            }

    def pictures(self, known: Mapping[str, list[str]]) -> list[str]:
        """Return the ids of the pictures that show it; `known` are those of each variant."""
        return [id for variant in self.wanted.shown for id in known.get(variant, ())]


def length_of(use: Use, max_characters: int | None) -> Length | None:
    """Return how long a text may be in one place; the catalog's bound where the slot has none."""
    own = use.bounds.max_length if use.bounds else None
    return own or (Length(max_characters, "characters") if max_characters else None)


def _case(value: Value, form: str) -> str:
    """Return a form of a message, in ICU's notation."""
    if isinstance(value, tuple) and form and len(value) == 1 and isinstance(value[0], Choice):
        cases = dict(value[0].cases)
        return written(cases.get(form) or [*cases.values()][-1])
    return written(value)
