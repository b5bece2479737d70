"""`assetforge undo`."""

from __future__ import annotations

from dataclasses import replace

import click

from assetforge.cli.decision import decision_options, settle
from assetforge.decided import Options
from assetforge.matrix import select
from assetforge.planner import all_variants
from assetforge.review.decision import propose
from assetforge.review.picture import Review, reviewing
from assetforge.review.undo import profile_of, undo


@click.command(name="undo")
@decision_options
def command(options: Options, yes: bool, dry_run: bool, form: str) -> int:
    """Take the last decision back, or the last about some pictures."""
    if options.profile is None:
        with reviewing(options) as review:
            options = replace(options, profile=profile_of(review, named(review, options)))
    with reviewing(options) as review:
        decision, changes, about = undo(review, named(review, options))
        what = f"undo {decision.what}"
        proposal = propose(review, what, about, changes, undoes=decision.id)
        note = f"takes back '{decision.what}' of {decision.at[:16]} by {decision.by}"
        settle(review, proposal, yes=yes, dry_run=dry_run, form=form, notes=(note,))
    return 0


def named(review: Review, options: Options) -> frozenset[str] | None:
    """Return the variants that are meant; None: all that there are and were."""
    selection, project = options.selection, review.decided.project
    if not (selection.selectors or selection.locales):
        return None
    tags = {name: asset.tags for name, asset in project.pipeline.assets.items()}
    variants = all_variants(project, selection.max_variants)
    chosen = select(variants, selection.selectors, selection.locales, tags)
    return frozenset(str(each.name) for each in chosen)
