"""`assetforge build`."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from assetforge import acceptance, registry
from assetforge.build import Built, build_decided
from assetforge.cli.events import events_option, telling
from assetforge.cli.group import INTERRUPTED
from assetforge.cli.options import (
    Count,
    Dollars,
    flags_again,
    format_option,
    planning_options,
)
from assetforge.cli.output import is_live, print_json, print_warnings, printed
from assetforge.cli.saved import build_saved, opened_plan
from assetforge.decided import Options
from assetforge.errors import NotAccepted, OverBudget
from assetforge.events import Listener
from assetforge.incremental.build import build_changed
from assetforge.progress import UNPAID
from assetforge.reports.documents import build_document
from assetforge.reports.text import build_text
from assetforge.trace.command import LEVELS
from assetforge.trace.fast import is_coloured
from assetforge.trace.look import Look


@click.command(name="build")
@planning_options
@format_option("text", "json")
@click.option("-j", "--jobs", type=Count(), default=None, help="Run this many actions at once.")
@click.option(
    "-k",
    "--keep-going",
    is_flag=True,
    default=False,
    help="Go on with all that does not need what failed.",
)
@click.option(
    "--frozen", is_flag=True, default=False, help="Run nothing: exit with 3 unless all is a hit."
)
@click.option("--force", is_flag=True, default=False, help="Overwrite pictures edited by hand.")
@click.option(
    "--check",
    "level",
    type=click.Choice(LEVELS),
    default=LEVELS[0],
    show_default=True,
    help="Look at pictures on disk by their folders' times, their own, or their bytes.",
)
@click.option("--max-cost", type=Dollars(), default=None, help="Spend no more than this.")
@click.option("--yes", is_flag=True, default=False, help="Spend what the plan costs, unasked.")
@click.option(
    "--resend",
    is_flag=True,
    default=False,
    help="Send again what got no answer before and may have been billed.",
)
@click.option(
    "--rebuy",
    is_flag=True,
    default=False,
    help="Buy again pictures that the lock names and no store has.",
)
@click.option(
    "--plan",
    "plan_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=None,
    help="Run exactly what `plan -o FILE` saved, or nothing.",
)
@events_option
@click.option(
    "--no-progress", is_flag=True, default=False, help="Report in plain lines, also on a terminal."
)
def command(
    options: Options,
    form: str,
    jobs: int | None,
    keep_going: bool,
    frozen: bool,
    force: bool,
    level: str,
    max_cost: int | None,
    yes: bool,
    resend: bool,
    rebuy: bool,
    plan_file: Path | None,
    events: Path | None,
    no_progress: bool,
) -> int:
    """Bring the pictures up to date, and nothing else.

    \b
    A SELECTOR is an asset and axis values, any of them left out, or a tag:
      banner   banner/wide/de   '*/ja'   tag:web
    """  # noqa: D301  \b is click's mark for a paragraph kept as it is
    options = replace(
        options,
        jobs=jobs or 0,
        keep_going=keep_going,
        frozen=frozen,
        force=force,
        thorough=level == "hash",
        yes=yes,
        cap_microdollars=max_cost,
        resend=resend,
        rebuy=rebuy,
    )
    found = click.get_current_context().find_object(Look)
    live = is_live(sys.stderr) and not no_progress
    listener: Listener = registry.load(registry.LISTENERS, "live" if live else "plain")(sys.stderr)
    with telling(events, listener) as told:
        saved = None
        if plan_file is not None:
            saved, options = opened_plan(plan_file, options)
        with listener:
            if saved is not None:
                built = build_saved(options, saved, told.on)
            else:
                confirm = partial(ask, listener) if has_person() else None
                make = partial(build_decided, listen=told.on, confirm=confirm)
                built = build_changed(options, found, make, printed)
        told.finished(exit_code(built), built.progress, built.materialized)
    if found is not None and built.carried.current:
        click.echo(found.proof.warnings[is_coloured()], nl=False, err=True)
    else:
        print_warnings(built.decided.warnings)
    if form == "json":
        print_json(build_document(built))
    else:
        click.echo(build_text(built, options, flags_again()), err=True)
    return exit_code(built)


def has_person() -> bool:
    """Tell whether somebody is there to be asked."""
    return is_live(sys.stdin) and is_live(sys.stderr)


def ask(listener: Listener, question: str) -> bool:
    """Ask the person at the terminal; no is the default."""
    with listener.quiet():
        return click.confirm(question, default=False, err=True)


def exit_code(built: Built) -> int:
    """Return what a build's end means to a script."""
    if built.progress.interrupted:
        return INTERRUPTED
    if any(each.code in UNPAID for each in built.progress.failures.values()):
        return OverBudget.exit_code
    refused = {each.code for each in built.materialized.refused}
    if refused == {acceptance.CODE} and not built.progress.failures:
        return NotAccepted.exit_code
    return 1 if built.failed or built.progress.settled.refused else 0
