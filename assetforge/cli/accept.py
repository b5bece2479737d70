"""`assetforge accept`."""

from __future__ import annotations

import click

from assetforge.cli.decision import decide_about, decision_options, step_option
from assetforge.decided import Options
from assetforge.review.verdicts import accept


@click.command(name="accept")
@decision_options
@step_option
def command(options: Options, step: str | None, yes: bool, dry_run: bool, form: str) -> int:
    """Say that pictures are right as they are, for the words and inputs of today.

    Nothing is made or bought: a typing error in a prompt costs nothing. What a picture stands on
    is accepted with it.
    """
    return decide_about(
        options, "accept", accept, step=step, yes=yes, dry_run=dry_run, form=form, behind=True
    )
