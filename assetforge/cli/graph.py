"""`assetforge graph`."""

from __future__ import annotations

import click

from assetforge.build import Options
from assetforge.cli.options import format_option, planning_options
from assetforge.graph import DRAWINGS, graph_of
from assetforge.planner import make_plan
from assetforge.project import open_project


@click.command(name="graph")
@planning_options
@format_option("dot", "mermaid", "json")
@click.option(
    "-a", "--all", "every", is_flag=True, default=False, help="Draw a node for every action."
)
def command(options: Options, form: str, every: bool) -> None:
    """Draw the plan: steps and what stands on what."""
    plan = make_plan(open_project(options.file, options.profile), options.selection)
    click.echo(DRAWINGS[form](graph_of(plan, every=every)))
