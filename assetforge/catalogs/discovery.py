"""Which catalog files there are: the patterns of the pipeline file, matched against the project."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from assetforge.errors import Diagnostic, InvalidSource, Place, did_you_mean
from assetforge.locales import InvalidLocale, clashes, parse_locale
from assetforge.pipeline import Locales

LOCALE = "{locale}"
FOLDER = "folder"

# What fastlane keeps beside the locales.
_NO_LOCALES = frozenset(
    {"default", "review_information", "trade_representative_contact_information"}
)
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """One catalog file, or folder of message files, of one locale.

    Attributes:
        locale: the id as the path spells it.
        name: the path relative to the project root, with forward slashes.
        format: name of its reader.
    """

    locale: str
    path: Path
    name: str
    format: str


@dataclass(frozen=True, slots=True)
class Layer:
    """All files of one pattern; `namespace` is put before their messages' ids, unless empty."""

    namespace: str
    pattern: str
    locales: tuple[str, ...]
    files: Mapping[str, CatalogFile]


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
    locales: Locales, root: Path, formats: Sequence[str], place: Place | None = None
) -> Discovery:
    """Find the files of all catalog patterns, in a stable order.

    `formats` are the names of the installed readers; `place` is where the patterns are written.

    Raises:
        InvalidSource: a pattern is wrong or matches nothing, or two files are of one locale.
    """
    search = _Search(root.resolve(), formats, place)
    layers = [search.layer(namespace, pattern) for namespace, pattern in _patterns(locales)]
    if search.problems:
        raise InvalidSource(search.problems)
    folders = tuple(sorted(search.folders))
    return Discovery(search.root, tuple(layers), folders, tuple(search.warnings))


def leads_out(path: Path, root: Path) -> bool:
    """Tell whether a path is a symbolic link to something outside the project."""
    return path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(root)


def outside_project(name: str) -> Diagnostic:
    """Return the problem of a link that leaves the project."""
    return Diagnostic("outside-project", "is a link that leads out of the project", Place(name))


def _patterns(locales: Locales) -> list[tuple[str, str]]:
    """Return namespace and pattern of each catalog, in order."""
    match locales.catalogs:
        case str(pattern):
            return [("", pattern)]
        case dict(named):
            return list(named.items())
        case patterns:
            return [("", pattern) for pattern in patterns]


class _Search:
    """The state of one discovery."""

    def __init__(self, root: Path, formats: Sequence[str], place: Place | None) -> None:
        self.root = root
        self.formats = formats
        self.place = place
        self.folders: set[Path] = set()
        self.problems: list[Diagnostic] = []
        self.warnings: list[Diagnostic] = []
        self._missed: tuple[Path, str] = (root, "")

    def layer(self, namespace: str, pattern: str) -> Layer:
        """Return the files of one pattern; what is wrong with it goes to `problems`."""
        parts = PurePosixPath(pattern.replace("\\", "/")).parts
        format = self._format(parts, pattern)
        before, left_out = len(self.problems), len(self.warnings)
        self._missed = (self.root, pattern)
        files = list(self._files(parts, format)) if format else []
        if format and not files and len(self.problems) == before:
            no_locales = [str(warning.place) for warning in self.warnings[left_out:]]
            advice = f"'{no_locales[0]}' names no locale" if no_locales else self._advice()
            self._problem("no-catalog", f"pattern '{pattern}' matches no catalog", advice)
        self._refuse_clashes(files)
        by_locale = {file.locale: file for file in sorted(files, key=lambda file: file.locale)}
        return Layer(namespace, pattern, tuple(by_locale), by_locale)

    def _problem(self, code: str, message: str, advice: str | None) -> None:
        self.problems.append(Diagnostic(code, message, self.place, help=advice))

    def _format(self, parts: Sequence[str], pattern: str) -> str:
        """Return the name of the pattern's reader, or an empty text if the pattern is wrong."""
        code, before = "catalog-pattern", f"pattern '{pattern}'"
        other = re.search(r"\{[^}]*\}?|\}|[*?]", pattern.replace(LOCALE, ""))
        if other:
            self._problem(code, f"{before} holds '{other[0]}'", f"only '{LOCALE}' may vary")
            return ""
        if LOCALE not in pattern:
            advice = f"put '{LOCALE}' where the locale stands, as in 'locales/{LOCALE}.po'"
            self._problem(code, f"{before} lacks '{LOCALE}'", advice)
            return ""
        suffix = PurePosixPath(parts[-1]).suffix.removeprefix(".").lower()
        if not suffix:
            return FOLDER
        known = sorted(set(self.formats) - {FOLDER})
        if suffix not in known:
            advice = did_you_mean(suffix, known) or f"known suffixes: {', '.join(known)}"
            self._problem("catalog-format", f"{before} has the unknown suffix '{suffix}'", advice)
            return ""
        return suffix

    def _files(self, parts: Sequence[str], format: str) -> Iterator[CatalogFile]:
        for locale, path in self._walk(self.root, parts, None):
            name = path.relative_to(self.root).as_posix()
            if not (path.is_dir() if format == FOLDER else path.is_file()):
                continue
            try:
                parse_locale(locale)
            except InvalidLocale as error:
                if locale not in _NO_LOCALES:
                    message = f"is left out: {error}"
                    warning = Diagnostic("not-a-locale", message, Place(name), severity="warning")
                    self.warnings.append(warning)
                continue
            yield CatalogFile(locale, path, name, format)

    def _walk(
        self, folder: Path, parts: Sequence[str], locale: str | None
    ) -> Iterator[tuple[str, Path]]:
        """Yield the locale and path of everything below `folder` that fits the parts."""
        if not parts:
            yield locale or "", folder
            return
        self.folders.add(folder)
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

    def _step(
        self, folder: Path, part: str, locale: str | None
    ) -> Iterator[tuple[str, str | None]]:
        """Yield the names in a folder that fit one part of a pattern, and the locale so far."""
        names = self._names(folder)
        if locale is not None or LOCALE not in part:
            name = part.replace(LOCALE, locale or "")
            if name in names:
                yield name, locale
            return
        first, *others = map(re.escape, part.split(LOCALE))
        shape = re.compile(first + "(.+)" + r"\1".join(others), re.DOTALL)
        for name in names:
            match = shape.fullmatch(name)
            if match and not match[1].startswith("."):
                yield name, match[1]

    def _names(self, folder: Path) -> list[str]:
        try:
            return sorted(path.name for path in folder.iterdir() if path.name.isprintable())
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
        names = {file.locale: file.name for file in files}
        for first, second in clashes(names):
            tag = parse_locale(first).tag
            self.problems.append(
                Diagnostic(
                    "locale-clash",
                    f"'{names[first]}' and '{names[second]}' are both for locale '{tag}'",
                    Place(names[second]),
                    help="keep one of them",
                    related=((Place(names[first]), "the other one"),),
                )
            )
