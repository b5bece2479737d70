"""What `plan -o` and `build --plan` have in common with nobody else: a plan in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
from click.core import ParameterSource

from assetforge import __version__
from assetforge.build import Built, build_decided
from assetforge.decided import Decided, Options, deciding
from assetforge.diagnostics import printable
from assetforge.errors import OutOfDate, UsageProblem
from assetforge.events import Event
from assetforge.permission import caps_of
from assetforge.saved.drift import Drift, drift
from assetforge.saved.file import read_plan, write_plan
from assetforge.saved.plan import SavedPlan, saved_plan

LISTED: Final = 20
"""Up to this many changes are told one by one."""

SAID: Final = {
    "selectors": "a selector",
    "locales": "--locale",
    "profile": "--profile",
    "max_variants": "--max-variants",
    "allow_unverified": "--allow-unverified",
    "resend": "--resend",
    "rebuy": "--rebuy",
}
"""What a plan says itself: parameters, and what a person types for them."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A plan that a person looked over, and the file that it is in."""

    path: Path
    plan: SavedPlan


def save(path: Path, options: Options, decided: Decided) -> None:
    """Write a plan to a file.

    Raises:
        UsageProblem: there is something that is no saved plan, or no such folder.
        StoreProblem: it cannot be written.
    """
    write_plan(path, saved_plan(options, decided, now()))


def tell_saved(path: Path) -> None:
    """Say where the plan is, and what it is for."""
    click.echo(f"saved: '{path}'   (assetforge build --plan runs exactly this)", err=True)


def now() -> str:
    """Return the time of day: UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def review(path: Path, options: Options) -> tuple[Reviewed, Options]:
    """Return the plan of a file, and a build's options as it says them.

    What is told to type next repeats them.

    Raises:
        UsageProblem: there is no such plan, the command line says something that it says already,
            or it is of another pipeline file.
    """
    plan = read_plan(path)
    context = click.get_current_context()
    besides = [
        word
        for name, word in SAID.items()
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
    if besides:
        raise UsageProblem(f"--plan says what to build: leave out {', '.join(besides)}")
    if plan.pipeline != options.file.name:
        said = printable(plan.pipeline)
        raise UsageProblem(f"'{path}' is a plan of '{said}', not of '{options.file.name}'; see -f")
    context.params |= {
        "selectors": plan.selection.selectors,
        "locales": plan.selection.locales,
        "profile": plan.profile,
        "allow_unverified": plan.allow_unverified,
    }
    return Reviewed(path, plan), replace(
        options,
        profile=plan.profile,
        selection=plan.selection,
        allow_unverified=plan.allow_unverified,
        resend=plan.resend,
        rebuy=plan.rebuy,
    )


def build_reviewed(options: Options, reviewed: Reviewed, listen: Callable[[Event], None]) -> Built:
    """Build what a plan says, or nothing. It is the agreement to spend up to what it says.

    Raises:
        UsageProblem: the plan is of another project.
        OutOfDate: something is not as the plan says.
        InvalidSource, NothingSelected, OverBudget, StoreProblem: as `build`.
    """
    path, plan = reviewed.path, reviewed.plan
    with deciding(options) as (decided, store):
        refuse_other_project(plan, decided, path)
        refuse_drift(drift(plan, saved_plan(options, decided, plan.at)), reviewed)
        capped = replace(options, cap_microdollars=cap_of(options, plan, decided))
        return build_decided(capped, decided, store, listen)


def cap_of(options: Options, plan: SavedPlan, decided: Decided) -> int:
    """Return the cap of the run in microdollars: the least of the plan's, flag's and profile's."""
    profile = caps_of(replace(options, cap_microdollars=None), decided.project).run
    stated = (plan.cost.high, options.cap_microdollars, profile)
    return min(each for each in stated if each is not None)


def refuse_other_project(plan: SavedPlan, decided: Decided, path: Path) -> None:
    """Check that a plan is of this project, as far as can be told.

    Raises:
        UsageProblem: it has none of the plan's assets.
    """
    assets = {each.asset for each in plan.actions.values()}
    if assets and assets.isdisjoint(decided.project.pipeline.assets):
        named = printable(", ".join(f"'{each}'" for each in sorted(assets)[:3]))
        raise UsageProblem(f"'{path}' is a plan of another project: there is no asset {named} here")


def refuse_drift(found: Sequence[Drift], reviewed: Reviewed) -> None:
    """Check that everything is as a plan says.

    Raises:
        OutOfDate: it is not; says all of it.
    """
    if not found:
        return
    lines = [f"  {printable(str(each))}" for each in found[:LISTED]]
    if len(found) > LISTED:
        lines.append(f"  and {len(found) - LISTED:,} more")
    by = printable(reviewed.plan.version)
    other = f" (assetforge {by} made it, this is {__version__})" if by != __version__ else ""
    head = f"'{reviewed.path}' is not what would run now, so nothing was{other}:"
    advice = "look at `assetforge plan`, and save it again with -o"
    raise OutOfDate("\n".join([head, *lines, advice]))
