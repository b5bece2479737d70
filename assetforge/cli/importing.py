"""`assetforge import`."""

from __future__ import annotations

from pathlib import Path

import click

from assetforge.cli.decision import decision_flags, settle, step_option
from assetforge.cli.options import project_options
from assetforge.decided import Options
from assetforge.errors import UsageProblem
from assetforge.permission import few
from assetforge.planner import Selection
from assetforge.review.chosen import chosen_actions
from assetforge.review.importing import take_in
from assetforge.review.picture import reviewing


@click.command(name="import")
@click.argument("picture", metavar="PICTURE", type=click.Path(path_type=Path))
@project_options
@decision_flags
@step_option
@click.option("--as", "variant", metavar="VARIANT", required=True, help="Whose picture it is.")
def command(
    picture: Path,
    file: Path,
    profile: str | None,
    variant: str,
    step: str | None,
    yes: bool,
    dry_run: bool,
    form: str,
) -> int:
    """Take a retouched PICTURE in as the accepted take of a variant.

    Its bytes are kept in the store, with the name of the file and who brought it.
    """
    selection = Selection((variant,))
    with reviewing(Options(file, profile, selection)) as review:
        ids = chosen_actions(review, selection, step)
        if len(ids) > 1:
            raise UsageProblem(f"'{variant}' has {len(ids)} pictures, name one: {few(ids)}")
        proposal, notes = take_in(review, ids[0], picture)
        settle(review, proposal, yes=yes, dry_run=dry_run, form=form, notes=tuple(notes))
    return 0
