"""`assetforge log`."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

import click

from assetforge.build import open_store
from assetforge.cli.options import format_option, project_options
from assetforge.cli.output import print_json
from assetforge.digest import SHOWN, Digest, digest_of_file
from assetforge.errors import NothingSelected, UsageProblem
from assetforge.project import Project, open_project
from assetforge.reports.history import history, history_document, history_text
from assetforge.store.local import Store

WHOLE = 64
"""Characters of a whole digest."""

DIGEST = re.compile(rf"[0-9a-f]{{4,{WHOLE}}}")


@click.command(name="log")
@click.argument("picture", type=click.Path(path_type=Path))
@project_options
@format_option("text", "json")
def command(picture: Path, file: Path, profile: str | None, form: str) -> None:
    """Go from a picture back to its recipe: every step, prompt, model and input behind it.

    PICTURE is a file, wherever it was copied to, or the first characters of a digest.
    """
    project = open_project(file, profile)
    with closing(open_store(project)) as store:
        digest = digest_named(picture, store)
        entries = history(digest, store)
        if not entries:
            raise NothingSelected(_unknown(picture, project, store))
    if form == "json":
        print_json(history_document(digest, entries))
    else:
        click.echo(history_text(digest, entries))


def digest_named(picture: Path, store: Store) -> Digest:
    """Return a file's digest, or the digest whose first characters stand in its place.

    Raises:
        UsageProblem: it is neither, or several digests begin so.
    """
    if picture.is_file():
        return digest_of_file(picture)
    start = str(picture)
    if not DIGEST.fullmatch(start):
        raise UsageProblem(f"there is no file '{picture}', and it is no digest")
    if len(start) == WHOLE:
        return Digest(start)
    found = sorted(each for each in store.cas.digests() if each.startswith(start))
    if len(found) > 1:
        raise UsageProblem(f"{len(found):,} digests begin with '{start}'; write more of it")
    return found[0] if found else Digest(start)


def _unknown(picture: Path, project: Project, store: Store) -> str:
    """Say what may have become of a picture that the store does not know."""
    if not picture.is_file():
        return f"no result in the store has the digest '{picture}'"
    path = picture.resolve()
    for written in store.record.targets().values():
        if (project.root / written.path) == path:
            then = written.artifact[:SHOWN]
            return f"'{picture}' was edited since it was written; try `assetforge log {then}`"
    return f"no result in the store has the bytes of '{picture}': edited, or of another project"
