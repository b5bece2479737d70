"""`assetforge lock`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from assetforge.cli.options import format_option, project_options
from assetforge.cli.output import print_json, print_warnings
from assetforge.errors import UsageProblem
from assetforge.lock.folder import folder_of, read_lock
from assetforge.lock.resolve import resolve
from assetforge.project import Project, open_project
from assetforge.reports.locked import Locked, counts_of, locked_document, locked_text
from assetforge.review.pruning import present_lock, prune, vanished
from assetforge.store.local import FOLDER, Store


@click.command(name="lock")
@project_options
@format_option("text", "json")
@click.option(
    "--resolve",
    "resolving",
    is_flag=True,
    default=False,
    help="Resolve what a merge left in conflict; buys nothing.",
)
@click.option(
    "--prune",
    "pruning",
    is_flag=True,
    default=False,
    help="Remove entries of variants, steps and profiles that the pipeline does not have.",
)
@click.option("--dry-run", is_flag=True, default=False, help="With --prune: only list them.")
def command(
    file: Path, profile: str | None, form: str, resolving: bool, pruning: bool, dry_run: bool
) -> None:
    """Say what the lock holds: how many pictures were accepted, pinned, or are of nothing."""
    if resolving and pruning:
        raise UsageProblem("--resolve and --prune are two steps; resolve first, then prune")
    if dry_run and not pruning:
        raise UsageProblem("--dry-run goes with --prune")
    if resolving:
        locked = resolved(file)
    elif pruning:
        locked = pruned(open_project(file, profile), dry_run=dry_run)
    else:
        locked = status(open_project(file, profile))
    print_warnings(locked.warnings)
    if form == "json":
        print_json(locked_document(locked))
    else:
        click.echo(locked_text(locked))


def status(project: Project) -> Locked:
    """Return how the lock stands."""
    lock = present_lock(project)
    counts = counts_of(lock.entries, vanished(project, lock.entries))
    return Locked(folder_of(project.root, project.file).name, counts, lock.repairs)


def resolved(file: Path) -> Locked:
    """Resolve the lock's conflicts. The pipeline file may be in conflict itself: it is not read."""
    root = file.resolve().parent
    folder = folder_of(root, file.name)
    with closing(Store(root / FOLDER, alone=True)) as store, store.transaction():
        done = resolve(root, folder, store.scratch)
    return Locked(folder.name, counts_of(read_lock(folder).entries), resolved=done)


def pruned(project: Project, *, dry_run: bool) -> Locked:
    """Remove what the pipeline does not have any more, or only find it."""
    if dry_run:
        lock = present_lock(project)
        gone = vanished(project, lock.entries)
    else:
        lock, gone = prune(project)
    entries = {slot: each for slot, each in lock.entries.items() if dry_run or slot not in gone}
    removed = {slot: lock.entries[slot] for slot in sorted(gone)}
    return Locked(
        folder_of(project.root, project.file).name,
        counts_of(entries, gone),
        lock.repairs,
        removed=removed,
        dry_run=dry_run,
    )
