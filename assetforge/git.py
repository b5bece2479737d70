"""The one door to git: who writes, both sides of a conflict, and what other branches hold.

Where git or the repository is missing, there is nothing to be found, which is no error. Names of
refs and paths may hold anything: none is ever taken for an option or a pattern.
"""

from __future__ import annotations

import getpass
import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from assetforge.errors import AssetforgeError

TIMEOUT_SECONDS: Final = 60
"""How long git may take for one answer."""

NOBODY: Final = "unknown"
"""Who writes where the system has no name for it."""

LOCK: Final = ".lock"
"""How the names of the folders of locks end."""

QUIETLY: Final = {
    "LC_ALL": "C",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
}
"""What git is told: no translations, patterns, downloads, locks or questions."""


class Stages(NamedTuple):
    """A file in conflict: what both came from, what is here, and what is merged into it.

    None: that side does not have the file.
    """

    base: bytes | None
    ours: bytes | None
    theirs: bytes | None


def author(root: Path = Path()) -> str:
    """Return who writes, such as `Ada Lovelace <ada@example.org>`; without git, the login name."""
    said = _asked(root, "var", "GIT_AUTHOR_IDENT")
    # Time and zone stand behind it.
    name = (said or b"").decode("utf-8", "replace").strip().rsplit(" ", 2)[0]
    return name or _login()


def _login() -> str:
    # Without a name: OSError since Python 3.13, before it whatever the system's module says.
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return NOBODY


def is_repository(root: Path) -> bool:
    """Tell whether a folder is below a work tree that git can read."""
    return _asked(root, "rev-parse", "--is-inside-work-tree") == b"true\n"


def unmerged(root: Path, folder: str) -> list[str]:
    """Return the files in a folder that a merge left in conflict, relative to the root."""
    said = _asked(root, "ls-files", "--unmerged", "-z", "--", folder) or b""
    names = {each.partition(b"\t")[2] for each in said.split(b"\0") if each}
    return sorted(os.fsdecode(each) for each in names)


def stages(root: Path, path: str) -> Stages | None:
    """Return the sides of a file in conflict; None where git knows of no conflict."""
    found = Stages(*(_blob(root, f":{stage}:./{path}") for stage in (1, 2, 3)))
    return None if found == Stages(None, None, None) else found


def lock_files(root: Path, *, branches: bool, tags: bool) -> Iterator[tuple[str, str, bytes]]:
    """Yield ref, path and bytes of the files of all locks in all branches or tags, or both.

    Branches are local and remote ones. Locks are the folders directly below the root; they need not
    be in the work tree. Paths are relative to the root. What several refs have at one path is
    yielded once, under the first.

    Raises:
        AssetforgeError: git cannot say what a ref holds; whoever deletes must not go on.
    """
    patterns = ["refs/heads", "refs/remotes"] * branches + ["refs/tags"] * tags
    if not patterns or not is_repository(root):
        return
    folders, files = set(), set()
    for ref in _refs(root, patterns):
        for folder in _children(root, "tree", LOCK, ref):
            for name, blob in () if folder in folders else _files(root, folder):
                if (name, blob) not in files:
                    files.add((name, blob))
                    yield ref, name, _needed(root, "cat-file", "blob", blob)
            folders.add(folder)


def _refs(root: Path, patterns: list[str]) -> list[str]:
    """Return the refs that lead to files: all, but for tags of something that is no commit."""
    form = "%(refname) %(objecttype) %(*objecttype)"
    said = _needed(root, "for-each-ref", f"--format={form}", *patterns)
    rows = (os.fsdecode(each).split(" ") for each in said.splitlines())
    return [name for name, *kinds in rows if "commit" in kinds]


def _files(root: Path, folder: tuple[str, str]) -> list[tuple[str, str]]:
    """Return path and blob of every JSON file that is directly in a folder."""
    name, tree = folder
    found = _children(root, "blob", ".json", "--full-tree", tree)
    return [(f"{name}/{each}", blob) for each, blob in found]


def _children(root: Path, kind: str, ending: str, *whose: str) -> list[tuple[str, str]]:
    """Return name and object of what is directly in a tree, of a kind and with such an ending."""
    found = []
    for row in _needed(root, "ls-tree", "-z", *whose).split(b"\0"):
        about, _, name = row.partition(b"\t")
        if name.endswith(ending.encode()) and about.split()[1] == kind.encode():
            found.append((os.fsdecode(name), about.split()[2].decode()))
    return found


def _blob(root: Path, name: str) -> bytes | None:
    return _asked(root, "cat-file", "blob", name)


def _asked(root: Path, *arguments: str) -> bytes | None:
    """Return what git prints; None: it failed, took too long, or is not there."""
    try:
        return _run(root, *arguments).stdout
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _needed(root: Path, *arguments: str) -> bytes:
    """Return what git prints.

    Raises:
        AssetforgeError: it failed or took too long.
    """
    try:
        return _run(root, *arguments).stdout
    except (OSError, subprocess.SubprocessError) as error:
        said = getattr(error, "stderr", None) or str(error).encode()
        words = (said.decode("utf-8", "replace").strip().splitlines() or ["it says nothing"])[0]
        raise AssetforgeError(
            f"git cannot read the branches ({words}); check the repository with `git fsck`"
        ) from error


def _run(root: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    # A repository's own settings may name programs to run; none is needed to read it.
    command = ["git", "--no-pager", "-c", "core.fsmonitor=false", *arguments]
    return subprocess.run(
        command,
        cwd=root,
        env={**os.environ, **QUIETLY},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
        check=True,
    )
