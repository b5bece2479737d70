"""`assetforge fsck`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

import click

from assetforge.cli.options import format_option, place_options
from assetforge.cli.output import print_json
from assetforge.digest import Digest
from assetforge.errors import InvalidSource
from assetforge.lock.entry import Entry, Slot
from assetforge.lock.folder import read_lock
from assetforge.reports.upkeep import checkup_document, checkup_text
from assetforge.store.fsck import check_store
from assetforge.store.local import FOLDER, other_than

PICTURES = frozenset({".avif", ".jpeg", ".jpg", ".png", ".webp"})
"""How the names of picture files end."""

LOCKS = "*.lock"
"""The folders of locks: several pipeline files may share a folder, and its store."""


@click.command(name="fsck")
@place_options(must_exist=False)
@format_option("text", "json")
@click.option("--dry-run", is_flag=True, default=False, help="Only tell: change nothing.")
def command(file: Path, form: str, dry_run: bool) -> int:
    """Find what is damaged in the store, and make it good from copies.

    Damaged files are moved to '.assetforge/quarantine'; nothing is deleted. Lost pictures are
    looked for in the store that ASSETFORGE_REMOTE names, and among the pictures of the project.
    """
    root = file.resolve().parent
    elsewhere = other_than(root / FOLDER)
    entries = entries_of_locks(root)
    found = check_store(
        root / FOLDER,
        wanted=wanted_by(entries),
        look=partial(pictures_below, root),
        elsewhere=elsewhere,
        act=not dry_run,
        locked={each.key: each.artifact for each in entries.values() if each.artifact},
    )
    for words in elsewhere.warnings if elsewhere else ():
        click.echo(f"note: {words}", err=True)
    if form == "json":
        print_json(checkup_document(found))
    else:
        click.echo(checkup_text(found))
    return 1 if found.lost else 0


def entries_of_locks(root: Path) -> dict[Slot, Entry]:
    """Return what all locks of a folder say; one that is damaged is told, and left out."""
    found: dict[Slot, Entry] = {}
    for folder in sorted(root.glob(LOCKS)):
        try:
            found |= read_lock(folder).entries
        except InvalidSource as error:
            click.echo(f"note: '{folder.name}' is left out: {error.diagnostics[0]}", err=True)
    return found


def wanted_by(entries: Mapping[Slot, Entry]) -> dict[Digest, str]:
    """Return the pictures that entries name, and what stands on each."""
    wanted: dict[Digest, str] = {}
    for slot, entry in entries.items():
        if entry.artifact is not None:
            wanted.setdefault(entry.artifact, f"{slot.variant}/{slot.step} ({slot.profile})")
    return wanted


def pictures_below(root: Path) -> Iterator[Path]:
    """Yield the picture files of a project, hidden folders left out."""
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for name in sorted(names):
            if Path(name).suffix.lower() in PICTURES:
                yield Path(folder) / name
