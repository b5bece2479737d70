"""The messages of all files of one catalog pattern, by locale."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from assetforge.catalogs.base import Content, Messages
from assetforge.catalogs.discovery import LOCALE_ADVICE, CatalogFile, Layer, lacks_locale
from assetforge.catalogs.text import duplicate
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.locales import InvalidLocale, KnownLocales

Held: TypeAlias = tuple[CatalogFile, Messages]
"""A file, and its messages of one locale."""

Parse: TypeAlias = Callable[[CatalogFile], Content | InvalidSource]


class LayerMessages:
    """The messages of one pattern's files.

    A file whose path names no locale holds several; or, beside files that name theirs, it is that
    of the source locale, as `values/strings.xml` is beside `values-de/strings.xml`.

    Attributes:
        locales: ids of all its locales, those of paths first.
        prefix: what is put before its messages' ids.
    """

    def __init__(
        self,
        layer: Layer,
        parse: Parse,
        known: KnownLocales,
        place: Place | None,
        source: str,
        *,
        alone: bool,
    ) -> None:
        """Look into the files that name no locale.

        Args:
            layer: the files.
            parse: returns what a file holds.
            known: the locales of the project.
            place: where the pattern is written.
            source: id of the source locale.
            alone: whether no other pattern's paths name locales.

        Raises:
            InvalidSource: a file names a locale that is none, or two for one; or none, alone.
        """
        self.layer = layer
        self.prefix = f"{layer.namespace}." if layer.namespace else ""
        self._parse = parse
        self._known = known
        self._source = source
        self._messages: dict[str, list[Held]] = {}
        self._nearest: list[CatalogFile] | None = None
        self._source_texts: list[Held] = []
        found = dict.fromkeys(layer.files)
        problems: list[Diagnostic] = []
        for file in layer.shared:
            content = parse(file)
            if isinstance(content, InvalidSource):
                problems += content.diagnostics
            elif not content.others and alone:
                message = lacks_locale(layer.pattern)
                problems.append(Diagnostic("catalog-pattern", message, place, help=LOCALE_ADVICE))
            else:
                problems += _unfit(content.others, file.name, known)
                found |= dict.fromkeys(content.others or [source])
        if problems:
            raise InvalidSource(problems)
        self.locales = tuple(found)

    def of(self, locale: str) -> list[Held]:
        """Return the messages of one of its locales, by file.

        Raises:
            InvalidSource: a file is damaged, or two have the same message.
        """
        if locale not in self._messages:
            own = [(file, self._read(file).own) for file in self.layer.files.get(locale, ())]
            shared = [(file, self._in_shared(file, locale)) for file in self.layer.shared]
            held = [*own, *(each for each in shared if each[1])]
            problems = list(_twice(held))
            if problems:
                raise InvalidSource(problems)
            self._messages[locale] = held
        return self._messages[locale]

    def source_texts(self) -> Iterator[Held]:
        """Yield what the files say in the source locale beside a translation.

        Files are read as they come: who has found a text needs no more of them.

        Files of the source locale come first, then those whose text its readers take, then the
        others by name. Of texts that differ for one id the first is shown. What a file says in
        another language than the project's is left out.
        """
        if self._nearest is None:
            self._nearest = self._nearest_first()
        for number, file in enumerate(self._nearest):
            if number == len(self._source_texts):
                content = self._read(file)
                fits = content.source and self._is_source(content.source_locale)
                self._source_texts.append((file, content.source if fits else {}))
            held = self._source_texts[number]
            if held[1]:
                yield held

    def _nearest_first(self) -> list[CatalogFile]:
        """Return the files, those nearest to the source locale first."""
        files = {file: file.locale or self._source for file in self.layer.all_files}
        near = self._known.candidates(self._source, list(files.values()))
        ranks = {id: rank for rank, id in enumerate(near)}
        return sorted(files, key=lambda file: (ranks.get(files[file], len(ranks)), file.name))

    def _is_source(self, locale: str) -> bool:
        """Tell whether texts of a locale may be the project's source texts; no id: they are."""
        if not locale:
            return True
        pairs = (self._source, locale), (locale, self._source)
        try:
            return any(self._known.candidates(want, [there]) for want, there in pairs)
        except InvalidLocale:  # a language that only the author's tools know
            return False

    def _in_shared(self, file: CatalogFile, locale: str) -> Messages:
        content = self._read(file)
        if content.others or locale != self._source:
            return content.others.get(locale, {})
        return content.own

    def _read(self, file: CatalogFile) -> Content:
        content = self._parse(file)
        if isinstance(content, InvalidSource):
            raise InvalidSource(content.diagnostics)
        return content


def _twice(held: list[Held]) -> Iterator[Diagnostic]:
    """Yield the messages that two files of one locale have: which is meant, nobody said."""
    first: dict[str, Place] = {}
    for file, messages in held if len(held) > 1 else ():
        for id, message in messages.items():
            if message.state != "empty":
                place = message.place(file.name_of(id))
                if first.setdefault(id, place) is not place:
                    yield duplicate(f"message {id!r}", place, first[id])


def _unfit(ids: Iterable[str], file: str, known: KnownLocales) -> Iterator[Diagnostic]:
    """Yield what is wrong with the locales that a file names."""
    right = []
    for id in ids:
        try:
            known.parse(id)
            right.append(id)
        except InvalidLocale as error:
            advice = "declare it under `locales: custom:`, or take it out"
            yield Diagnostic("not-a-locale", str(error), Place(file), help=advice)
    for first, second in known.clashes(right):
        message = f"'{first}' and '{second}' are both locale '{known.parse(first).tag}'"
        yield Diagnostic("locale-clash", message, Place(file), help="keep one of them")
