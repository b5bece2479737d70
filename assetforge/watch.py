"""Builds again whenever a source changes. The one door to watchfiles.

Events are hints: after every batch the project is planned anew, and content decides. Folders are
watched, never files: an editor that saves by renaming would leave a watched file deaf.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from threading import Event

from watchfiles import watch

from assetforge.action import Source
from assetforge.lock.folder import folder_of
from assetforge.plan import Plan
from assetforge.project import Project
from assetforge.store.local import FOLDER
from assetforge.texts import all_catalogs

STEP_MILLISECONDS = 50
"""A batch of events ends after this long without one."""

SETTLE_MILLISECONDS = 250
"""Saves that follow each other this closely count as one change."""

MAX_FOLDERS = 500
"""How many folders are watched at most while nothing says which ones matter."""

NEVER = frozenset({"node_modules", "__pycache__"})


def folders_of(project: Project, plan: Plan) -> set[Path]:
    """Return the folders whose files a plan was made from, also those it looked into in vain.

    For a folder that is not there yet, the nearest one above it.
    """
    root = project.root
    files = {root / project.file, folder_of(root, project.file) / "any"}
    for step in plan.rendered.values():
        files |= {root / name for name in step.used.templates}
    for action in plan.actions.values():
        files |= {root / each.path for each in action.inputs if isinstance(each, Source)}
    found = {each.parent for each in files}
    for catalogs in all_catalogs(project.texts):
        found |= {each.parent for each in catalogs.files()} | set(catalogs.folders())
    return {nearest(each) for each in found}


def all_folders(root: Path) -> set[Path]:
    """Return a folder and those below it, but for hidden ones: any may hold what is wrong."""
    return set(islice(_walk(root), MAX_FOLDERS))


def _walk(root: Path) -> Iterator[Path]:
    for folder, below, _ in os.walk(root):
        below[:] = sorted(each for each in below if each[0] != "." and each not in NEVER)
        yield Path(folder)


def nearest(folder: Path) -> Path:
    """Return a folder, or the nearest one above it that is there."""
    return next(each for each in (folder, *folder.parents) if each.is_dir())


def changes(
    folders: Callable[[], set[Path]], outputs: Callable[[], set[Path]], stop: Event
) -> Iterator[set[Path]]:
    """Yield the paths of each batch of changes, but for outputs and the store.

    What changes while the caller is busy comes next, so that nothing is missed. The folders are
    asked for anew after each batch. Whenever new ones are watched, from the first time on, an empty
    set comes first: it says to look now, for what came before was not seen.
    """
    while not stop.is_set():
        yield from _changes(folders, outputs, stop)


def _changes(
    folders: Callable[[], set[Path]], outputs: Callable[[], set[Path]], stop: Event
) -> Iterator[set[Path]]:
    """Yield changes as long as the same folders are to be watched."""
    watched = folders()
    begun = False
    found: set[Path] = set()
    for batch in watch(
        *watched,
        stop_event=stop,
        step=STEP_MILLISECONDS,
        rust_timeout=SETTLE_MILLISECONDS,
        yield_on_timeout=True,
        recursive=False,
        raise_interrupt=True,
    ):
        fresh = _relevant({Path(path) for _, path in batch}, outputs())
        found |= fresh
        if fresh or (begun and not found):
            continue
        yield found
        if folders() != watched or found & watched:  # a folder made anew is another one
            return
        begun, found = True, set()


def _relevant(changed: set[Path], outputs: set[Path]) -> set[Path]:
    """Leave out what the tool itself writes: targets, also half-written ones, and the store."""
    return {
        each
        for each in changed
        if each not in outputs and FOLDER not in each.parts and each.suffix != ".part"
    }
