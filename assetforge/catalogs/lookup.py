"""The messages of a project: which text a locale shows for a message id, and what was tried."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from assetforge.catalogs.base import Message, Reader
from assetforge.catalogs.discovery import (
    CatalogFile,
    Discovery,
    Layer,
    discover,
    leads_out,
    outside_project,
)
from assetforge.catalogs.text import Messages, unreadable
from assetforge.errors import Diagnostic, InvalidSource, Place, did_you_mean
from assetforge.locales import InvalidLocale, candidates, parse_locale
from assetforge.pipeline import Locales

_Stamp: TypeAlias = tuple[tuple[str, int, int, int, int], ...]
_Content: TypeAlias = Mapping[str, Message] | InvalidSource

# Shared by all `Catalogs` of the process: a rebuild while watching parses only what changed.
_PARSED: dict[CatalogFile, tuple[_Stamp, _Content]] = {}

_PLACEHOLDER = re.compile(r"(?<!\{)\{([^\W\d][\w.-]*)\}(?!\})")


@dataclass(frozen=True, slots=True)
class Found:
    """A message, and the id of the locale that supplied it.

    `tried` are the locales before it that lack the message: a text added there changes the result.
    """

    message: Message
    locale: str
    tried: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """No locale of the language has the message; `tried` are those that were asked."""

    tried: tuple[str, ...]


class UnknownPlaceholder(ValueError):
    """A text holds `{name}`, and no value of that name was given."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        self.known = tuple(sorted(known))
        advice = did_you_mean(name, self.known) or f"known: {', '.join(self.known) or 'none'}"
        super().__init__(f"unknown placeholder '{{{name}}}'; {advice}")


