"""A project's folder as it was in a commit: what planning looks for there is put in its place."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from assetforge import git
from assetforge.digest import digest_of_file
from assetforge.layout import STORE
from assetforge.reads import Reads

MOST_LINKS: Final = 40
"""Links that are followed one after the other, as Linux does."""

POINTER: Final = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:[^\n]*\n)*oid sha256:([0-9a-f]{64})\n"
)
"""What Git LFS puts in the place of a file. Source: its specification, read 2026-11-22."""

MOST_POINTER_BYTES: Final = 1024
"""Source: the same."""


class PastFolder:
    """A project's folder as it was in a commit, filled with what somebody looks for in it.

    Names are there once their folder was listed, bytes once a file was read. Links become copies of
    what they lead to, and those that lead out of the project are not there; nor is what lies in
    another repository.

    Attributes:
        place: where it is filled; nothing else may be there.
        lacking: the files that git has no bytes of, only a pointer of Git LFS.
    """

    def __init__(self, root: Path, tree: git.Object, place: Path) -> None:
        """Begin with an empty folder; `root` is the project's own, as it is now."""
        self.place = place
        self.lacking: list[str] = []
        self._root = root
        self._tree = tree
        self._names: dict[str, dict[str, git.Object]] = {}
        self._looked_for: set[str] = set()
        self._listed: set[str] = set()

    def fill(self, reads: Reads, root: Path) -> bool:
        """Put in place what was read below a folder; tell whether any of it was not there yet.

        Raises:
            AssetforgeError: git cannot say what the commit holds.
            OSError: it cannot be written.
        """
        folders = _below(root, (path for path, (_, names) in reads.folders.items())) - self._listed
        files = _below(root, reads.files) - self._looked_for
        self._know([*folders, *files])
        self._listed |= folders
        self._looked_for |= files
        listed = [self._list(each) for each in sorted(folders)]
        put = self._put({each: found for each in sorted(files) if (found := self._object(each))})
        return any(listed) or put

    def _know(self, paths: Iterable[str]) -> None:
        """Read the folders that some paths lead through, all of one depth at once."""
        at = [(self._tree, each.split("/")) for each in paths]
        while at:
            new = {each.id: each for each, _ in at if each.id not in self._names}
            self._names |= zip(new, git.names_at(self._root, list(new.values())), strict=True)
            steps = ((self._names[each.id].get(parts[0]), parts[1:]) for each, parts in at if parts)
            at = [
                (each, parts) for each, parts in steps if each is not None and each.kind == "tree"
            ]

    def _list(self, folder: str) -> bool:
        """Have a folder with the names in it; False: there was none."""
        found = self._object(folder)
        if found is None or found.kind != "tree":
            return False
        place = self.place / folder
        place.mkdir(parents=True, exist_ok=True)
        for name in filter(is_plain, self._names_in(found)):
            inner = self._object(posixpath.join(folder, name))
            with suppress(OSError):  # no file of this system can be called so
                if inner is not None and inner.kind == "blob":
                    (place / name).touch()
                elif inner is not None:
                    (place / name).mkdir(exist_ok=True)
        return True

    def _put(self, wanted: dict[str, git.Object]) -> bool:
        """Have folders, and files with their bytes."""
        blobs = {path: each for path, each in wanted.items() if each.kind == "blob"}
        for path in wanted.keys() - blobs.keys():
            (self.place / path).mkdir(parents=True, exist_ok=True)
        held = git.contents(self._root, list(blobs.values()))
        for path, data in zip(blobs, held, strict=True):
            place = self.place / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(self._meant(path, data))
        return bool(wanted)

    def _meant(self, path: str, data: bytes) -> bytes:
        """Return the bytes of a file; of one in Git LFS, those that are on this machine."""
        pointer = POINTER.match(data) if len(data) < MOST_POINTER_BYTES else None
        if pointer is None:
            return data
        digest = pointer[1].decode()
        own = self._root / path
        kept = git.common_folder(self._root) / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
        for each in (own, kept):
            with suppress(OSError):
                if digest_of_file(each) == digest:
                    return each.read_bytes()
        with suppress(OSError):
            if own.read_bytes() == data:  # it was not fetched for today's either
                return data
        self.lacking.append(path)
        return data

    def _object(self, path: str, links: int = MOST_LINKS) -> git.Object | None:
        """Return what is at a path, links followed as far as they stay in the project."""
        at, parts = self._tree, [each for each in path.split("/") if each != "."]
        for index, part in enumerate(parts):
            each = self._names_in(at).get(part) if at.kind == "tree" else None
            if each is None:
                return None
            if each.mode == git.LINK:
                (leads,) = git.contents(self._root, [each])
                where = ["/".join(parts[:index]) or ".", leads.decode(errors="replace")]
                end = posixpath.normpath(posixpath.join(*where, *parts[index + 1 :]))
                out = posixpath.isabs(end) or end.split("/")[0] == ".."
                return None if out or not links else self._object(end, links - 1)
            at = each
        return at

    def _names_in(self, tree: git.Object) -> dict[str, git.Object]:
        if tree.id not in self._names:
            (self._names[tree.id],) = git.names_at(self._root, [tree])
        return self._names[tree.id]


def is_plain(name: str) -> bool:
    """Tell whether a name is that of a file in a folder, and of none that is another's."""
    return Path(name).name == name and name not in ("..", ".git", STORE)


def _below(root: Path, paths: Collection[str] | Iterable[str]) -> set[str]:
    """Return those of some absolute paths that are sources below a folder, relative to it."""
    found = set()
    for each in paths:
        path = Path(each)
        if path.is_relative_to(root):
            inner = path.relative_to(root)
            if all(map(is_plain, inner.parts)):
                found.add(inner.as_posix())
    return found
