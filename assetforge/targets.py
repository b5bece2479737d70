"""Where files go: output patterns, and what is wrong with the paths they give."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath

from assetforge.errors import Diagnostic
from assetforge.plan import Target
from assetforge.project import Project

FORMAT_OF_SUFFIX = {
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".webp": "webp",
    ".avif": "avif",
}

SUFFIX_OF_FORMAT = {"jpeg": "jpg"}
"""File suffixes that are not their format's name."""

RESERVED_NAMES = frozenset(
    {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"}
    | {f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"}
)
"""Names of devices on Windows, whatever their suffix."""

KEPT_FOLDERS = frozenset({".assetforge", ".git"})
MAX_NAME_BYTES = 200
"""Longest part of a target's path: 255 on most systems, less what a temporary name adds."""


OF_PICTURE = frozenset({"asset", "ext", "size", "width", "height"})
"""What may stand in an output besides the asset's axes."""


class OutputPattern:
    """An output as it is written, with `{name}` where a value goes; see `rendered.fill_in`.

    `of_picture` tells whether anything but values of axes goes into it.
    """

    __slots__ = ("_pieces", "_suffix", "of_picture", "written")

    def __init__(self, written: str) -> None:
        self.written = written
        # Texts and names in turn, a text first.
        self._pieces = re.split(r"\{(\w[\w-]*)\}", written)
        self.of_picture = not OF_PICTURE.isdisjoint(self._pieces[1::2])
        # A value is never empty, so what stands before it is no matter.
        self._suffix = suffix_of("x" + self._pieces[-1]) if len(self._pieces) > 1 else ""

    def suffix(self, values: Mapping[str, str]) -> str:
        """Return the suffix of the output with values in its places, in lower case."""
        return self._suffix or suffix_of(as_path(self.filled(values)))

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the output with values in its places; those that no value is for stay."""
        pieces = self._pieces.copy()
        for at in range(1, len(pieces), 2):
            value = values.get(pieces[at])
            pieces[at] = f"{{{pieces[at]}}}" if value is None else value
        return "".join(pieces)


def as_path(text: str) -> str:
    """Return a path in its plain form: no part is empty or `.`."""
    if text.startswith(("/", "./")) or "//" in text or "/./" in text or text.endswith(("/", "/.")):
        return str(PurePosixPath(text))
    return text or "."


def suffix_of(path: str) -> str:
    """Return the suffix of a path in its plain form, in lower case, with its dot; or nothing."""
    stem, dot, last = path[path.rfind("/") + 1 :].rpartition(".")
    return (dot + last).lower() if stem and last else ""


def target_problems(
    targets: Iterable[Target], project: Project, sources: set[str]
) -> list[Diagnostic]:
    """Return what is wrong with where files would go; `sources` are read by the plan's actions.

    No two in one place, none onto an input, none outside the project or where some system cannot
    have a file: a project that builds on one system builds on all.
    """
    check = _TargetCheck(project, sources)
    return [problem for target in targets if (problem := check.problem(target))]


class _TargetCheck:
    """Looks at targets one after the other; keeps what it knows of places and folders."""

    def __init__(self, project: Project, sources: set[str]) -> None:
        self.root = project.root
        self.document = project.loaded.document
        self.reads = {_on_any_system(path) for path in sources | project.inputs()}
        self.taken: dict[str, Target] = {}
        self.folders: dict[str, Target] = {}
        self.above: dict[str, tuple[str, ...]] = {"": ()}
        self.leads_out: dict[str, bool] = {"": False}

    def problem(self, target: Target) -> Diagnostic | None:
        """Return the first thing that is wrong with a target's path, if there is one."""
        if words := _misnamed(target.path):
            advice = "change the output, or the value in it"
            return self._at(target, "output-name", f"'{target.path}' {words}", advice)
        if self._leads_out(target.path.rpartition("/")[0]):
            words = f"the output '{target.path}' leads out of the project through a link"
            return self._at(target, "output-outside", words, "write it into a folder of its own")
        place = _on_any_system(target.path)
        other = self.taken.setdefault(place, target)
        if other is not target:
            return self._collision(other, target)
        if place in self.reads:
            words = f"the output '{target.path}' is also an input"
            return self._at(target, "output-is-input", words, "write it elsewhere")
        return self._in_the_way(target, place) or self._other_format(target)

    def _at(self, target: Target, code: str, message: str, advice: str) -> Diagnostic:
        place = self.document.place(("assets", target.variant.asset, "output"))
        return Diagnostic(code, message, place, "", advice)

    def _leads_out(self, folder: str) -> bool:
        """Tell whether a folder, or one above it, is a link to outside the project."""
        if folder not in self.leads_out:
            here = self.root / folder
            self.leads_out[folder] = self._leads_out(folder.rpartition("/")[0]) or (
                here.is_symlink() and not Path(os.path.realpath(here)).is_relative_to(self.root)
            )
        return self.leads_out[folder]

    def _collision(self, one: Target, two: Target) -> Diagnostic:
        if one.path != two.path:
            words = f"'{one.path}' and '{two.path}' are one file on macOS and Windows"
            return self._at(two, "output-collision", words, "rename one of the values in it")
        axis = missing_axis(one, two)
        words = f"two pictures would be written to '{two.path}'"
        return self._at(two, "output-collision", words, f"put {{{axis}}} into the output")

    def _in_the_way(self, target: Target, place: str) -> Diagnostic | None:
        """Return that one target is a folder of another, if it is."""
        above = self._folders_above(place.rpartition("/")[0])
        found = [self.taken[each] for each in above if each in self.taken]
        if place in self.folders:
            found.append(self.folders[place])
        for each in above:
            self.folders[each] = target
        if not found:
            return None
        words = f"'{target.path}' and '{found[0].path}': one would be a file and a folder"
        return self._at(target, "output-collision", words, "change one of the outputs")

    def _folders_above(self, folder: str) -> tuple[str, ...]:
        """Return a folder and those it is in, the outermost first."""
        if folder not in self.above:
            self.above[folder] = (*self._folders_above(folder.rpartition("/")[0]), folder)
        return self.above[folder]

    def _other_format(self, target: Target) -> Diagnostic | None:
        if FORMAT_OF_SUFFIX.get(suffix_of(target.path)) == target.format:
            return None
        words = f"the output '{target.path}' does not end in the format of its export"
        return self._at(target, "format-mismatch", words, f"'{target.format}' is made: use {{ext}}")


def missing_axis(one: Target, two: Target) -> str:
    """Return what an output pattern lacks that gives two targets one path."""
    if one.variant.asset != two.variant.asset:
        return "asset"
    values = one.variant.values.items() ^ two.variant.values.items()
    axes = [axis for axis in two.variant.values if axis in dict(values)]
    return (axes or ["ext" if one.format != two.format else "size"])[0]


def _on_any_system(path: str) -> str:
    """Return what is equal for paths that some system takes for one: case and accents aside."""
    if path.isascii():
        lowered = path.lower()
        return path if lowered == path else lowered
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def _misnamed(path: str) -> str | None:
    """Return why a path in its plain form cannot be a target; the rules of all systems.

    Source: learn.microsoft.com/windows/win32/fileio/naming-a-file, read 2026-11-21.
    """
    parts = path.split("/")
    if path.startswith("/") or ".." in parts or path == ".":
        return "is outside the project"
    if parts[0] in KEPT_FOLDERS:
        return f"is in '{parts[0]}', which is not for pictures"
    return next((words for part in parts if (words := _wrong_part(part))), None)


@lru_cache(maxsize=4096)
def _wrong_part(part: str) -> str | None:
    """Return why a part of a path cannot be a target's."""
    stem = part.partition(".")[0].rstrip().upper()
    if found := re.search(r'[<>:"\\|?*\x00-\x1f\x7f]', part):
        return f"holds {found[0]!r}, which a file's name cannot have on Windows"
    if part[-1] in " .":
        return "has a part that ends in a dot or space, which Windows drops"
    if stem in RESERVED_NAMES:
        return f"has the part '{part}', which is a device on Windows"
    if len(part.encode()) > MAX_NAME_BYTES:
        return f"has a part of more than {MAX_NAME_BYTES} bytes"
    return None
