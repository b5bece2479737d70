"""`assetforge report`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from assetforge.build import Options, open_store, plan_and_decide
from assetforge.cli.options import (
    flags_again,
    format_option,
    project_options,
    selection_of,
    selection_options,
)
from assetforge.cli.output import print_json
from assetforge.project import open_project
from assetforge.reports.collect import bytes_of, collect
from assetforge.reports.gallery import write_gallery
from assetforge.reports.pictures import manifest_json
from assetforge.reports.text import plural


@click.command(name="report")
@selection_options
@project_options
@format_option("text", "json")
@click.option(
    "-o",
    "--output",
    "out",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Write to this folder; by default `report` beside the pipeline file.",
)
def command(
    selectors: tuple[str, ...],
    locales: tuple[str, ...],
    max_variants: int,
    file: Path,
    profile: str | None,
    form: str,
    out: Path | None,
) -> None:
    """Write the gallery (index.html) and manifest.json of all pictures; builds nothing."""
    options = Options(file, profile, selection_of(selectors, locales, max_variants))
    project = open_project(file, profile)
    store = open_store(project)
    try:
        pictures = collect(plan_and_decide(options, store, project), store)
    finally:
        store.close()
    folder = out or file.parent / "report"
    page = write_gallery(
        pictures, folder, partial(bytes_of, project.root), project.root.name, project.root
    )
    if form == "json":
        print_json(manifest_json(pictures))
        return
    shown = sum(1 for each in pictures if each.exists)
    click.echo(f"{shown:,} of {plural(len(pictures), 'picture')}: {page}")
    if shown < len(pictures):
        click.echo(f"next: assetforge build{flags_again().both}", err=True)
