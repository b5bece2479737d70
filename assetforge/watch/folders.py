"""Which folders are watched: those a plan was made from.

Folders are watched, never files: an editor that saves by renaming would leave a watched file deaf.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from assetforge.action import Source
from assetforge.lock.folder import folder_of
from assetforge.notes.reading import notes_folder
from assetforge.plan import Plan
from assetforge.project import Project
from assetforge.texts import all_catalogs

MAX_FOLDERS = 500
"""How many folders are watched at most while nothing says which ones matter."""

NEVER = frozenset({"node_modules", "__pycache__"})


def folders_of(project: Project, plan: Plan) -> set[Path]:
    """Return the folders whose files a plan was made from, also those it looked into in vain.

    For a folder that is not there yet, the nearest one above it.
    """
    root = project.root
    files = {root / project.file, folder_of(root, project.file) / "any"}
    files.add(notes_folder(root, project.file) / "any")
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
    # `Path.is_dir` raises where a folder above must not be read.
    return next(each for each in (folder, *folder.parents) if os.path.isdir(each))  # noqa: PTH112
