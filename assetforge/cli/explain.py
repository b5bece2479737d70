"""`assetforge explain`."""

from __future__ import annotations

from pathlib import Path

import click

from assetforge.build import Options, last_manifests, open_store, plan_and_decide
from assetforge.cli.options import format_option, project_options, selection_of, selection_options
from assetforge.cli.output import print_json
from assetforge.project import open_project
from assetforge.reports.explanation import explain, explanation_document, explanation_text


@click.command(name="explain")
@selection_options
@project_options
@format_option("text", "json")
def command(
    selectors: tuple[str, ...],
    locales: tuple[str, ...],
    max_variants: int,
    file: Path,
    profile: str | None,
    form: str,
) -> None:
    """Say why a picture is a hit, a run or waits, field by field, with the prompt's diff."""
    options = Options(file, profile, selection_of(selectors, locales, max_variants))
    project = open_project(file, profile)
    store = open_store(project)
    try:
        decided = plan_and_decide(options, store, project)
        explained = explain(decided, last_manifests(decided.plan, store))
    finally:
        store.close()
    if form == "json":
        print_json(explanation_document(explained))
    else:
        click.echo(explanation_text(explained))
