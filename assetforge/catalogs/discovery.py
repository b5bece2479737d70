"""Which catalog files there are: the patterns of the pipeline file, matched against the project."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assetforge.errors import Diagnostic, InvalidSource, Place, did_you_mean
from assetforge.locales import InvalidLocale, KnownLocales, is_pseudo, language_of_country
from assetforge.pipeline import Locales, WrittenCatalog
from assetforge.reads import listing, reading

LOCALE = "{locale}"
FOLDER = "folder"
MESSAGE_SUFFIX = ".txt"
"""What the files of a folder of messages end in."""

LOCALE_ADVICE = f"put '{LOCALE}' where the locale stands, as in 'locales/{LOCALE}.po'"

# What fastlane keeps beside the locales.
_NO_LOCALES = frozenset(
    {"default", "review_information", "trade_representative_contact_information"}
)
_SHOWN = 3


LANGUAGE_TAGS = KnownLocales()
"""What is known where a project declares nothing."""


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """One catalog file, or folder of message files.

    Attributes:
        locale: the id as the path spells it; empty where the path names none.
        name: the path relative to the project root, with forward slashes.
        format: name of its reader.
        syntax: what the pipeline file says its texts are written in; empty: the format's own.
    """

    locale: str
    path: Path
    name: str
    format: str
    syntax: str = ""

    def name_of(self, message_id: str) -> str:
        """Return the name of the file that a message stands in: in a folder, each has its own."""
        return f"{self.name}/{message_id}{MESSAGE_SUFFIX}" if self.format == FOLDER else self.name


@dataclass(frozen=True, slots=True)
class Layer:
    """All files of one pattern; `namespace` is put before their messages' ids, unless empty.

    Attributes:
        files: those of each locale that a path names, in the order of their names.
        shared: those that name their locales inside.
    """

    namespace: str
    pattern: str
    files: Mapping[str, tuple[CatalogFile, ...]]
    shared: tuple[CatalogFile, ...] = ()

    @property
    def all_files(self) -> Iterator[CatalogFile]:
        """All of its files, in a stable order."""
        yield from self.shared
        for some in self.files.values():
            yield from some


@dataclass(frozen=True, slots=True)
class Discovery:
    """The catalogs of a project: layers in the order of the file, an earlier one wins.

    Attributes:
        root: the project root, resolved.
        folders: every folder that was looked into; a new file there may change the result.
        warnings: what fits a pattern but is no locale.
    """

    root: Path
    layers: tuple[Layer, ...]
    folders: tuple[Path, ...]
    warnings: tuple[Diagnostic, ...]


def discover(
    locales: Locales,
    root: Path,
    formats: Sequence[str],
    place: Place | None = None,
    known: KnownLocales = LANGUAGE_TAGS,
) -> Discovery:
    """Find the files of all catalog patterns, in a stable order.

    `formats` are the names of the installed readers; `place` is where the patterns are written.

    Raises:
        InvalidSource: a pattern is wrong or matches nothing, or two files are of one locale.
    """
    search = _Search(root.resolve(), formats, place, known)
    layers = [search.layer(namespace, written) for namespace, written in _patterns(locales)]
    if search.problems:
        raise InvalidSource(search.problems)
    folders = tuple(sorted(search.folders))
    return Discovery(search.root, tuple(layers), folders, tuple(search.warnings))


def lacks_locale(pattern: str) -> str:
    """Return the problem of a pattern that says nothing of the locale."""
    return f"pattern '{pattern}' lacks '{LOCALE}'"


def leads_out(path: Path, root: Path) -> bool:
    """Tell whether a path is a symbolic link to something outside the project."""
    return path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root)


def outside_project(name: str) -> Diagnostic:
    """Return the problem of a link that leaves the project."""
    return Diagnostic("outside-project", "is a link that leads out of the project", Place(name))


def _patterns(locales: Locales) -> list[tuple[str, WrittenCatalog]]:
    """Return namespace and pattern of each catalog, in order."""
    match locales.catalogs:
        case dict(named):
            return [(name, _written(each)) for name, each in named.items()]
        case list(several):
            return [("", _written(each)) for each in several]
        case one:
            return [("", _written(one))]


def _written(catalog: str | WrittenCatalog) -> WrittenCatalog:
    return WrittenCatalog(path=catalog) if isinstance(catalog, str) else catalog


class _Search:
    """The state of one discovery."""

    def __init__(
        self, root: Path, formats: Sequence[str], place: Place | None, known: KnownLocales
    ) -> None:
        self.root = root
        self.formats = formats
        self.place = place
        self.known = known
        self.folders: set[Path] = set()
        self.problems: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []
        self._missed: tuple[Path, str] = (root, "")

    def layer(self, namespace: str, written: WrittenCatalog) -> Layer:
        """Return the files of one pattern; what is wrong with it goes to `problems`."""
        pattern = written.path
        parts = PurePosixPath(pattern.replace("\\", "/")).parts
        format = self._format(parts, pattern)
        before, left_out = len(self.problems), len(self.warnings)
        self._missed = (self.root, pattern)
        files = list(self._files(parts, format, written.syntax or "")) if format else []
        if format and not files and len(self.problems) == before:
            no_locales = [str(warning.place) for warning in self.warnings[left_out:]]
            advice = f"'{no_locales[0]}' names no locale" if no_locales else self._advice()
            self._problem("no-catalog", f"pattern '{pattern}' matches no catalog", advice)
        self._refuse_clashes(files)
        by_locale: dict[str, tuple[CatalogFile, ...]] = {}
        for file in sorted(files, key=lambda file: (file.locale, file.name)):
            by_locale[file.locale] = (*by_locale.get(file.locale, ()), file)
        shared = by_locale.pop("", ())
        return Layer(namespace, pattern, by_locale, shared)

    def _problem(self, code: str, message: str, advice: str | None) -> None:
        self.problems.append(Diagnostic(code, message, self.place, help=advice))

    def _format(self, parts: Sequence[str], pattern: str) -> str:
        """Return the name of the pattern's reader, or an empty text if the pattern is wrong."""
        code, before = "catalog-pattern", f"pattern '{pattern}'"
        other = re.search(r"\{[^}]*\}?|\}|\?", pattern.replace(LOCALE, ""))
        if other:
            advice = f"only '{LOCALE}', '*' and '**' may vary"
            self._problem(code, f"{before} holds '{other[0]}'", advice)
            return ""
        suffix = PurePosixPath(parts[-1]).suffix.removeprefix(".").lower()
        if not suffix and LOCALE not in pattern:
            self._problem(code, lacks_locale(pattern), LOCALE_ADVICE)
            return ""
        if not suffix:
            return FOLDER
        known = sorted(set(self.formats) - {FOLDER})
        if suffix not in known:
            advice = did_you_mean(suffix, known) or f"known suffixes: {', '.join(known)}"
            self._problem("catalog-format", f"{before} has the unknown suffix '{suffix}'", advice)
            return ""
        return suffix

    def _files(self, parts: Sequence[str], format: str, syntax: str) -> Iterator[CatalogFile]:
        for locale, path in dict.fromkeys(self._walk(self.root, parts, None)):
            name = path.relative_to(self.root).as_posix()
            if format == FOLDER and not path.is_dir():
                continue
            usable = format == FOLDER or path.is_file()
            why = self._left_out(locale) if usable else "it is no file"
            if why is not None:
                if locale not in _NO_LOCALES:
                    message = f"is left out: {why}"
                    warning = Diagnostic("not-a-locale", message, Place(name), severity="warning")
                    self.warnings.append(warning)
                continue
            self._doubt(locale, name)
            yield CatalogFile(locale, path, name, format, syntax)

    def _doubt(self, locale: str, name: str) -> None:
        """Warn where a locale has the code of a country in place of its language's."""
        meant = locale and language_of_country(self.known.parse(locale).tag)
        if meant:
            message = f"'{locale}' is no language, but a country's code"
            help = f"name it '{meant}', or declare it under `locales: custom:`"
            warning = Diagnostic(
                "not-a-language", message, Place(name), help=help, severity="warning"
            )
            self.warnings.append(warning)

    def _left_out(self, locale: str) -> str | None:
        """Return why a file of a locale is not read; None if it is."""
        if is_pseudo(locale):
            return f"'{locale}' is a pseudo-locale, whose texts are made of the source texts"
        try:
            if locale:
                self.known.parse(locale)
        except InvalidLocale as error:
            return str(error)
        return None

    def _walk(
        self, folder: Path, parts: Sequence[str], locale: str | None
    ) -> Iterator[tuple[str, Path]]:
        """Yield the locale and path of everything below `folder` that fits the parts."""
        if not parts:
            yield locale or "", folder
            return
        self.folders.add(folder)
        if parts[0] == "**":
            yield from self._walk_below(folder, parts, locale)
            return
        fits = False
        for name, found in self._step(folder, parts[0], locale):
            path = folder / name
            if leads_out(path, self.root):
                self.problems.append(outside_project(path.relative_to(self.root).as_posix()))
            elif len(parts) == 1 or path.is_dir():
                fits = True
                yield from self._walk(path, parts[1:], found)
        if not fits:
            self._missed = (folder, parts[0])

    def _walk_below(
        self, folder: Path, parts: Sequence[str], locale: str | None
    ) -> Iterator[tuple[str, Path]]:
        """Yield what fits the parts behind a `**`, in this folder and in every folder below it."""
        yield from self._walk(folder, parts[1:], locale)
        for name in self._names(folder):
            path = folder / name
            if not name.startswith(".") and path.is_dir() and not path.is_symlink():
                yield from self._walk(path, parts, locale)

    def _step(
        self, folder: Path, part: str, locale: str | None
    ) -> Iterator[tuple[str, str | None]]:
        """Yield the names in a folder that fit one part of a pattern, and the locale so far."""
        names = self._names(folder)
        if locale is not None:
            part = part.replace(LOCALE, locale)
        if LOCALE not in part and "*" not in part:
            if part.startswith("."):
                reading(folder / part)  # a folder's names are noted without the hidden ones
            if part in names:
                yield part, locale
            return
        first, *others = (re.escape(each).replace(r"\*", ".*") for each in part.split(LOCALE))
        shape = re.compile(first + ("(.+)" if others else "") + r"\1".join(others), re.DOTALL)
        for name in names:
            match = shape.fullmatch(name)
            if match and not name.startswith(".") and not (others and match[1].startswith(".")):
                yield name, match[1] if others else locale

    def _names(self, folder: Path) -> list[str]:
        try:
            return sorted(
                path.name for path in listing(folder).iterdir() if path.name.isprintable()
            )
        except OSError as error:
            name = folder.relative_to(self.root).as_posix()
            reason = (error.strerror or "unknown").lower()
            self.problems.append(Diagnostic("unreadable", f"cannot be read: {reason}", Place(name)))
            return []

    def _advice(self) -> str | None:
        """Return what is there instead of the part that matched nothing."""
        folder, part = self._missed
        where = folder.relative_to(self.root).as_posix()
        there = [name for name in self._names(folder) if not name.startswith(".")]
        near = did_you_mean(part, there)
        if near:
            return near
        shown = ", ".join(f"'{name}'" for name in there[:_SHOWN])
        more = ", ..." if len(there) > _SHOWN else ""
        return f"'{where}' holds {shown}{more}" if there else f"'{where}' is empty"

    def _refuse_clashes(self, files: Sequence[CatalogFile]) -> None:
        names = {file.locale: file.name for file in files if file.locale}
        for first, second in self.known.clashes(names):
            tag = self.known.parse(first).tag
            self.problems.append(
                Diagnostic(
                    "locale-clash",
                    f"'{names[first]}' and '{names[second]}' are both for locale '{tag}'",
                    Place(names[second]),
                    help="keep one of them",
                    related=((Place(names[first]), "the other one"),),
                )
            )
