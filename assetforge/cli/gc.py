"""`assetforge gc`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import click

from assetforge import git
from assetforge.cli.fsck import LOCKS
from assetforge.cli.naming import digest_named
from assetforge.cli.options import format_option, place_options
from assetforge.cli.output import print_json
from assetforge.digest import Digest
from assetforge.errors import UsageProblem
from assetforge.lock.folder import folder_of
from assetforge.reports.upkeep import spare_document, spare_text
from assetforge.store.gc import NOTHING, delete, spare_of
from assetforge.store.local import FOLDER, Store

KEEP_DAYS = 30

NAMES = re.compile(rb"\b[0-9a-f]{64}\b")
"""Digests and keys, as a lock's files hold them: also in one that is in the middle of a merge."""


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
    spare = NOTHING
    if (root / FOLDER).exists():
        roots = set(names_in(_locks(root, file, branches=branches, tags=tags)))
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
    return {*pictures, *store.record.stands().values()}


def names_in(texts: Iterable[bytes]) -> Iterator[str]:
    """Yield the digests and keys that texts hold."""
    for text in texts:
        yield from (each.decode() for each in NAMES.findall(text))


def _locks(root: Path, file: Path, *, branches: bool, tags: bool) -> Iterator[bytes]:
    """Yield the files of all locks of a folder, here and where it was asked for."""
    folders = {folder_of(root, file.name), *root.glob(LOCKS)}
    for folder in sorted(folders):
        yield from (path.read_bytes() for path in sorted(folder.glob("*.json")))
        found = git.lock_files(root, folder, branches=branches, tags=tags)
        yield from (text for _, _, text in found)
