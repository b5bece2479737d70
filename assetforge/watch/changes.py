"""Waits until something changed. The one door to watchfiles.

Events are hints: after every batch the project is planned anew, and content decides. Where there
are no events, folders are looked at again and again.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Event
from typing import Final

from watchfiles import Change, DefaultFilter, watch
from watchfiles._rust_notify import WatchfilesRustInternalError

from assetforge.layout import STORE
from assetforge.watch.checkout import git_folders, git_now, is_settled, quiet_needed
from assetforge.watch.folders import nearest
from assetforge.watch.mounts import mounts_text, why_poll
from assetforge.watch.polling import POLL_SECONDS, polled

STEP_MILLISECONDS: Final = 50
"""A batch of events ends after this long without one."""

TICK_MILLISECONDS: Final = 250
"""How often it is looked whether changes are settled, and other folders to be watched."""

LOOK_SECONDS: Final = 2.0
"""How often it is looked whether watched folders are still the same ones."""

POLLED_SECONDS: Final = 2 * POLL_SECONDS + 0.1
"""Where folders are looked at again and again, changes are settled after two looks."""

HALF = ".part"
"""How the names of files end that are not whole yet."""

IGNORED = DefaultFilter(ignore_dirs=(".git", ".hg", ".svn", STORE, "__pycache__", "node_modules"))
"""Leaves out, by their names, what editors keep beside a file, and folders of other tools."""


def unsaid(words: str) -> None:
    """Tell nobody."""


def changes(
    folders: Callable[[], set[Path]],
    outputs: Callable[[], set[Path]],
    stop: Event,
    say: Callable[[str], None] = unsaid,
    polls: Callable[[str], None] = unsaid,
) -> Iterator[set[Path]]:
    """Yield the paths of each batch of changes, but for outputs and the store.

    What changes while the caller is busy comes next, so that nothing is missed. The folders are
    asked for again and again. Whenever new ones are watched, from the first time on, an empty
    set comes first: it says to look now, for what came before was not seen. A folder that is not
    there is waited for. What git does at once is one batch.

    `polls` is told why folders are looked at again and again, and with an empty text that they are
    not any more; `say`, what else may keep changes back.
    """
    limit = polling = ""
    passed: set[tuple[Path, int]] = set()
    while not stop.is_set():
        watched = Watched.of(folders())
        why = limit or why_poll(os.environ, mounts_text(), watched.real)
        if why != polling:
            polls(why)
        polling = why
        hints = polled(watched.real, stop) if why else _told(watched.real, stop)
        batches = Batches(watched, folders, outputs, say, passed, polls=bool(why))
        try:
            yield from batches.of(hints)
        except FileNotFoundError:  # gone between a look and the next
            stop.wait(STEP_MILLISECONDS / 1000)
        except (OSError, WatchfilesRustInternalError) as error:
            limit = _limit(error)


def _limit(error: Exception) -> str:
    """Say why the system gives no events where it could."""
    return f"the system gives no more events ({str(error).partition('. ')[0]})"


def _told(folders: Collection[Path], stop: Event) -> Iterator[set[Path]]:
    """Yield paths as the system tells of them, and nothing as an empty set."""
    for batch in watch(
        *folders,
        watch_filter=None,
        stop_event=stop,
        step=STEP_MILLISECONDS,
        rust_timeout=TICK_MILLISECONDS,
        yield_on_timeout=True,
        recursive=False,
        raise_interrupt=True,
        force_polling=False,
        ignore_permission_denied=False,  # else it takes no notice of limits either
    ):
        found = ((kind, Path(name)) for kind, name in batch)
        # A folder's own time changes with what is in it, which comes by itself.
        yield {each for kind, each in found if kind is not Change.modified or not each.is_dir()}


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched while the folders stay the same.

    Attributes:
        wanted: the folders asked for.
        ways: those above a wanted one that is not there.
        real: watched folders without symbolic links, and by which name they are wanted.
        identities: device and inode of each, to notice one that was replaced.
    """

    wanted: frozenset[Path]
    ways: frozenset[Path]
    real: dict[Path, Path]
    identities: dict[Path, tuple[int, int]]

    @property
    def names(self) -> set[Path]:
        """Return the watched folders by the names they are wanted by."""
        return set(self.real.values())

    @classmethod
    def of(cls, wanted: Collection[Path]) -> Watched:
        """Find what has to be watched for some folders."""
        armed = {each for each in map(nearest, wanted) if os.access(each, os.R_OK)}
        ways = {above for each in wanted if each not in armed for above in each.parents}
        real = {Path(os.path.realpath(each)): each for each in sorted(armed)}
        return cls(frozenset(wanted), frozenset(ways), real, _identities(real))

    def concerned(self, path: Path) -> Path | None:
        """Return the name by which a real path is wanted; None: nobody asked for it."""
        if path in self.real:
            return self.real[path]
        folder = self.real.get(path.parent)
        known = path if folder is None else folder / path.name
        near = known.parent in self.wanted or known in self.wanted or known in self.ways
        return known if near else None


