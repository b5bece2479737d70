"""`assetforge explain`."""

from __future__ import annotations

import click

from assetforge.build import Options, deciding, last_manifests
from assetforge.cli.options import format_option, planning_options
from assetforge.cli.output import print_json
from assetforge.reports.explanation import explain, explanation_document, explanation_text


@click.command(name="explain")
@planning_options
@format_option("text", "json")
def command(options: Options, form: str) -> None:
    """Say why a picture is a hit, a run or waits, field by field, with the prompt's diff."""
    with deciding(options) as (decided, store):
        explained = explain(decided, last_manifests(decided.plan, store))
    if form == "json":
        print_json(explanation_document(explained))
    else:
        click.echo(explanation_text(explained))
