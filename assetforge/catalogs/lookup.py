"""The messages of a project: which text a locale shows for a message id, and what was tried."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from assetforge.catalogs.base import Content, Message, Reader
from assetforge.catalogs.discovery import LANGUAGE_TAGS, CatalogFile, Layer, discover
from assetforge.catalogs.layer import LayerMessages
from assetforge.catalogs.parsed import Parser, plain_files
from assetforge.errors import Diagnostic, InvalidSource, Place
from assetforge.locales import InvalidLocale, KnownLocales, is_pseudo, parse_locale
from assetforge.messages.measure import longest
from assetforge.messages.pattern import Value
from assetforge.messages.pseudo import accented, accented_part, mirrored
from assetforge.pipeline import Locales

_PSEUDO_TEXTS: Mapping[str, Callable[[Value], Value]] = {"en-XA": accented, "ar-XB": mirrored}
"""Pseudo-locale → what it makes of a source text; the third one takes the longest translation."""

_PSEUDO_PARTS: Mapping[str, Callable[[Value], Value]] = {
    "en-XA": accented_part,
    "ar-XB": mirrored,
}
"""The same, of a text that is shown inside another."""


@dataclass(frozen=True, slots=True)
class Found:
    """A message, and the id of the locale that supplied it.

    `tried` are the locales before it that lack the message: a text added there changes the result.
    `file` is the name of the file that it stands in, `namespace` what is put before its ids.
    """

    message: Message
    locale: str
    tried: tuple[str, ...]
    file: str = ""
    namespace: str = ""

    @property
    def place(self) -> Place:
        """Where the message stands."""
        return self.message.place(self.file)


@dataclass(frozen=True, slots=True)
class Missing:
    """No locale of the language has the message; `tried` are those that were asked.

    `fuzzy` tells whether one of them has a translation that its translator is not sure of.
    """

    tried: tuple[str, ...]
    fuzzy: bool = False


class Catalogs:
    """All messages of a project, as its files were when each was first needed.

    A file is read when a message of its locale is looked up. Text of another language never
    stands in: what to do about a missing message is decided elsewhere.

    Attributes:
        locales: ids of all locales that have a catalog, sorted; of two layers that spell one
            locale differently, the first layer's id.
        source: id of the locale that the texts are first written in.
        known: the locales the project knows.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        section: Locales,
        known: KnownLocales,
        parser: Parser,
        *,
        folders: Sequence[Path] = (),
        warnings: Sequence[Diagnostic] = (),
        place: Place | None = None,
    ) -> None:
        self.source = section.source
        self.known = known
        self._warnings = warnings
        self._folders = folders
        self._parser = parser
        self._shown = ("", "fuzzy") if section.use_fuzzy else ("",)
        self._contents: dict[CatalogFile, Content | InvalidSource] = {}
        # The longest namespace first, so that `app.store` is not taken for `app`.
        ordered = sorted(layers, key=lambda layer: -len(layer.namespace))
        named = [layer for layer in layers if layer.files]
        self._layers = [
            LayerMessages(
                layer,
                self._content,
                known,
                place,
                section.source,
                alone=named in ([], [layer]),
            )
            for layer in ordered
        ]
        self._chains: dict[tuple[str, int], tuple[tuple[str, ...], bool]] = {}
        self._longest: dict[str, Found | Missing] = {}
        self._sources: dict[str, Found | Missing] = {}
        by_identity: dict[str, str] = {}
        for layer in sorted(self._layers, key=lambda each: layers.index(each.layer)):
            for id in (id for id in layer.locales if not is_pseudo(id)):
                by_identity.setdefault(known.identity(id), id)
        self.locales: tuple[str, ...] = tuple(sorted(by_identity.values()))

    @classmethod
    def open(
        cls,
        locales: Locales,
        root: Path,
        formats: Sequence[str],
        reader: Callable[[str], Reader],
        place: Place | None = None,
        known: KnownLocales = LANGUAGE_TAGS,
        keep_in: Path | None = None,
    ) -> Catalogs:
        """Find the catalogs of a pipeline file; `formats` and `reader` come from the registry.

        `keep_in` is a folder that parsed files are kept in for the next process.

        Raises:
            InvalidSource: a catalog pattern is wrong, or two files are of one locale.
        """
        found = discover(locales, root, formats, place, known)
        return cls(
            found.layers,
            locales,
            known,
            Parser(found.root, reader, keep_in),
            folders=found.folders,
            warnings=found.warnings,
            place=place,
        )

    def serves(self, locale: str) -> bool:
        """Tell whether some catalog, the source text or another locale may serve a locale."""
        try:
            return self._is_source(locale) or any(
                self.known.candidates(locale, layer.locales)
                or self.known.fallbacks(locale, layer.locales)
                for layer in self._layers
            )
        except InvalidLocale:
            return False

    def find(self, locale: str, message_id: str, *, part: bool = False) -> Found | Missing:
        """Return the message that a locale shows for an id: an earlier catalog wins.

        A pseudo-locale shows what is made of the source text, or the longest translation. `part`
        is for a message that is shown inside another.

        Raises:
            InvalidLocale: the locale is no language tag.
            InvalidSource: a catalog that had to be read is damaged.
            ValueError: the id is empty.
        """
        if not message_id:
            raise ValueError("a message id may not be empty")
        if is_pseudo(locale):
            return self._pseudo(locale, message_id, part=part)
        tried: dict[str, None] = {}
        fuzzy = False
        for layer, id in self._layers_of(message_id):
            for at in self._chain(locale, layer, tried):
                for file, messages in layer.of(at):
                    message = messages.get(id)
                    if message is not None and message.state in self._shown:
                        where = file.name_of(id)
                        return Found(message, at, tuple(tried), where, layer.layer.namespace)
                    fuzzy = fuzzy or (message is not None and message.state == "fuzzy")
                tried[at] = None
            if self._is_source(locale):
                for file, messages in layer.source_texts():
                    if id in messages:
                        where = file.name_of(id)
                        asked = tuple(tried)
                        return Found(messages[id], self.source, asked, where, layer.layer.namespace)
        return Missing(tuple(tried), fuzzy)

    def source_of(self, message_id: str) -> Found | Missing:
        """Return what `find` does for the source locale; asked for with every translation.

        Raises:
            InvalidSource: a catalog that had to be read is damaged.
        """
        if message_id not in self._sources:
            self._sources[message_id] = self.find(self.source, message_id)
        return self._sources[message_id]

    def ids(self, locale: str | None = None) -> tuple[str, ...]:
        """Return all message ids, sorted; with a locale, those that it has a message for.

        Raises:
            InvalidSource: a catalog is damaged.
        """
        found: set[str] = set()
        for layer in self._layers:
            chain = (
                layer.locales if locale is None else self.known.candidates(locale, layer.locales)
            )
            for at in chain:
                for _, messages in layer.of(at):
                    found.update(
                        layer.prefix + id
                        for id, message in messages.items()
                        if locale is None or message.state in self._shown
                    )
            if locale is None or self._is_source(locale):
                for _, messages in layer.source_texts():
                    found.update(layer.prefix + id for id in messages)
        return tuple(sorted(found))

    @cached_property
    def all_ids(self) -> frozenset[str]:
        """All message ids, in any locale whose files can be read."""
        found: set[str] = set()
        for layer in self._layers:
            for at in layer.locales:
                with suppress(InvalidSource):  # told where the locale itself is needed
                    for _, messages in layer.of(at):
                        found.update(layer.prefix + id for id in messages)
            with suppress(InvalidSource):
                for _, messages in layer.source_texts():
                    found.update(layer.prefix + id for id in messages)
        return frozenset(found)

    def entries(self, locale: str) -> Iterator[tuple[str, Message, Place]]:
        """Yield id, message and place of everything a locale's own files hold, in their order.

        Raises:
            InvalidSource: a catalog is damaged.
        """
        for layer in self._layers:
            for file, messages in layer.of(locale):
                for id, message in messages.items():
                    yield layer.prefix + id, message, message.place(file.name_of(id))

    def entry(self, locale: str, message_id: str) -> Message | None:
        """Return a message as the files of one locale have it, of whatever state; None: none.

        Of the source locale also as files of other locales quote it.

        Raises:
            InvalidSource: a catalog that had to be read is damaged.
        """
        unsure = None
        for layer, id in self._layers_of(message_id):
            held = (messages.get(id) for _, messages in layer.of(locale))
            for message in (each for each in held if each is not None):
                if message.state in self._shown:
                    return message
                unsure = unsure or message
            if self._is_source(locale):
                for _, messages in layer.source_texts():
                    if id in messages:
                        return messages[id]
        return unsure

    def holders(
        self, locale: str, message_id: str
    ) -> Iterator[tuple[CatalogFile, str, Message | None]]:
        """Yield a locale's own files that may hold a message: those that win first.

        With each its id in that file, and the message as the file has it, of whatever state.

        Raises:
            InvalidSource: a catalog that had to be read is damaged.
        """
        for layer, id in self._layers_of(message_id):
            for at in self._chain(locale, layer, {}):
                if self.known.identity(at) == self.known.identity(locale):
                    for file, messages in layer.of(at):
                        yield file, id, messages.get(id)

    def files_for(self, locale: str) -> Iterator[Path]:
        """Yield the files, or folders of files, that texts of a locale are looked up in.

        Raises:
            InvalidSource: a catalog that had to be read is damaged.
        """
        for layer in self._layers:
            yield from (file.path for file, _ in layer.of(locale))
            if self._is_source(locale):
                yield from (file.path for file in layer.layer.all_files)

    def problems(self) -> list[Diagnostic]:
        """Read every file and return what is wrong with the damaged ones."""
        problems: list[Diagnostic] = []
        for file in self._files():
            content = self._content(file)
            if isinstance(content, InvalidSource):
                problems.extend(content.diagnostics)
        return problems

    @property
    def warnings(self) -> list[Diagnostic]:
        """What fits a pattern but is no locale, and what is odd in the files read so far."""
        found = list(self._warnings)
        for content in self._contents.values():
            if isinstance(content, Content):
                found.extend(content.warnings)
        return found

    def files(self) -> tuple[Path, ...]:
        """Return all files that messages come from, sorted."""
        paths: set[Path] = set()
        for file in self._files():
            with suppress(OSError):  # an unreadable folder is among the `problems`
                paths.update(plain_files(file.path))
        return tuple(sorted(paths))

    def folders(self) -> tuple[Path, ...]:
        """Return the folders in which a new file may be a catalog or a message, sorted."""
        inside = (file.path for file in self._files() if file.path.is_dir())
        return tuple(sorted({*self._folders, *inside}))

    def _files(self) -> Iterator[CatalogFile]:
        for layer in self._layers:
            yield from layer.layer.all_files

    def _layers_of(self, message_id: str) -> Iterator[tuple[LayerMessages, str]]:
        """Yield the layers that may hold an id, and the id inside each."""
        for layer in self._layers:
            id = message_id.removeprefix(layer.prefix)
            if message_id.startswith(layer.prefix) and id:
                yield layer, id

    def _chain(self, locale: str, layer: LayerMessages, tried: dict[str, None]) -> Sequence[str]:
        """Return the layer's candidates for a locale; note when it has no catalog of its own."""
        slot = (locale, id(layer))
        if slot not in self._chains:
            chain = self.known.candidates(locale, layer.locales)
            own = bool(chain) and self.known.identity(chain[0]) == self.known.identity(locale)
            self._chains[slot] = tuple(chain), own
        found, own = self._chains[slot]
        if not own:
            tried[locale] = None
        return found

    def _is_source(self, locale: str) -> bool:
        return bool(self.known.candidates(locale, (self.source,)))

    def _pseudo(self, locale: str, message_id: str, *, part: bool) -> Found | Missing:
        """Return the message of a locale that nobody speaks."""
        real = self.source_of(message_id)
        if isinstance(real, Missing):
            return real
        make = (_PSEUDO_PARTS if part else _PSEUDO_TEXTS).get(parse_locale(locale).tag)
        if make is None:
            return self._longest_of(message_id, real)
        message = real.message._replace(value=make(real.message.value))
        return Found(message, real.locale, real.tried, real.file, real.namespace)

    def _longest_of(self, message_id: str, source: Found) -> Found | Missing:
        """Return the longest translation of a message, among locales that run left to right."""
        if message_id not in self._longest:
            there: dict[str, Found] = {source.locale: source}
            for id in self.locales:
                found = self.find(id, message_id)
                if isinstance(found, Found) and not self.known.parse(id).mirror:
                    there.setdefault(found.locale, found)
            values: dict[str, Value] = {id: each.message.value for id, each in there.items()}
            self._longest[message_id] = there[longest(values)]
        return self._longest[message_id]

    def _content(self, file: CatalogFile) -> Content | InvalidSource:
        content = self._contents.get(file)
        if content is None:
            content = self._contents[file] = self._parser.parse(file)
        return content
