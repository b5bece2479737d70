"""`assetforge choose`."""

from __future__ import annotations

import click

from assetforge.cli.decision import decide_about, decision_options, step_option
from assetforge.cli.options import Count
from assetforge.decided import Options
from assetforge.review.verdicts import choose


@click.command(name="choose")
@decision_options
@click.argument("take", type=Count())
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
