"""`assetforge unpin`."""

from __future__ import annotations

import click

from assetforge.cli.decision import decide_about, decision_options, step_option
from assetforge.decided import Options
from assetforge.review.verdicts import unpin


@click.command(name="unpin")
@decision_options
@step_option
def command(options: Options, step: str | None, yes: bool, dry_run: bool, form: str) -> int:
    """Let pinned pictures follow their words and inputs again."""
    return decide_about(options, "unpin", unpin, step=step, yes=yes, dry_run=dry_run, form=form)
