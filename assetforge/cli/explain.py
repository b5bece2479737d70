"""`assetforge explain`."""

from __future__ import annotations

import click

from assetforge.cli.options import format_option, planning_options
from assetforge.cli.output import print_json
from assetforge.decided import Options, deciding, last_manifests
from assetforge.errors import UsageProblem
from assetforge.evidence import evidence
from assetforge.planner import Selection
from assetforge.reports.between import between_document, between_text
from assetforge.reports.explanation import (
    explain,
    explanation_document,
    explanation_text,
    last_entries,
)
from assetforge.review.between import between
from assetforge.review.naming import Where, recipe_named


@click.command(name="explain")
@planning_options
@format_option("text", "json")
@click.option(
    "--between",
    "pair",
    nargs=2,
    metavar="A B",
    default=None,
    help="Compare how two pictures came to be: each a file, digest, key, VARIANT or VARIANT@TAKE.",
)
def command(options: Options, form: str, pair: tuple[str, str] | None) -> None:
    """Say why a picture is a hit, a run or waits, field by field, with the prompt's diff."""
    if pair is not None:
        explain_between(options, form, pair)
        return
    with deciding(options) as (decided, store):
        explained = explain(
            decided,
            last_manifests(decided.plan, store, decided.project.file),
            last_entries(decided),
            evidence(decided, store),
        )
    if form == "json":
        print_json(explanation_document(explained))
    else:
        click.echo(explanation_text(explained))


def explain_between(options: Options, form: str, pair: tuple[str, str]) -> None:
    """Print what differs between the recipes of two pictures.

    Raises:
        NothingSelected: nothing is known of one of them.
        UsageProblem: variants were selected besides.
    """
    chosen = options.selection
    if chosen != Selection(max_variants=chosen.max_variants):
        raise UsageProblem("'--between' compares two pictures; leave out selectors and '--locale'")
    where = Where(options.file, options.profile)
    one, two = (recipe_named(each, where) for each in pair)
    with where.store() as store:
        found = between(one, two, store)
    if form == "json":
        print_json(between_document(found))
    else:
        click.echo(between_text(found))
