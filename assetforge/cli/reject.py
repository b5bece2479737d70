"""`assetforge reject`."""

from __future__ import annotations

import click

from assetforge.cli.decision import decide_about, decision_options, step_option
from assetforge.decided import Options
from assetforge.review.verdicts import reject


@click.command(name="reject")
@decision_options
@step_option
def command(options: Options, step: str | None, yes: bool, dry_run: bool, form: str) -> int:
    """Say that pictures are wrong: another take stands, or the next build makes one.

    The bytes stay in the store, and `assetforge choose` can still take them.
    """
    return decide_about(options, "reject", reject, step=step, yes=yes, dry_run=dry_run, form=form)
