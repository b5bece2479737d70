"""`assetforge check`."""

from __future__ import annotations

from pathlib import Path

import click

from assetforge.build import Options, open_store, plan_and_decide
from assetforge.cli.options import (
    flags_again,
    format_option,
    project_options,
    selection_of,
    selection_options,
)
from assetforge.cli.output import print_json, print_warnings
from assetforge.errors import Diagnostic, InvalidSource, OutOfDate
from assetforge.materialize import out_of_date
from assetforge.plan import Plan
from assetforge.planner import make_plan
from assetforge.project import Project, open_project
from assetforge.reports.documents import check_document
from assetforge.reports.text import plural
from assetforge.texts import all_catalogs


@click.command(name="check")
@selection_options
@project_options
@format_option("text", "json")
@click.option("--built", is_flag=True, default=False, help="Also exit with 3 unless all is built.")
def command(
    selectors: tuple[str, ...],
    locales: tuple[str, ...],
    max_variants: int,
    file: Path,
    profile: str | None,
    form: str,
    built: bool,
) -> int:
    """Find everything that is wrong, without building, key or network."""
    options = Options(file, profile, selection_of(selectors, locales, max_variants))
    try:
        project = open_project(file, profile)
        plan = checked_plan(project, options)
    except InvalidSource as error:
        if form == "text":
            raise
        print_json(check_document(error.diagnostics))
        return error.exit_code
    warnings = warnings_of(project, plan)
    missing = unbuilt(project, options) if built else None
    if form == "json":
        print_json(check_document(warnings, missing))
    else:
        print_warnings(warnings)
        counts = f"{plural(len(plan.actions), 'action')}, {plural(len(plan.targets), 'picture')}"
        click.echo(f"{counts}: no errors")
    if missing:
        more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
        raise OutOfDate(
            f"out of date: {missing[0]}{more}; run `assetforge build{flags_again().both}`"
        )
    return 0


def checked_plan(project: Project, options: Options) -> Plan:
    """Return the plan.

    Raises:
        InvalidSource: every problem of the catalogs and of the plan, together.
    """
    problems = [each for some in all_catalogs(project.texts) for each in some.problems()]
    try:
        plan = make_plan(project, options.selection)
    except InvalidSource as error:
        raise InvalidSource(dict.fromkeys([*problems, *error.diagnostics])) from None
    if problems:
        raise InvalidSource(problems)
    return plan


def warnings_of(project: Project, plan: Plan) -> list[Diagnostic]:
    """Return everything that is not wrong but worth a look."""
    found = [*project.loaded.warnings, *plan.warnings]
    found += [each for some in all_catalogs(project.texts) for each in some.warnings]
    return list(dict.fromkeys(found))


def unbuilt(project: Project, options: Options) -> list[str]:
    """Return the actions that would run, then the targets that do not hold their artifact."""
    store = open_store(project)
    try:
        decided = plan_and_decide(options, store, project)
        stale = out_of_date(project.root, decided.plan.targets, decided.decisions, store)
    finally:
        store.close()
    return [*decided.pending, *(each.path for each in stale)]
