"""`assetforge choose`."""

from __future__ import annotations

from typing import Any

import click

from assetforge.cli.decision import decide_about, decision_options, step_option
from assetforge.cli.options import Count
from assetforge.decided import Options
from assetforge.errors import UsageProblem
from assetforge.review.verdicts import choose


class Take(Count):
    """The number of a take."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            raise UsageProblem(
                f"'{value}' is no take; its number comes last: `assetforge choose banner/wide/de 2`"
            ) from None


@click.command(name="choose")
@decision_options
@click.argument("take", type=Take())
@step_option
def command(
    options: Options, take: int, step: str | None, yes: bool, dry_run: bool, form: str
) -> int:
    """Say that take TAKE is the right one: `assetforge choose banner/wide/de 2`.

    What stands on the picture before is told, with what making it again costs, before anything is
    decided.
    """
    return decide_about(
        options,
        "choose",
        lambda review, ids: choose(review, ids, take),
        step=step,
        yes=yes,
        dry_run=dry_run,
        form=form,
    )
