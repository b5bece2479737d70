"""`assetforge graph`."""

from __future__ import annotations

from functools import partial

import click

from assetforge.cli.options import format_option, planning_options
from assetforge.decided import Options
from assetforge.graph import DRAWINGS, graph_of
from assetforge.planner import make_plan
from assetforge.project import open_project


@click.command(name="graph")
@partial(planning_options, alone=True)
@format_option("dot", "mermaid", "json")
@click.option(
    "-a", "--all", "every", is_flag=True, default=False, help="Draw a node for every action."
)
def command(options: Options, form: str, every: bool) -> None:
    """Draw the plan: steps and what stands on what."""
    project = open_project(options.file, options.profile)
    plan = make_plan(project, options.selection, allow_unverified=options.allow_unverified)
    click.echo(DRAWINGS[form](graph_of(plan, every=every)))
