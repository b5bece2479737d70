"""`assetforge plan`."""

from __future__ import annotations

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
from assetforge.cli.output import print_json, print_warnings
from assetforge.project import open_project
from assetforge.reports.documents import plan_document
from assetforge.reports.text import plan_text


@click.command(name="plan")
@selection_options
@project_options
@format_option("text", "json")
@click.option(
    "-a", "--all", "every", is_flag=True, default=False, help="List every action, one by one."
)
def command(
    selectors: tuple[str, ...],
    locales: tuple[str, ...],
    max_variants: int,
    file: Path,
    profile: str | None,
    form: str,
    every: bool,
) -> None:
    """Show what a build would run, why, and what it costs.

    \b
    A SELECTOR is an asset and axis values, any of them left out, or a tag:
      banner   banner/wide/de   '*/ja'   tag:web
    """  # noqa: D301  \b is click's mark for a paragraph kept as it is
    options = Options(file, profile, selection_of(selectors, locales, max_variants))
    project = open_project(file, profile)
    store = open_store(project)
    try:
        decided = plan_and_decide(options, store, project)
    finally:
        store.close()
    print_warnings(decided.plan.warnings)
    if form == "json":
        print_json(plan_document(decided))
    else:
        click.echo(plan_text(decided, flags_again(), every=every))
