"""Builds again whenever a source changes. The one door to watchfiles.

Events are hints: after every batch the project is planned anew, and content decides. Folders are
watched, never files: an editor that saves by renaming would leave a watched file deaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

from watchfiles import watch

from assetforge.action import Source
from assetforge.plan import Plan
from assetforge.project import Project
from assetforge.store.local import FOLDER
from assetforge.texts import all_catalogs

STEP_MILLISECONDS = 50
"""A batch of events ends after this long without one."""

SETTLE_MILLISECONDS = 300
"""Saves that follow each other this closely count as one."""


def folders_of(project: Project, plan: Plan) -> set[Path]:
    """Return the folders whose files a plan was made from, also those it looked into in vain."""
    root = project.root
    files = {root / project.file}
    for step in plan.rendered.values():
        files |= {root / name for name in step.used.templates}
    for action in plan.actions.values():
        files |= {root / each.path for each in action.inputs if isinstance(each, Source)}
    found = {each.parent for each in files}
    for catalogs in all_catalogs(project.texts):
        found |= {each.parent for each in catalogs.files()} | set(catalogs.folders())
    return {each for each in found if each.is_dir()}


def changes(
    folders: Callable[[], set[Path]], outputs: Callable[[], set[Path]], stop: Event
) -> Iterator[set[Path]]:
    """Yield the paths of each batch of changes, but for outputs and the store.

    The folders are asked for anew after each batch, so that new ones are watched too.
    """
    while not stop.is_set():
        watched = folders()
        own = outputs()
        for batch in watch(
            *watched,
            stop_event=stop,
            step=STEP_MILLISECONDS,
            debounce=SETTLE_MILLISECONDS * 4,
            recursive=False,
            raise_interrupt=True,
        ):
            changed = {Path(path) for _, path in batch}
            relevant = {each for each in changed if each not in own and FOLDER not in each.parts}
            if relevant:
                yield relevant
                break
