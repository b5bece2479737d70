"""`assetforge gc`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Final

import click

from assetforge import git
from assetforge.cli.fsck import sharing_of
from assetforge.cli.options import format_option, place_options
from assetforge.cli.output import print_json
from assetforge.digest import Digest
from assetforge.errors import UsageProblem
from assetforge.lock.roots import named_by_locks
from assetforge.reports.upkeep import spare_document, spare_text
from assetforge.review.naming import digest_named
from assetforge.store.gc import NOTHING, Spare, delete, spare_of
from assetforge.store.local import FOLDER, Store
from assetforge.store.remote import other_than, shared_by
from assetforge.store.shared_gc import delete_shared, shared_spare

KEEP_DAYS = 30

ALL: Final = "all"
"""What `--paid` takes besides digests, for a store that is shared."""


@click.command(name="gc")
@place_options(must_exist=False)
@format_option("text", "json")
@click.option(
    "--delete", "act", is_flag=True, default=False, help="Delete it; else it is only shown."
)
@click.option(
    "--keep-days",
    metavar="N",
    type=click.IntRange(min=0),
    default=KEEP_DAYS,
    show_default=True,
    help="Keep what was made in the last N days.",
)
@click.option(
    "--branches", is_flag=True, default=False, help="Keep what the locks of all branches name."
)
@click.option(
    "--branch",
    "named_branches",
    metavar="NAME",
    multiple=True,
    help="Keep what the lock of this branch names; may be repeated.",
)
@click.option("--tags", is_flag=True, default=False, help="Keep what the locks of all tags name.")
@click.option(
    "--paid",
    "named",
    metavar="DIGEST",
    multiple=True,
    help="Delete this picture though it was paid for; may be repeated. With --remote, also 'all'.",
)
@click.option(
    "--remote", is_flag=True, default=False, help="Look through the store that is shared."
)
def command(
    file: Path,
    form: str,
    act: bool,
    keep_days: int,
    branches: bool,
    named_branches: tuple[str, ...],
    tags: bool,
    named: tuple[str, ...],
    remote: bool,
) -> None:
    """Show what the store can spare: what no lock and no target stands on, and cost nothing.

    What was paid for stays, but for pictures named with --paid.
    """
    root = file.resolve().parent
    if (branches or named_branches or tags) and not git.is_repository(root):
        raise UsageProblem("--branches, --branch and --tags need a git repository here, and git")
    if remote and not (branches or named_branches):
        raise UsageProblem(
            "others stand on what is shared: say whose locks count, with --branches for all "
            "branches or --branch for each"
        )
    spare = NOTHING
    if remote or (root / FOLDER).exists():
        roots = named_by_locks(root, file.name, branches=branches, tags=tags, named=named_branches)
        look = look_there if remote else look_here
        spare = look(file, root, roots, named, keep_days=keep_days, act=act)
    if form == "json":
        print_json(spare_document(spare, deleted=act, keep_days=keep_days))
    else:
        click.echo(spare_text(spare, deleted=act))


def look_here(
    file: Path, root: Path, roots: set[str], named: tuple[str, ...], *, keep_days: int, act: bool
) -> Spare:
    """Look through the store of this folder, and delete from it where `act`."""
    with closing(Store(root / FOLDER, alone=True)) as store:
        pictures = [_picture(each, store) for each in named]
        spare = spare_of(store, roots | stood_on(store), keep_days=keep_days, named=pictures)
        if act:
            delete(store, spare)
    return spare


def look_there(
    file: Path, root: Path, roots: set[str], named: tuple[str, ...], *, keep_days: int, act: bool
) -> Spare:
    """Look through the store that is shared, and delete from it where `act`."""
    elsewhere = shared_by(other_than(root / FOLDER, sharing_of(file, root)))
    with closing(elsewhere):
        pictures = [Digest(each) for each in named if each != ALL]
        spare, names = shared_spare(
            elsewhere, roots, keep_days=keep_days, named=pictures, spare_paid=ALL in named
        )
        for words in elsewhere.warnings:
            click.echo(f"note: {words}", err=True)
        if act:
            delete_shared(elsewhere.backend, spare, names)
    return spare


def _picture(name: str, store: Store) -> Digest:
    """Return the digest that is meant.

    Raises:
        UsageProblem: it is none, or several begin so.
    """
    found = digest_named(name, store)
    if found is None:
        raise UsageProblem(f"the store has no picture '{name}'; --paid takes its digest")
    return found


def stood_on(store: Store) -> set[str]:
    """Return the pictures and keys that targets and variants stand on, as last built."""
    pictures = {each.artifact for each in store.record.targets().values()}
    return {*pictures, *store.record.all_stands()}
