"""`assetforge log`."""

from __future__ import annotations

from pathlib import Path

import click

from assetforge.build import open_store
from assetforge.cli.options import format_option, project_options
from assetforge.cli.output import print_json
from assetforge.digest import Digest, digest_of_file
from assetforge.errors import NothingSelected, UsageProblem
from assetforge.project import open_project
from assetforge.reports.history import history, history_document, history_text


@click.command(name="log")
@click.argument("picture", type=click.Path(path_type=Path))
@project_options
@format_option("text", "json")
def command(picture: Path, file: Path, profile: str | None, form: str) -> None:
    """Go from a picture back to its recipe: every step, prompt, model and input behind it.

    PICTURE is a file, wherever it was copied to, or a digest.
    """
    store = open_store(open_project(file, profile))
    try:
        digest = digest_named(picture)
        entries = history(digest, store)
    finally:
        store.close()
    if not entries:
        raise NothingSelected(f"no result in the store has the bytes of '{picture}'")
    if form == "json":
        print_json(history_document(digest, entries))
    else:
        click.echo(history_text(digest, entries))


def digest_named(picture: Path) -> Digest:
    """Return a file's digest, or the digest that was written in its place.

    Raises:
        UsageProblem: it is neither.
    """
    if picture.is_file():
        return digest_of_file(picture)
    text = str(picture)
    if len(text) == 64 and all(each in "0123456789abcdef" for each in text):
        return Digest(text)
    raise UsageProblem(f"there is no file '{picture}', and it is no digest")
