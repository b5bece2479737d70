"""The one door to git: who writes, both sides of a conflict, and what other branches hold.

Where git or the repository is missing, there is nothing to be found, which is no error. Names of
refs and paths may hold anything: none is ever taken for an option or a pattern.
"""

from __future__ import annotations

import getpass
import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from assetforge.errors import AssetforgeError, UsageProblem, did_you_mean

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


FETCH: Final = "fetch it first, such as `git fetch origin main`; in CI, check out all history"
"""What to do where a commit is not here."""

DEEPEN: Final = "this clone is shallow: `git fetch --unshallow`, or `fetch-depth: 0` in CI"
"""What to do where a clone has only the newest commits."""

SUCH_AS: Final = "`--since origin/main`"

MOST_BYTES: Final = 1_000_000_000
"""The most that is read of a commit."""

TOGETHER: Final = 32_000_000
"""Bytes of a commit that are in memory at once, unless one file has more."""

OTHER_KINDS: Final = {b"40000": "tree", b"160000": "commit"}
"""Mode → what it is the mode of, for all that is no file. Source: git's `object.h`."""

LINK: Final = "120000"
"""Mode of an object that is a symbolic link; what it holds is where it leads."""


class Stages(NamedTuple):
    """A file in conflict: what both came from, what is here, and what is merged into it.

    None: that side does not have the file.
    """

    base: bytes | None
    ours: bytes | None
    theirs: bytes | None


class Object(NamedTuple):
    """What a folder of a commit holds under a name.

    Kind and mode are git's words: `blob`, `tree` or `commit`, which is another repository.
    """

    kind: str
    id: str
    mode: str = ""


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


def parting(root: Path, ref: str) -> str:
    """Return the commit where the work that is here parted from a ref.

    That is the latest one that both come from: the ref's own, as long as it has no newer ones.

    Raises:
        UsageProblem: there is no such commit here, or no repository, or no git; says what to do.
    """
    _require_repository(root)
    if not ref:
        raise UsageProblem(f"--since is empty; name a branch, tag or commit, such as {SUCH_AS}")
    # None of what a ref can be called begins so, and git would take it for an option.
    named = (
        None if ref.startswith("-") else _asked(root, "rev-parse", "--verify", f"{ref}^{{commit}}")
    )
    if named is None:
        raise UsageProblem(f"git knows no commit '{ref}' here; {_advice_on(root, ref)}")
    found = _asked(root, "merge-base", named.decode().strip(), "HEAD")
    if found is None and _asked(root, "rev-parse", "--verify", "HEAD") is None:
        raise UsageProblem("there is no commit yet to compare with; commit something first")
    if found is None:
        advice = DEEPEN if _is_shallow(root) else "name a commit that HEAD comes from"
        raise UsageProblem(f"'{ref}' and HEAD have no commit in common here; {advice}")
    return found.decode().strip()


def _advice_on(root: Path, ref: str) -> str:
    """Return what to do about a ref that names no commit here."""
    if _is_shallow(root):  # names of what is here lead astray: most is not
        return DEEPEN
    known = [each.partition("/")[2].partition("/")[2] for each in _names_of_refs(root)]
    return did_you_mean(ref, known) or FETCH


def _is_shallow(root: Path) -> bool:
    return _asked(root, "rev-parse", "--is-shallow-repository") == b"true\n"


def _require_repository(root: Path) -> None:
    try:
        _run(root, "rev-parse", "--is-inside-work-tree")
    except FileNotFoundError as error:
        raise UsageProblem(
            "git is not installed, and a comparison with a commit needs it"
        ) from error
    except (OSError, subprocess.SubprocessError) as error:
        raise UsageProblem(
            f"there is no git repository here to compare with ({_words(error)})"
        ) from error


def _names_of_refs(root: Path) -> list[str]:
    said = _asked(
        root, "for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes", "refs/tags"
    )
    return [os.fsdecode(each) for each in (said or b"").splitlines()]


def common_folder(root: Path) -> Path:
    """Return the folder in which a repository keeps what all its work trees share."""
    said = _needed(root, "rev-parse", "--git-common-dir")
    return root / os.fsdecode(said.rstrip(b"\n"))


def head(root: Path) -> str | None:
    """Return the commit that is checked out; None: there is none."""
    said = _asked(root, "rev-parse", "--verify", "HEAD")
    return None if said is None else said.decode().strip()


def prefix(root: Path) -> str | None:
    """Return where a folder is in its repository, such as `pictures/`; None: in none."""
    said = _asked(root, "rev-parse", "--show-prefix")
    return None if said is None else os.fsdecode(said).removesuffix("\n")


def file_at(root: Path, commit: str, path: str) -> bytes | None:
    """Return the bytes of a file of a folder as it was in a commit; None: there was none."""
    return _blob(root, f"{commit}:./{path}")


def folder_at(root: Path, commit: str) -> Object | None:
    """Return a folder of the work tree as it was in a commit; None: there was none."""
    said = _asked(root, "rev-parse", "--verify", f"{commit}:./")
    return None if said is None else Object("tree", said.decode().strip())


