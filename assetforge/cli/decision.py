"""What the commands that decide about pictures have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

import click

from assetforge.action import ActionId
from assetforge.cli.build import has_person
from assetforge.cli.options import choosing_options, flags_again, format_option
from assetforge.cli.output import print_json, print_warnings
from assetforge.decided import Options
from assetforge.errors import OverBudget, UsageProblem
from assetforge.lock.entry import Entry, Slot
from assetforge.permission import few
from assetforge.pricing import cost_text
from assetforge.reports.decisions import decision_document, decision_text
from assetforge.review.chosen import chosen_actions
from assetforge.review.decision import Proposal, decide, propose
from assetforge.review.picture import Review, reviewing

Command = TypeVar("Command", bound=Callable[..., Any])
Verdict: TypeAlias = Callable[[Review, list[ActionId]], Mapping[Slot, Entry | None]]
"""Returns what a decision about some drawings makes of the lock."""


def decision_flags(command: Command) -> Command:
    """Add the flags that every such command takes."""
    options: tuple[Callable[[Command], Command], ...] = (
        click.option("--yes", is_flag=True, default=False, help="Decide, whatever it entails."),
        click.option(
            "-n",
            "--dry-run",
            is_flag=True,
            default=False,
            help="Only say what would change, and what it would cost.",
        ),
        format_option("text", "json"),
    )
    for option in options:
        command = option(command)
    return command


def decision_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add these flags, and those that choose pictures."""
    return choosing_options(decision_flags(command))


def step_option(command: Command) -> Command:
    """Add the flag that says which picture of a variant is meant."""
    return click.option(
        "--step",
        metavar="STEP",
        default=None,
        help="The picture after this step, not the last that is drawn.",
    )(command)


def decide_about(
    options: Options,
    what: str,
    verdict: Verdict,
    *,
    step: str | None,
    yes: bool,
    dry_run: bool,
    form: str,
    behind: bool = False,
) -> int:
    """Decide about the chosen pictures, and say what came of it.

    Raises:
        UsageProblem: nothing is chosen, or it cannot be decided so.
        OverBudget: others stand on it, and nobody agreed to what building those costs.
    """
    if not (options.selection.selectors or options.selection.locales):
        raise UsageProblem(f"say which pictures: `assetforge {what} SELECTOR`, or '*' for all")
    with reviewing(options) as review:
        ids = chosen_actions(review, options.selection, step, behind=behind)
        proposal = propose(review, what, tuple(ids), verdict(review, ids))
        settle(review, proposal, yes=yes, dry_run=dry_run, form=form)
    return 0


def settle(
    review: Review,
    proposal: Proposal,
    *,
    yes: bool,
    dry_run: bool,
    form: str,
    notes: tuple[str, ...] = (),
) -> None:
    """Say what a decision entails, ask where others stand on it, make it, and say so.

    Raises:
        OverBudget: others stand on it, and nobody agreed to what building those costs.
        UsageProblem: somebody else changed the same entries meanwhile.
    """
    if not dry_run:
        permit(proposal, yes=yes)
    decision = None if dry_run else decide(review, proposal)
    print_warnings(review.decided.warnings)
    if form == "json":
        print_json(decision_document(proposal, review.by, review.at, decision))
    else:
        said = decision_text(proposal, review.by, flags_again(), decided=decision is not None)
        click.echo("\n".join([*notes, said]), err=True)


def permit(proposal: Proposal, *, yes: bool) -> None:
    """Have somebody agree where pictures stand on what is decided that cost something.

    Raises:
        OverBudget: nobody did.
    """
    others = proposal.on_others
    if yes or not others:
        return
    stand, them = ("stands", "it") if len(others) == 1 else ("stand", "them")
    cost = cost_text(proposal.cost)
    words = f"{few(others)} {stand} on this; making {them} again costs {cost}"
    if not has_person():
        raise OverBudget(f"nothing is decided: {words}; agree with --yes, or look with --dry-run")
    if not click.confirm(f"{words}, at the next build; go on?", default=False, err=True):
        raise OverBudget("nothing is decided")
