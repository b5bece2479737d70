"""`assetforge gc`."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from assetforge import git
from assetforge.cli.options import format_option, place_options
from assetforge.cli.output import print_json
from assetforge.digest import Digest
from assetforge.errors import UsageProblem
from assetforge.lock.roots import named_by_locks
from assetforge.reports.upkeep import spare_document, spare_text
from assetforge.review.naming import digest_named
from assetforge.store.gc import NOTHING, delete, spare_of
from assetforge.store.local import FOLDER, Store

KEEP_DAYS = 30


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
@click.option("--tags", is_flag=True, default=False, help="Keep what the locks of all tags name.")
@click.option(
    "--paid",
    "named",
    metavar="DIGEST",
    multiple=True,
    help="Delete this picture though it was paid for; may be repeated.",
)
def command(
    file: Path,
    form: str,
    act: bool,
    keep_days: int,
    branches: bool,
    tags: bool,
    named: tuple[str, ...],
) -> None:
    """Show what the store can spare: what no lock and no target stands on, and cost nothing.

    What was paid for stays, but for pictures named with --paid.
    """
    root = file.resolve().parent
    if (branches or tags) and not git.is_repository(root):
        raise UsageProblem("--branches and --tags need a git repository here, and git")
    spare = NOTHING
    if (root / FOLDER).exists():
        roots = named_by_locks(root, file.name, branches=branches, tags=tags)
        with closing(Store(root / FOLDER)) as store:
            pictures = [_picture(each, store) for each in named]
            roots |= stood_on(store)
            spare = spare_of(store, roots, keep_days=keep_days, named=pictures)
            if act:
                delete(store, spare)
    if form == "json":
        print_json(spare_document(spare, deleted=act, keep_days=keep_days))
    else:
        click.echo(spare_text(spare, deleted=act))


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
