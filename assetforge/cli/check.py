"""`assetforge check`."""

from __future__ import annotations

from contextlib import closing

import click

from assetforge.build import Options, decide_plan, open_store, warnings_of
from assetforge.cli.options import flags_again, format_option, planning_options
from assetforge.cli.output import print_json, print_warnings
from assetforge.errors import InvalidSource, OutOfDate
from assetforge.materialize import out_of_date
from assetforge.plan import Plan
from assetforge.planner import make_plan
from assetforge.project import Project, open_project
from assetforge.reports.documents import check_document
from assetforge.reports.text import plural
from assetforge.texts import all_catalogs


@click.command(name="check")
@planning_options
@format_option("text", "json")
@click.option("--built", is_flag=True, default=False, help="Also exit with 3 unless all is built.")
def command(options: Options, form: str, built: bool) -> int:
    """Find everything that is wrong, without building, key or network."""
    try:
        project = open_project(options.file, options.profile)
        plan = checked_plan(project, options)
    except InvalidSource as error:
        if form == "text":
            raise
        print_json(check_document(error.diagnostics))
        return error.exit_code
    warnings = warnings_of(project, plan)
    missing = unbuilt(project, plan) if built else None
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
        plan = make_plan(project, options.selection, allow_unverified=options.allow_unverified)
    except InvalidSource as error:
        raise InvalidSource(dict.fromkeys([*problems, *error.diagnostics])) from None
    if problems:
        raise InvalidSource(problems)
    return plan


def unbuilt(project: Project, plan: Plan) -> list[str]:
    """Return the actions that would run, then the targets that do not hold their artifact."""
    with closing(open_store(project)) as store:
        decided = decide_plan(project, plan, store)
        stale = out_of_date(project.root, plan.targets, decided.decisions, store)
    return [*decided.pending, *(each.path for each in stale)]