def names_at(root: Path, trees: Sequence[Object]) -> list[dict[str, Object]]:
    """Return what each of some folders of a commit holds, by name.

    Raises:
        AssetforgeError: git cannot say.
    """
    said, at, found = _batch(root, "--batch", trees), 0, []
    for each in trees:
        head = said.index(b"\n", at)
        start, size = head + 1, int(said[at:head].split()[-1])
        found.append(_names_in(said[start : start + size], len(each.id) // 2))
        at = start + size + 1
    return found


def _names_in(tree: bytes, id_bytes: int) -> dict[str, Object]:
    """Return what a tree holds: mode, name and id of one thing after the other."""
    found, at = {}, 0
    while at < len(tree):
        end = tree.index(b"\0", at)
        mode, _, name = tree[at:end].partition(b" ")
        at = end + 1 + id_bytes
        kind = OTHER_KINDS.get(mode, "blob")
        found[os.fsdecode(name)] = Object(kind, tree[end + 1 : at].hex(), mode.decode())
    return found


def contents(root: Path, blobs: Sequence[Object]) -> Iterator[bytes]:
    """Yield what some blobs hold, in order.

    Raises:
        UsageProblem: a clone left one out, or they hold more than is read in all.
        AssetforgeError: git cannot say.
    """
    sizes = _sizes(root, blobs)
    if sum(sizes) > MOST_BYTES:
        raise UsageProblem(
            f"what the commit holds is larger than {MOST_BYTES // 1_000_000:,} MB: too much to read"
        )
    for start, end in _spans(sizes):
        said, at = _batch(root, "--batch", blobs[start:end]), 0
        for size in sizes[start:end]:
            at = said.index(b"\n", at) + 1
            yield said[at : at + size]
            at += size + 1


def _batch(root: Path, how: str, blobs: Sequence[Object]) -> bytes:
    asked = "".join(f"{each.id}\n" for each in blobs).encode()
    return _needed(root, "cat-file", how, asked=asked) if blobs else b""


def _sizes(root: Path, blobs: Sequence[Object]) -> list[int]:
    """Return how many bytes blobs hold.

    Raises:
        UsageProblem: a clone left one out.
        AssetforgeError: git cannot say.
    """
    try:
        return [int(each.split()[2]) for each in _batch(root, "--batch-check", blobs).splitlines()]
    except (AssetforgeError, IndexError) as error:  # older ones only say that it is missing
        if isinstance(error, IndexError) or _is_partial(root):
            raise UsageProblem(
                "git lacks files of the commit to compare with, as this clone is a partial one; "
                "clone without --filter, or `git fetch --refetch --no-filter`"
            ) from error
        raise


def _is_partial(root: Path) -> bool:
    return _asked(root, "config", "--get-regexp", r"^remote\..*\.promisor$") is not None


def _spans(sizes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield from where to where blobs are read together: few bytes at once, or one blob."""
    start = total = 0
    for at, size in enumerate(sizes):
        if at > start and total + size > TOGETHER:
            yield start, at
            start, total = at, 0
        total += size
    if sizes:
        yield start, len(sizes)


def lock_files(
    root: Path, *, branches: bool, tags: bool, named: Sequence[str] = ()
) -> Iterator[tuple[str, str, bytes]]:
    """Yield ref, path and bytes of the files of all locks in all branches or tags, or both.

    Branches are local and remote ones; of those that are `named`, such as `main` or `release/*`,
    there has to be at least one each. Locks are the folders directly below the root; they need not
    be in the work tree. Paths are relative to the root. What several refs have at one path is
    yielded once, under the first.

    Raises:
        AssetforgeError: git cannot say what a ref holds, or there is no branch of a name; whoever
            deletes must not go on.
    """
    patterns = ["refs/heads", "refs/remotes"] * branches + ["refs/tags"] * tags
    for each in named:
        own = [f"refs/heads/{each}", f"refs/remotes/*/{each}"]
        if not _refs(root, own):
            raise AssetforgeError(f"there is no branch '{each}' here; `git fetch` it first")
        patterns += own
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


def _needed(root: Path, *arguments: str, asked: bytes | None = None) -> bytes:
    """Return what git prints when it is told something.

    Raises:
        AssetforgeError: it failed or took too long.
    """
    try:
        return _run(root, *arguments, asked=asked).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise AssetforgeError(
            f"git cannot read the branches ({_words(error)}); check the repository with `git fsck`"
        ) from error


def _words(error: Exception) -> str:
    """Return the first line of what git said."""
    said: bytes = getattr(error, "stderr", None) or str(error).encode()
    return (said.decode("utf-8", "replace").strip().splitlines() or ["it says nothing"])[0]


def _run(
    root: Path, *arguments: str, asked: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    # A repository's own settings may name programs to run; none is needed to read it.
    command = ["git", "--no-pager", "-c", "core.fsmonitor=false", *arguments]
    return subprocess.run(
        command,
        cwd=root,
        env={**os.environ, **QUIETLY},
        input=asked or b"",
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
        check=True,
    )