def substitute(text: str, values: Mapping[str, object]) -> str:
    """Return a message text with each `{name}` replaced by its value.

    Anything else in braces, `{{name}}` too, stays as it is. Values are not looked into.

    Raises:
        UnknownPlaceholder: there is no value for a name.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise UnknownPlaceholder(match[1], values)
        return str(values[match[1]])

    return _PLACEHOLDER.sub(value, text)


class Catalogs:
    """All messages of a project, as its files were when each was first needed.

    A file is read when a message of its locale is looked up. Text of another language never
    stands in: what to do about a missing message is decided elsewhere.

    Attributes:
        locales: ids of all locales that have a catalog, sorted; of two layers that spell one
            locale differently, the first layer's id.
        source: id of the locale that the texts are first written in.
        warnings: what fits a catalog pattern but is no locale.
    """

    def __init__(self, discovery: Discovery, source: str, reader: Callable[[str], Reader]) -> None:
        self.source = source
        self.warnings: Sequence[Diagnostic] = discovery.warnings
        self._discovery = discovery
        self._reader = reader
        # The longest namespace first, so that `app.store` is not taken for `app`.
        self._layers = sorted(discovery.layers, key=lambda layer: -len(layer.namespace))
        self._loaded: dict[CatalogFile, _Content] = {}
        by_tag: dict[str, str] = {}
        for layer in discovery.layers:
            for id in layer.locales:
                by_tag.setdefault(parse_locale(id).tag, id)
        self.locales: tuple[str, ...] = tuple(sorted(by_tag.values()))

    @classmethod
    def open(
        cls,
        locales: Locales,
        root: Path,
        formats: Sequence[str],
        reader: Callable[[str], Reader],
        place: Place | None = None,
    ) -> Catalogs:
        """Find the catalogs of a pipeline file; `formats` and `reader` come from the registry.

        Raises:
            InvalidSource: a catalog pattern is wrong, or two files are of one locale.
        """
        return cls(discover(locales, root, formats, place), locales.source, reader)

    def targets(self, wanted: Literal["all"] | Sequence[str]) -> list[str]:
        """Return the locales to build: those that have a catalog, or the list as it is."""
        return list(self.locales if wanted == "all" else wanted)

    def known(self, locale: str) -> bool:
        """Tell whether some catalog, or the source text, may serve a locale."""
        try:
            return self._is_source(locale) or any(
                candidates(locale, layer.locales) for layer in self._layers
            )
        except InvalidLocale:
            return False

    def find(self, locale: str, message_id: str) -> Found | Missing:
        """Return the message that a locale shows for an id: an earlier catalog wins.

        Raises:
            InvalidLocale: the locale is no language tag.
            InvalidSource: a catalog that had to be read is damaged.
            ValueError: the id is empty.
        """
        if not message_id:
            raise ValueError("a message id may not be empty")
        tried: dict[str, None] = {}
        for layer, id in self._layers_of(message_id):
            chain = self._chain(locale, layer, tried)
            for at in chain:
                message = self._messages(layer.files[at]).get(id)
                if message is not None:
                    return Found(message, at, tuple(tried))
                tried[at] = None
            message = self._source_text(layer, id) if self._is_source(locale) else None
            if message is not None:
                return Found(message, self.source, tuple(tried))
        return Missing(tuple(tried))

    def missing(self, locale: str, message_ids: Iterable[str]) -> tuple[str, ...]:
        """Return those of the ids for which `find` has no message."""
        return tuple(id for id in message_ids if isinstance(self.find(locale, id), Missing))

    def ids(self, locale: str | None = None) -> tuple[str, ...]:
        """Return all message ids, sorted; with a locale, those that it has a message for.

        Raises:
            InvalidSource: a catalog is damaged.
        """
        found: set[str] = set()
        for layer in self._layers:
            prefix = f"{layer.namespace}." if layer.namespace else ""
            chain = layer.locales if locale is None else candidates(locale, layer.locales)
            for at in chain:
                found.update(prefix + id for id in self._messages(layer.files[at]))
            if locale is None or self._is_source(locale):
                for texts in self._source_texts(layer):
                    found.update(prefix + id for id in texts)
        return tuple(sorted(found))

    def problems(self) -> list[Diagnostic]:
        """Read every file and return what is wrong with the damaged ones."""
        problems: list[Diagnostic] = []
        for file in self._files():
            content = self._content(file)
            if isinstance(content, InvalidSource):
                problems.extend(content.diagnostics)
        return problems

    def files(self) -> tuple[Path, ...]:
        """Return all files that messages come from, sorted."""
        paths: set[Path] = set()
        for file in self._files():
            with suppress(OSError):  # an unreadable folder is among the `problems`
                paths.update(_plain_files(file.path))
        return tuple(sorted(paths))

    def folders(self) -> tuple[Path, ...]:
        """Return the folders in which a new file may be a catalog or a message, sorted."""
        inside = (file.path for file in self._files() if file.path.is_dir())
        return tuple(sorted({*self._discovery.folders, *inside}))

    def _files(self) -> Iterator[CatalogFile]:
        for layer in self._discovery.layers:
            yield from layer.files.values()

    def _layers_of(self, message_id: str) -> Iterator[tuple[Layer, str]]:
        """Yield the layers that may hold an id, and the id inside each."""
        for layer in self._layers:
            prefix = f"{layer.namespace}." if layer.namespace else ""
            id = message_id.removeprefix(prefix)
            if message_id.startswith(prefix) and id:
                yield layer, id

    def _chain(self, locale: str, layer: Layer, tried: dict[str, None]) -> list[str]:
        """Return the layer's candidates for a locale; note when it has no catalog of its own."""
        chain = candidates(locale, layer.locales)
        if not chain or parse_locale(chain[0]).tag != parse_locale(locale).tag:
            tried[locale] = None
        return chain

    def _is_source(self, locale: str) -> bool:
        return bool(candidates(locale, (self.source,)))

    def _source_text(self, layer: Layer, id: str) -> Message | None:
        """Return the text of an id that is itself the source text, if any file has that id."""
        return next((texts[id] for texts in self._source_texts(layer) if id in texts), None)

    def _source_texts(self, layer: Layer) -> Iterator[Mapping[str, Message]]:
        own = candidates(self.source, layer.locales)
        for at in dict.fromkeys((*own, *layer.locales)):
            messages = self._messages(layer.files[at])
            if isinstance(messages, Messages):
                yield messages.source_texts

    def _messages(self, file: CatalogFile) -> Mapping[str, Message]:
        content = self._content(file)
        if isinstance(content, InvalidSource):
            raise InvalidSource(content.diagnostics)
        return content

    def _content(self, file: CatalogFile) -> _Content:
        content = self._loaded.get(file)
        if content is None:
            content = self._loaded[file] = self._load(file)
        return content

    def _load(self, file: CatalogFile) -> _Content:
        """Return what a file holds; parsed only if it changed since the process last did."""
        try:
            stamp = _stamp(file, self._discovery.root)
            known = _PARSED.get(file)
            if known is not None and known[0] == stamp:
                return known[1]
            content: _Content = self._reader(file.format)(file.path, file.name)
        except InvalidSource as error:
            return error
        _PARSED[file] = stamp, content
        return content


def _plain_files(path: Path) -> list[Path]:
    """Return a file itself, or the files directly in a folder."""
    if not path.is_dir():
        return [path]
    return sorted(entry for entry in path.iterdir() if not entry.is_dir())


def _stamp(file: CatalogFile, root: Path) -> _Stamp:
    """Return what changes whenever the content of a catalog may have.

    Raises:
        InvalidSource: it cannot be read, or a file of a folder is a link out of the project.
    """
    try:
        paths = _plain_files(file.path)
        out = [path for path in paths if leads_out(path, root)]
        if out:
            raise InvalidSource(outside_project(f"{file.name}/{path.name}") for path in out)
        return tuple(map(_stamp_of, paths))
    except OSError as error:
        raise unreadable(file.name, error) from None


def _stamp_of(path: Path) -> tuple[str, int, int, int, int]:
    status = path.stat()
    return path.name, status.st_mtime_ns, status.st_size, status.st_ino, status.st_ctime_ns
