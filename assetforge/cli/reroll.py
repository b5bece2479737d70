"""`assetforge reroll`."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from assetforge import registry
from assetforge.build import run_decided
from assetforge.cli.build import ask, has_person
from assetforge.cli.decision import step_option
from assetforge.cli.events import events_option, telling
from assetforge.cli.group import INTERRUPTED
from assetforge.cli.options import Count, Dollars, choosing_options, flags_again, format_option
from assetforge.cli.output import is_live, print_json, print_warnings
from assetforge.decided import Options
from assetforge.errors import OverBudget, UsageProblem
from assetforge.events import Listener
from assetforge.progress import UNPAID, Progress
from assetforge.reports.decisions import reroll_document, reroll_text
from assetforge.review.chosen import chosen_actions
from assetforge.review.picture import reviewing
from assetforge.review.reroll import reroll


@click.command(name="reroll")
@choosing_options
@format_option("text", "json")
@step_option
@click.option("-n", "--takes", "count", type=Count(), default=1, help="Make this many, not one.")
@click.option("-j", "--jobs", type=Count(), default=None, help="Run this many actions at once.")
@click.option("--max-cost", type=Dollars(), default=None, help="Spend no more than this.")
@click.option("--yes", is_flag=True, default=False, help="Spend what it costs, unasked.")
@events_option
@click.option(
    "--no-progress", is_flag=True, default=False, help="Report in plain lines, also on a terminal."
)
def command(
    options: Options,
    form: str,
    step: str | None,
    count: int,
    jobs: int | None,
    max_cost: int | None,
    yes: bool,
    events: Path | None,
    no_progress: bool,
) -> int:
    """Make more takes: other pictures from the same words. The old ones stay.

    None of them is chosen by that: `assetforge diff` shows them, `assetforge choose` takes one.
    """
    if not (options.selection.selectors or options.selection.locales):
        raise UsageProblem("say which pictures: `assetforge reroll SELECTOR`, or '*' for all")
    options = replace(options, jobs=jobs or 0, cap_microdollars=max_cost, yes=yes, keep_going=True)
    live = is_live(sys.stderr) and not no_progress
    listener: Listener = registry.load(registry.LISTENERS, "live" if live else "plain")(sys.stderr)
    with telling(events, listener) as told, reviewing(options) as review:
        ids = chosen_actions(review, options.selection, step)
        decided = reroll(review, ids, count)
        with listener:
            confirm = partial(ask, listener) if has_person() else None
            progress = run_decided(options, decided, review.store, told.on, confirm)
            progress.settled = review.store.settle(cancel=progress.interrupted)
        told.finished(exit_code(progress), progress)
    print_warnings(decided.warnings)
    for words in progress.settled.words:
        click.echo(words, err=True)
    if form == "json":
        print_json(reroll_document(decided, progress))
    else:
        click.echo(reroll_text(decided, progress, flags_again()), err=True)
    return exit_code(progress)


def exit_code(progress: Progress) -> int:
    """Return what the end means to a script."""
    if progress.interrupted:
        return INTERRUPTED
    if any(each.code in UNPAID for each in progress.failures.values()):
        return OverBudget.exit_code
    return 1 if progress.failures else 0
