"""What `plan -o` and `build --plan` have in common with nobody else: a plan in a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from click.core import ParameterSource

from assetforge.decided import Decided, Options
from assetforge.diagnostics import printable
from assetforge.errors import UsageProblem

if TYPE_CHECKING:
    from assetforge.build import Built
    from assetforge.events import Event
    from assetforge.saved.run import PlanFile

# What reads and writes saved plans is imported where one is named: to load it takes as long as to
# plan a hundred pictures, and `build` and `plan` hardly ever need it.

SAID: Final = {
    "selectors": "a selector",
    "locales": "--locale",
    "since": "--since",
    "profile": "--profile",
    "max_variants": "--max-variants",
    "allow_unverified": "--allow-unverified",
    "resend": "--resend",
    "rebuy": "--rebuy",
}
"""What a plan says itself: parameters, and what a person types for them."""


def save(path: Path, options: Options, decided: Decided) -> None:
    """Write a plan to a file.

    Raises:
        UsageProblem: there is something that is no saved plan, or no such folder.
        StoreProblem: it cannot be written.
    """
    from assetforge.saved.plan import saved_plan
    from assetforge.saved.writing import write_plan

    write_plan(path, saved_plan(options, decided, now()))


def tell_saved(path: Path) -> None:
    """Say where the plan is, and what it is for."""
    click.echo(f"saved: '{path}'   (assetforge build --plan runs exactly this)", err=True)


def now() -> str:
    """Return the time of day: UTC, ISO 8601, to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def opened_plan(path: Path, options: Options) -> tuple[PlanFile, Options]:
    """Return the plan of a file, and a build's options as it says them.

    What is told to type next repeats them.

    Raises:
        UsageProblem: there is no such plan, the command line says something that it says already,
            or it is of another pipeline file.
    """
    from assetforge.saved.reading import read_plan
    from assetforge.saved.run import PlanFile

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
    return PlanFile(path, plan), replace(
        options,
        profile=plan.profile,
        selection=plan.selection,
        allow_unverified=plan.allow_unverified,
        resend=plan.resend,
        rebuy=plan.rebuy,
    )


def build_saved(options: Options, file: PlanFile, listen: Callable[[Event], None]) -> Built:
    """Build what a plan says; see `assetforge.saved.run`."""
    from assetforge.saved import run

    return run.build_saved(options, file, listen)
