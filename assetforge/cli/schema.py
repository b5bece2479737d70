"""`assetforge schema`."""

from __future__ import annotations

import click

from assetforge.schema import render_schema


@click.command(name="schema")
def command() -> None:
    """Print the JSON Schema of the pipeline file, with the installed step kinds in it."""
    click.echo(render_schema(), nl=False)
