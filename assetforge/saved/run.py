"""Building what a saved plan says, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from assetforge import __version__
from assetforge.build import Built, build_decided
from assetforge.decided import Decided, Options, deciding
from assetforge.diagnostics import printable
from assetforge.errors import OutOfDate, UsageProblem
from assetforge.events import Event
from assetforge.permission import caps_of
from assetforge.saved.drift import Drift, drift
from assetforge.saved.plan import SavedPlan, saved_plan

LISTED: Final = 20
"""Up to this many changes are told one by one."""


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A saved plan, and the file that it is in."""

    path: Path
    plan: SavedPlan


def build_saved(options: Options, file: PlanFile, listen: Callable[[Event], None]) -> Built:
    """Build what a plan says, or nothing. It is the agreement to spend up to what it says.

    Raises:
        UsageProblem: the plan is of another project.
        OutOfDate: something is not as the plan says.
        InvalidSource, NothingSelected, OverBudget, StoreProblem: as `build`.
    """
    path, plan = file.path, file.plan
    with deciding(options) as (decided, store):
        refuse_other_project(plan, decided, path)
        refuse_drift(drift(plan, saved_plan(options, decided, plan.at)), file)
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


def refuse_drift(found: Sequence[Drift], file: PlanFile) -> None:
    """Check that everything is as a plan says.

    Raises:
        OutOfDate: it is not; says all of it.
    """
    if not found:
        return
    lines = [f"  {printable(str(each))}" for each in found[:LISTED]]
    if len(found) > LISTED:
        lines.append(f"  and {len(found) - LISTED:,} more")
    by = printable(file.plan.version)
    other = f" (assetforge {by} made it, this is {__version__})" if by != __version__ else ""
    head = f"'{file.path}' is not what would run now, so nothing was{other}:"
    advice = "look at `assetforge plan`, and save it again with -o"
    raise OutOfDate("\n".join([head, *lines, advice]))