def _identities(folders: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    found = {}
    for each in folders:
        with suppress(OSError):
            about = each.stat()
            found[each] = about.st_dev, about.st_ino
    return found


class Batches:
    """Gathers hints into batches, until other folders are to be watched.

    `passed` are the locks of git that were waited for in vain; it outlives the batches.
    """

    def __init__(
        self,
        watched: Watched,
        folders: Callable[[], set[Path]],
        outputs: Callable[[], set[Path]],
        say: Callable[[str], None],
        passed: set[tuple[Path, int]],
        *,
        polls: bool,
    ) -> None:
        self._watched = watched
        self._folders = folders
        self._outputs = outputs
        self._say = say
        self._passed = passed
        self._least = POLLED_SECONDS if polls else 0.0
        self._git = git_folders(watched.real)
        self._looked = time.monotonic()

    def of(self, hints: Iterator[set[Path]]) -> Iterator[set[Path]]:
        """Yield an empty set, then each batch, until other folders are to be watched."""
        first = next(hints, None)
        if first is None:
            return
        yield set()
        found: set[Path] = set()
        began = last = time.monotonic()
        for hint in chain([first], hints):
            now = time.monotonic()
            if fresh := self._relevant(hint):
                began, last = (began if found else now), now
                found |= fresh
            if found:
                if not self._is_settled(now - last, now - began):
                    continue
                yield found
                if found & self._watched.names:  # a folder made anew is another one
                    return
                found = set()
                self._looked = time.monotonic()
            if self._are_others(now):
                return

    def _relevant(self, hint: set[Path]) -> set[Path]:
        """Leave out what nobody asked for, and what the tool itself writes."""
        known = {self._watched.concerned(each) for each in hint}
        found = {each for each in known if each is not None and _is_sources(each)}
        folders = found & self._watched.names
        return folders | foreign(found - folders, self._outputs())

    def _is_settled(self, quiet: float, waited: float) -> bool:
        """Tell whether a batch is whole; note which locks of git it did not wait for any longer."""
        git = git_now(self._git)
        needed = max(self._least, quiet_needed(git, self._passed))
        settled = is_settled(needed, quiet, waited)
        if settled:
            for lock in git.locks - self._passed:
                self._passed.add(lock)
                self._say(
                    f"'{lock[0]}' stays; not waiting for it; delete it when no git is at work"
                )
        return settled

    def _are_others(self, now: float) -> bool:
        """Tell whether other folders are to be watched, or the same ones were replaced."""
        wanted = self._folders()
        if wanted != self._watched.wanted:
            return True
        if now - self._looked < LOOK_SECONDS:
            return False
        self._looked = now
        return Watched.of(wanted) != self._watched


def _is_sources(path: Path) -> bool:
    """Tell whether a file may be a source by its name: not half-written, nor the store's."""
    return path.suffix != HALF and STORE not in path.parts and IGNORED(Change.modified, path.name)


def foreign(paths: set[Path], outputs: set[Path]) -> set[Path]:
    """Leave out outputs, whichever links lead to them, and the folders that hold them.

    A folder that held some and is gone is no output: somebody deleted it.
    """
    rest = paths - outputs
    if not rest:
        return rest
    names = {each.name for each in rest}
    named = [each for each in outputs if each.name in names]
    real = {each: Path(os.path.realpath(each)) for each in {*(o.parent for o in named)}}
    own = {real[each.parent] / each.name for each in named}
    rest = {each for each in rest if Path(os.path.realpath(each.parent)) / each.name not in own}
    if any(each.is_dir() for each in rest):
        holding = {each.parent for each in outputs}
        holding |= {above for each in holding for above in each.parents}
        rest = {each for each in rest if each not in holding or not each.is_dir()}
    return rest
