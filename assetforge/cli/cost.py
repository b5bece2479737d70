"""`assetforge cost`."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import click

from assetforge.cli.options import format_option, project_options
from assetforge.cli.output import print_json
from assetforge.errors import InvalidSource
from assetforge.ledger import entries_below
from assetforge.loader import load_pipeline
from assetforge.pipeline import Budget
from assetforge.reports.spending import GROUPS, spending, spending_document, spending_text


class Day(click.ParamType[date]):
    """A day such as `2026-11-21`."""

    name = "DATE"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return the day."""
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"'{value}' is no day; write it as 2026-11-21", param, ctx)


@click.command(name="cost")
@project_options
@format_option("text", "json")
@click.option(
    "--by",
    type=click.Choice(tuple(GROUPS)),
    default="asset",
    show_default=True,
    help="Group the calls by this.",
)
@click.option("--since", type=Day(), default=None, help="Leave out what was before this day (UTC).")
def command(file: Path, profile: str | None, by: str, since: date | None, form: str) -> None:
    """Say what was spent: by asset, locale, model, day or run; and what has no answer."""
    root = file.resolve().parent
    entries = entries_below(root)
    found = spending(
        entries, by, since=since, budget=budget_of(file, root, profile), now=datetime.now(UTC)
    )
    if form == "json":
        print_json(spending_document(found))
    else:
        click.echo(spending_text(found))


def budget_of(file: Path, root: Path, profile: str | None) -> Budget | None:
    """Return the budget that a pipeline file states; what was spent is shown without it too."""
    try:
        return load_pipeline(file, root, profile).pipeline.budget
    except InvalidSource:
        click.echo(f"note: '{file}' is invalid, so its budget is not shown; see `check`", err=True)
        return None
