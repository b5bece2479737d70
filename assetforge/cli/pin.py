"""`assetforge pin`."""

from __future__ import annotations

import click

from assetforge.cli.decision import decide_about, decision_options, step_option
from assetforge.decided import Options
from assetforge.review.verdicts import pin


@click.command(name="pin")
@decision_options
@step_option
def command(options: Options, step: str | None, yes: bool, dry_run: bool, form: str) -> int:
    """Keep pictures as they are, whatever changes, until `unpin`."""
    return decide_about(options, "pin", pin, step=step, yes=yes, dry_run=dry_run, form=form)
