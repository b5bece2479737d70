"""`assetforge graph`."""

from __future__ import annotations

from pathlib import Path

import click

from assetforge.cli.options import format_option, project_options, selection_of, selection_options
from assetforge.graph import DRAWINGS, graph_of
from assetforge.planner import make_plan
from assetforge.project import open_project


@click.command(name="graph")
@selection_options
@project_options
@format_option("dot", "mermaid", "json")
@click.option(
    "-a", "--all", "every", is_flag=True, default=False, help="Draw a node for every action."
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
    """Draw the plan: steps and what stands on what."""
    project = open_project(file, profile)
    plan = make_plan(project, selection_of(selectors, locales, max_variants))
    click.echo(DRAWINGS[form](graph_of(plan, every=every)))
