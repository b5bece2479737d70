"""Git changes many files at once: a checkout, a rebase, a merge or a stash is one change.

While git holds the lock of its index it is at work. Between the commits of a rebase it is not, so
that a longer quiet time is waited for there. Neither is waited for without end: a rebase that
stopped at a conflict, and a lock that a killed git left behind, leave nobody deaf.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SETTLE_SECONDS: Final = 0.25
"""Saves that follow each other this closely count as one change."""

UNDER_WAY_SECONDS: Final = 1.0
"""How long it has to be quiet while git is in the middle of something."""

LOCK_SECONDS: Final = 10.0
"""How long a lock of git is waited for while nothing changes."""

MOST_SECONDS: Final = 60.0
"""How long it is waited at most, whatever goes on changing."""

LOCK: Final = "index.lock"

UNDER_WAY: Final = (
    "rebase-merge",
    "rebase-apply",
    "sequencer",
    "MERGE_HEAD",
    "CHERRY_PICK_HEAD",
    "REVERT_HEAD",
)
"""What is in git's folder while something is not finished."""


@dataclass(frozen=True, slots=True)
class Git:
    """What git is doing: its locks, with their times to tell them apart, and an unfinished work."""

    locks: frozenset[tuple[Path, int]] = frozenset()
    under_way: bool = False


def quiet_needed(git: Git, passed: Iterable[tuple[Path, int]] = ()) -> float:
    """Return for how many seconds nothing may change before a change counts as settled.

    `passed` are locks that were waited for in vain.
    """
    if git.locks.difference(passed):
        return LOCK_SECONDS
    return UNDER_WAY_SECONDS if git.under_way else SETTLE_SECONDS


def is_settled(needed: float, quiet: float, waited: float) -> bool:
    """Tell whether a change is to be looked at; all in seconds.

    `quiet` is since the last event, `waited` since the first.
    """
    return quiet >= needed or waited >= MOST_SECONDS


def git_now(folders: Iterable[Path]) -> Git:
    """Look at what git is doing in some of its folders."""
    locks, under_way = set(), False
    for folder in folders:
        under_way = under_way or any((folder / name).exists() for name in UNDER_WAY)
        try:
            locks.add((folder / LOCK, (folder / LOCK).stat().st_mtime_ns))
        except OSError:
            continue
    return Git(frozenset(locks), under_way)


def git_folders(folders: Iterable[Path]) -> set[Path]:
    """Return git's folders of the repositories that some folders are in."""
    known: dict[Path, Path | None] = {}
    return {found for each in folders if (found := _git_folder(each, known)) is not None}


def _git_folder(folder: Path, known: dict[Path, Path | None]) -> Path | None:
    if folder not in known:
        here = _git_here(folder)
        above = folder.parent
        known[folder] = here or (_git_folder(above, known) if above != folder else None)
    return known[folder]


def _git_here(folder: Path) -> Path | None:
    """Return git's folder where a work tree begins; in a worktree or submodule, a file says it."""
    git = folder / ".git"
    if git.is_dir():
        return git
    try:
        said = git.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    kind, _, name = said.strip().partition(": ")
    return folder / name if kind == "gitdir" else None
