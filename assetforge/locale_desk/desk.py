"""The locale desk of an open project: its texts, what is wrong with one, and saving it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from assetforge.catalogs.base import Message
from assetforge.catalogs.lookup import Found
from assetforge.catalogs.text import plain_lines
from assetforge.coverage import ORIGINS, Coverage, Origin
from assetforge.digest import Json
from assetforge.errors import InvalidSource, Severity, UsageProblem
from assetforge.locale_desk.entry import Entry
from assetforge.locale_desk.glyphs import Glyphs
from assetforge.locale_desk.looking import Looker, samples_of
from assetforge.locale_desk.places import TextPlace
from assetforge.locale_desk.problems import SYNTAX_OF, Problem, misread
from assetforge.locale_desk.saving import raw_of, save_text
from assetforge.locale_desk.tally import tally
from assetforge.locale_desk.typed import read_typed, rendered_with
from assetforge.locale_desk.wanted import AskedFor, TextKey, Wanted, WantedTexts, add, catalogs_of
from assetforge.locales import InvalidLocale
from assetforge.messages.notation import written
from assetforge.project import Project

State: TypeAlias = tuple[Origin, Problem | None]
"""Where a message comes from for one asset, and what it lacks."""

NO_PICTURES: Mapping[str, list[str]] = {}


class LocaleDesk:
    """The texts of one project, as it was opened. Methods may be called from any thread.

    After a catalog has changed, a desk of the project opened anew tells what is there.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._glyphs = Glyphs(project)
        self._asked = AskedFor(project)
        self._tallies: dict[str, dict[str, Json]] = {}
        self._lock = threading.Lock()
        self._counting = threading.Lock()
        section = project.pipeline.locales
        self._severity: Severity = (
            "error" if section is None or section.too_long == "error" else "warning"
        )

    def texts(
        self, locale: str, pictures: Mapping[str, list[str]] = NO_PICTURES
    ) -> dict[str, Json]:
        """Return every text that a locale's pictures ask for, in the order of the pipeline.

        `pictures` are the ids of the pictures of each variant.

        Raises:
            InvalidSource: a catalog is damaged, or an asset cannot be expanded.
            UsageProblem: the project has no such locale.
        """
        with self._lock:
            rows = self._all_rows(locale, pictures)
            editable = [row for row in rows if row["editable"]]
            return {
                "locale": locale,
                **self._called(locale),
                "source": self._source(),
                "editable": bool(editable),
                "why": "" if editable or not rows else rows[0]["why"],
                "messages": [*rows],
            }

    def locales(self) -> dict[str, Json]:
        """Return every locale of the pictures, and how many of its texts want work.

        All are counted once; between two of them, texts can be asked for and checked.

        Raises:
            InvalidSource: an asset cannot be expanded.
        """
        with self._lock:
            ids = self._asked.locales
        with self._counting:
            for each in ids:
                if each not in self._tallies:
                    self._tallies[each] = {"id": each, **self._called(each), **self._tally(each)}
        return {"locales": [self._tallies[each] for each in ids]}

    def check(
        self, locale: str, message: str, form: int, text: str, asset: str = ""
    ) -> dict[str, Json]:
        """Return what is wrong with a text that is not saved yet, and how long it is.

        `asset` tells which text is meant where assets have catalogs of their own.

        Raises:
            InvalidSource: a catalog is damaged.
            UsageProblem: there is no such text, or it cannot be edited here.
        """
        with self._lock:
            entry, place, name = self._editable(locale, message, form, asset)
            looker, problems = self._looked_at(entry, place, name, plain_lines(text))
            shown: list[Json] = [each.json() for each in problems]
            return {"problems": shown, "length": looker.lengths(), "shown": looker.shown()}

    def save(
        self, locale: str, message: str, form: int, text: str, was: str | None, asset: str = ""
    ) -> str:
        """Write a text into its catalog; returns one line for people. `asset` is as for `check`.

        Raises:
            TextChanged: the file does not say `was` any more.
            InvalidSource: the text is not of its syntax, or a catalog is damaged.
            UsageProblem: there is no such text, or it cannot be written.
        """
        with self._lock:
            entry, place, name = self._editable(locale, message, form, asset)
            return save_text(self._project.root, place, name, text, was or "", entry.like)

    def _texts_of(self, locale: str) -> WantedTexts:
        try:
            self._project.locales.parse(locale)
        except InvalidLocale as error:
            raise UsageProblem(str(error)) from error
        return self._asked.texts(locale)

    def _called(self, locale: str) -> dict[str, Json]:
        known = self._project.locales.parse(locale)
        return {"lang": known.tag, "dir": known.direction, "name": known.name}

    def _tally(self, locale: str) -> dict[str, Json]:
        """Return how the texts of a locale stand; `why` says what keeps them from being read."""
        try:
            with self._lock:
                return {**tally(self._all_rows(locale, NO_PICTURES)), "why": ""}
        except InvalidSource as error:
            return {**tally([]), "why": str(error.diagnostics[0])}

    def _source(self) -> str:
        section = self._project.pipeline.locales
        return section.source if section else ""

    def _entry(self, locale: str, wanted: Wanted) -> Entry | None:
        catalogs = catalogs_of(self._project, wanted.asset)
        if catalogs is None:
            return None
        return Entry(self._project.locales.parse(locale), wanted, catalogs)

    def _editable(
        self, locale: str, message: str, form: int, asset: str
    ) -> tuple[Entry, TextPlace, str]:
        """Return a message, where its text stands, and the name of one of its forms."""
        wanted = self._one(locale, message, asset)
        entry = wanted and self._entry(locale, wanted)
        if not entry:
            of = f"'{asset}' in '{locale}'" if asset else f"'{locale}'"
            raise UsageProblem(f"no picture of {of} asks for the message '{message}'")
        if entry.why or entry.place is None:
            raise UsageProblem(f"'{message}' cannot be edited: {entry.why}")
        if not 0 <= form < len(entry.forms):
            raise UsageProblem(f"'{message}' has no form {form} in '{locale}'")
        return entry, entry.place, entry.forms[form]

    def _one(self, locale: str, message: str, asset: str) -> Wanted | None:
        """Return the one message that is meant.

        Raises:
            UsageProblem: it may be one of several.
        """
        messages = self._texts_of(locale).messages
        if asset:
            return messages.get(TextKey(self._asked.owners.get(asset, ""), message))
        found = [each for key, each in messages.items() if key.message == message]
        if len(found) > 1:
            of = " or ".join(each.assets[0] for each in found)
            raise UsageProblem(f"'{locale}' has several texts '{message}': say whose, {of}")
        return next(iter(found), None)

    def _all_rows(self, locale: str, pictures: Mapping[str, list[str]]) -> list[dict[str, Json]]:
        wanted = self._texts_of(locale)
        states = _states(wanted.stands, self._asked.owners)
        rows: list[dict[str, Json]] = []
        for key, each in wanted.messages.items():
            if entry := self._entry(locale, each):
                rows += self._rows(entry, states.get(key, ()), pictures)
        return rows

    def _rows(
        self,
        entry: Entry,
        states: Sequence[State],
        pictures: Mapping[str, list[str]],
    ) -> Iterator[dict[str, Json]]:
        """Yield a row for each form of a message."""
        found, place = entry.found, entry.place
        state = _worst(states)
        lacks = [problem for _, problem in states if problem]
        for number, form in enumerate(entry.forms):
            text = entry.text(form)
            looker = self._unread(entry, text.text)
            looked: Sequence[Problem] = ()
            if isinstance(found, Found) and (text.text or entry.why):
                shown = text.text if not entry.why else written(found.message.value)
                looker = self._looker(entry, shown, found, entry.wanted)
                looked = looker.problems()
            yield {
                "id": entry.wanted.id,
                "asset": entry.wanted.assets[0],
                "assets": [*entry.wanted.assets],
                "form": number,
                "forms": [*entry.forms],
                "source": entry.source_text(form),
                "text": text.text,
                "file": place.name if place else "",
                "line": text.line,
                "editable": not entry.why,
                "why": entry.why,
                "state": state,
                "slots": [*entry.slots()],
                "variants": [*entry.wanted.shown],
                "pictures": [*entry.pictures(pictures)],
                "length": looker.lengths(),
                "problems": [each.json() for each in (*lacks, *looked)],
            }

    def _looker(self, entry: Entry, text: str, found: Found, wanted: Wanted) -> Looker:
        return Looker(entry, text, found, wanted, self._glyphs, self._severity)

    def _unread(self, entry: Entry, text: str) -> Looker:
        """Return what looks at a text that no picture can show yet: it is measured as it is."""
        wanted = Wanted(entry.wanted.id, entry.wanted.asset, entry.wanted.uses)
        return self._looker(entry, text, Found(Message(""), entry.locale.id, ()), wanted)

    def _looked_at(
        self, entry: Entry, place: TextPlace, form: str, text: str
    ) -> tuple[Looker, Sequence[Problem]]:
        """Return what looks at a text that is typed, and what is wrong with it."""
        wanted = entry.wanted
        unread = self._unread(entry, text)
        try:
            message = read_typed(place, entry.raw, form, text, raw_of(entry.like))
        except InvalidSource as error:
            syntax = place.file.syntax or SYNTAX_OF.get(place.file.format, "")
            return unread, [misread(text, syntax, error.diagnostics[0].message)]
        if message is None or message.state == "empty":
            return unread, [_empty(text)]
        namespace = wanted.id.removesuffix(place.id).rstrip(".")
        found = Found(message, entry.locale.id, (), place.name, namespace)
        variants = [each.variant for each in samples_of(wanted)]
        typed: dict[TextKey, Wanted] = {}
        owners = self._asked.owners
        alike = [asset for asset, owner in owners.items() if owner == wanted.asset]
        for each in rendered_with(
            self._project, alike, entry.catalogs, entry.locale.id, wanted.id, found, variants
        ):
            add(typed, each, owners)
        key = TextKey(wanted.asset, wanted.id)
        looker = self._looker(entry, text, found, typed.get(key, unread.wanted))
        return looker, looker.problems()


def _empty(text: str) -> Problem:
    words = "one of its forms has no text" if text.strip() else "has no text"
    return Problem("empty", "warning", f"{words}: until it has, the message is missing")


def _worst(states: Sequence[State]) -> Origin:
    return max((origin for origin, _ in states), key=ORIGINS.index, default="missing")


def _states(stands: Sequence[Coverage], owners: Mapping[str, str]) -> dict[TextKey, list[State]]:
    """Return where each message comes from, and what it lacks."""
    found: dict[TextKey, list[State]] = {}
    for coverage in stands:
        owner = owners[coverage.asset] if coverage.origins else ""
        for message, origin in coverage.origins.items():
            found.setdefault(TextKey(owner, message), []).append((origin, None))
        for each in coverage.details:
            if each.fault in ("missing", "fallback", "fuzzy") and each.message:
                severity: Severity = "error" if each.fault == "missing" else "warning"
                lack = each.fault, Problem("empty", severity, each.words)
                key = TextKey(owner, each.message)
                if lack not in (states := found.setdefault(key, [])):
                    states.append(lack)
    return found
