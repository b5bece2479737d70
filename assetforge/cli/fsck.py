"""`assetforge fsck`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import click

from assetforge.cli.options import format_option, place_options
from assetforge.cli.output import print_json
from assetforge.errors import InvalidSource
from assetforge.loader import load_pipeline
from assetforge.lock.roots import pictures_by_key, read_locks, wanted_by
from assetforge.reports.upkeep import checkup_document, checkup_text
from assetforge.store.fsck import check_store
from assetforge.store.local import FOLDER
from assetforge.store.remote import NOT_SHARED, Sharing, other_than

PICTURES = frozenset({".avif", ".jpeg", ".jpg", ".png", ".webp"})
"""How the names of picture files end."""


@click.command(name="fsck")
@place_options(must_exist=False)
@format_option("text", "json")
@click.option("--dry-run", is_flag=True, default=False, help="Only tell: change nothing.")
def command(file: Path, form: str, dry_run: bool) -> int:
    """Find what is damaged in the store, and make it good from copies.

    Damaged files are moved to '.assetforge/quarantine'; nothing is deleted. Lost pictures are
    looked for in the store that is shared, and among the pictures of the project.
    """
    root = file.resolve().parent
    elsewhere = other_than(root / FOLDER, sharing_of(file, root))
    locks = read_locks(root, file.name)
    for name, problem in locks.left_out.items():
        click.echo(f"note: '{name}' is left out: {problem}", err=True)
    found = check_store(
        root / FOLDER,
        wanted=wanted_by(locks),
        look=partial(pictures_below, root),
        elsewhere=elsewhere,
        act=not dry_run,
        locked=pictures_by_key(locks),
    )
    for words in elsewhere.warnings if elsewhere else ():
        click.echo(f"note: {words}", err=True)
    if form == "json":
        print_json(checkup_document(found))
    else:
        click.echo(checkup_text(found))
    return 1 if found.lost else 0


def sharing_of(file: Path, root: Path) -> Sharing:
    """Return what a pipeline file says of the store that is shared; nothing where it is wrong."""
    with suppress(InvalidSource, OSError):
        said = load_pipeline(file, root).pipeline.store
        return Sharing(said.remote or "", said.signers, root)
    return NOT_SHARED


def pictures_below(root: Path) -> Iterator[Path]:
    """Yield the picture files of a project, hidden folders left out."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            if Path(name).suffix.lower() in PICTURES:
                yield Path(folder) / name
