"""`assetforge plan`."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from assetforge.cli.options import flags_again, format_option, planning_options
from assetforge.cli.output import print_warnings
from assetforge.cli.saved import save, tell_saved
from assetforge.decided import Options, deciding, spent_so_far
from assetforge.json_text import json_pieces
from assetforge.reports.documents import plan_document
from assetforge.reports.text import plan_text
from assetforge.store.record import batches


@click.command(name="plan")
@partial(planning_options, tells=False)
@format_option("text", "json")
@click.option(
    "-a", "--all", "every", is_flag=True, default=False, help="List every action, one by one."
)
@click.option(
    "--resend", is_flag=True, default=False, help="Plan to send again what got no answer before."
)
@click.option(
    "--rebuy",
    is_flag=True,
    default=False,
    help="Plan to buy again pictures that the lock names and no store has.",
)
@click.option(
    "-o",
    "output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=None,
    help="Also save the plan, for `build --plan FILE`.",
)
def command(
    options: Options, form: str, every: bool, resend: bool, rebuy: bool, output: Path | None
) -> None:
    """Show what a build would run, why, and what it costs.

    \b
    A SELECTOR is an asset and axis values, any of them left out, or a tag:
      banner   banner/wide/de   '*/ja'   tag:web
    """  # noqa: D301  \b is click's mark for a paragraph kept as it is
    options = replace(options, resend=resend, rebuy=rebuy)
    with deciding(options) as (decided, store):
        print_warnings(decided.warnings)
        spent = spent_so_far(decided.project, store) if form == "json" else None
    if output is not None:
        save(output, options, decided)
    if form == "json":
        for some in batches(json_pieces(plan_document(decided, spent))):
            click.echo("".join(some), nl=False)
        click.echo()
    else:
        click.echo(plan_text(decided, flags_again(), every=every))
    if output is not None:
        tell_saved(output)
