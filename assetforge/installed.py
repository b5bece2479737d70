"""What installed packages register: their entry points, and which packages those are.

`importlib.metadata` reads the same files, but importing it, with `email` and `zipfile`, takes
longer than planning a few pictures. Where packages may lie in archives, or are found by something
of their own, it is asked.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache, reduce
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from importlib.metadata import Distribution

ENTRY_POINTS = "entry_points.txt"
_INFO = (".dist-info", ".egg-info")
_SEPARATORS = re.compile("[-_.]+")


class NotInstalled(LookupError):
    """Nobody says which version of a package there is."""


class Point(NamedTuple):
    """A name that a package registers, and what it stands for: `module:attribute`."""

    name: str
    value: str

    def load(self) -> Any:
        """Import the module and return what is meant.

        Raises:
            ImportError, AttributeError: it is not there.
        """
        module, _, attributes = self.value.partition("[")[0].partition(":")
        names = filter(None, attributes.strip().split("."))
        return reduce(getattr, names, import_module(module.strip()))


Finders: TypeAlias = tuple[type, ...]
"""Classes that find packages besides Python's own."""


class Package(NamedTuple):
    """A package that registers something: its name as looked up, its version, and what.

    `name` is in lower case with `_` between its parts.
    """

    name: str
    version: str
    text: str


def packages() -> tuple[Package, ...]:
    """Return the installed packages that register entry points, in the order they are found."""
    return _packages(tuple((each, _changed(each)) for each in sys.path), _finders())


def _changed(folder: str) -> int:
    """Return when a package was last put into a folder, or taken out of it: its time in ns."""
    try:
        return os.stat(folder or ".").st_mtime_ns  # noqa: PTH116
    except OSError:
        return 0


def version(name: str) -> str:
    """Return the version of an installed package.

    Raises:
        NotInstalled: no package of this name says its version.
    """
    wanted = _normal(name)
    found = (each for folder in sys.path for each in _infos(folder))
    known = next((version for _, package, version in found if package == wanted), "")
    if not known:
        raise NotInstalled(name)
    return known


@lru_cache(maxsize=4)
def _packages(folders: tuple[tuple[str, int], ...], finders: Finders) -> tuple[Package, ...]:
    if not finders and not any(map(_is_archive, sys.path)):
        return tuple(_unique(_found()))
    # Imported here: this module is there so that most processes need not.
    from importlib.metadata import distributions

    texts = ((each, each.read_text(ENTRY_POINTS)) for each in distributions())
    return tuple(_unique(_described(each, text) for each, text in texts if text))


def _described(found: Distribution, text: str) -> Package:
    """Return a package; one that says neither its name nor its version is known by what it has."""
    try:
        return Package(_normal(found.metadata["Name"]), found.version, text)
    except (OSError, LookupError, TypeError):
        return Package(text, "", text)


def points(group: str) -> dict[str, Point]:
    """Return what packages register in a group, by name; a later package's goes first."""
    return {
        name: Point(name, value)
        for each in packages()
        for section, name, value in _entries(each.text)
        if section == group
    }


def _finders() -> Finders:
    """Return what finds packages elsewhere than in the folders that `sys.path` names."""
    kinds = {each if isinstance(each, type) else type(each): None for each in sys.meta_path}
    found = (each for each in kinds if hasattr(each, "find_distributions"))
    return tuple(each for each in found if not each.__module__.startswith("_frozen_importlib"))


def _is_archive(path: str) -> bool:
    return os.path.isfile(path) or path.endswith(".egg")  # noqa: PTH113


def _found() -> Iterator[Package]:
    for folder in sys.path:
        for entry, name, version in _infos(folder):
            if text := _read(folder, entry):
                yield Package(name, version, text)


def _infos(folder: str) -> Iterator[tuple[str, str, str]]:
    """Yield, of each package in a folder, where its metadata are, its name and its version.

    They are called `name-version.dist-info`.
    Source: packaging.python.org, "Recording installed projects".
    """
    try:
        entries = os.listdir(folder or ".")  # noqa: PTH208
    except OSError:
        return
    for entry in entries:
        if entry.lower().endswith(_INFO):
            name, _, version = entry.rpartition(".")[0].partition("-")
            yield entry, _normal(name), version


def _read(folder: str, name: str) -> str:
    """Return what a package registers; empty for one that registers nothing."""
    try:
        with open(os.path.join(folder, name, ENTRY_POINTS), encoding="utf-8") as file:  # noqa: PTH118, PTH123
            return file.read()
    except OSError:
        return ""


def _unique(found: Iterable[Package]) -> Iterator[Package]:
    """Yield each package once: of two of a name, the one that is imported."""
    seen = set()
    for each in found:
        if each.name not in seen:
            seen.add(each.name)
            yield each


def _normal(name: str) -> str:
    return _SEPARATORS.sub("_", name).lower()


def _entries(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield section, name and value of each line."""
    section = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
        elif line and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield section, name.strip(), value.strip()
