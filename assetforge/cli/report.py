"""`assetforge report`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from assetforge.cli.options import flags_again, format_option, planning_options
from assetforge.cli.output import print_json
from assetforge.coverage import coverage, look_at
from assetforge.decided import Options, deciding
from assetforge.reports.collect import bytes_of, collect
from assetforge.reports.gallery import write_gallery
from assetforge.reports.pictures import manifest_json
from assetforge.reports.text import plural


@click.command(name="report")
@planning_options
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
def command(options: Options, form: str, out: Path | None) -> None:
    """Write the gallery (index.html) and manifest.json of all pictures; builds nothing."""
    with deciding(options) as (decided, store):
        pictures = collect(decided, store)
    root = decided.project.root
    texts = coverage(look_at(decided.project, options.selection)) if decided.project.texts else []
    folder = out or options.file.parent / "report"
    page = write_gallery(pictures, folder, partial(bytes_of, root), root.name, root, texts)
    if form == "json":
        print_json(manifest_json(pictures))
        return
    shown = sum(1 for each in pictures if each.exists)
    click.echo(f"{shown:,} of {plural(len(pictures), 'picture')}: {page}")
    if shown < len(pictures):
        click.echo(f"next: assetforge build{flags_again().both}", err=True)
