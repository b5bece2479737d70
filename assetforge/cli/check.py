"""`assetforge check`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from importlib import import_module

import click

from assetforge.cli.options import flags_again, format_option, planning_options
from assetforge.cli.output import print_json, print_warnings
from assetforge.decided import Options, decide_plan, is_remote, open_store, warnings_of
from assetforge.errors import Diagnostic, InvalidSource, NotAccepted, OutOfDate
from assetforge.implied import TEXT
from assetforge.lock.folder import folder_of, read_lock
from assetforge.materialize import out_of_date
from assetforge.permission import few
from assetforge.plan import Plan
from assetforge.planner import make_plan
from assetforge.project import Project, open_project
from assetforge.recollection import lock_of
from assetforge.reports.documents import check_document
from assetforge.reports.text import plural
from assetforge.texts import all_catalogs


@click.command(name="check")
@planning_options
@format_option("text", "json")
@click.option("--built", is_flag=True, default=False, help="Also exit with 3 unless all is built.")
@click.option(
    "--accepted",
    is_flag=True,
    default=False,
    help="Also exit with 6 unless somebody accepted every picture of a provider.",
)
def command(options: Options, form: str, built: bool, accepted: bool) -> int:
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
    looked = Looked() if not (built or accepted) else look(project, plan)
    missing = looked.unbuilt if built else None
    open = looked.unaccepted if accepted else None
    if form == "json":
        print_json(check_document(warnings, missing, open))
    else:
        print_warnings(warnings)
        counts = f"{plural(len(plan.actions), 'action')}, {plural(len(plan.targets), 'picture')}"
        click.echo(f"{counts}: no errors")
    if missing:
        raise OutOfDate(f"out of date: {few(missing)}; run `assetforge build{flags_again().both}`")
    if open:
        flags = flags_again()
        which = flags.selection or " '*'"
        advice = f"run `assetforge accept{flags.project}{which}` once they are right"
        raise NotAccepted(f"not accepted: {few(open)}; {advice}")
    return 0


def checked_plan(project: Project, options: Options) -> Plan:
    """Return the plan.

    Raises:
        InvalidSource: every problem of the catalogs, the lock and the plan, together.
    """
    catalogs = all_catalogs(project.texts)
    problems = [each for some in catalogs for each in some.problems()]
    problems += lock_problems(project)
    try:
        plan = make_plan(project, options.selection, allow_unverified=options.allow_unverified)
    except InvalidSource as error:
        raise InvalidSource(dict.fromkeys([*problems, *error.diagnostics])) from None
    found = [*copy_problems(project, plan), *reader_problems(project, plan)]
    problems += [each for each in found if each.severity == "error"]
    if problems:
        raise InvalidSource(problems)
    return replace(plan, warnings=(*plan.warnings, *found))


def copy_problems(project: Project, plan: Plan) -> list[Diagnostic]:
    """Return what does not fit of the copy that is typeset, or that a service draws in a region."""
    boxed = [
        id
        for id, action in plan.actions.items()
        if action.kind == TEXT or ("region" in action.request and is_remote(project, action))
    ]
    # Typst takes a while to load, and is needed for nothing else here.
    return [*import_module("assetforge.fit").unfit(project, plan, boxed)] if boxed else []


def reader_problems(project: Project, plan: Plan) -> list[Diagnostic]:
    """Return what this machine lacks to look at pictures; another one may build them."""
    looks = [id for id, action in plan.actions.items() if "reading" in action.request]
    if not looks:
        return []
    found = import_module("assetforge.readable").unreadable(project, plan, looks)
    return [replace(each, severity="warning") for each in found]


def lock_problems(project: Project) -> Sequence[Diagnostic]:
    """Return what is wrong with the lock: damaged, or in conflict."""
    try:
        read_lock(folder_of(project.root, project.file))
    except InvalidSource as error:
        return error.diagnostics
    return ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What is not as it should be.

    `unbuilt` are the actions that would run or are lost, then the targets that do not hold their
    artifact; `unaccepted` the pictures of a provider that nobody accepted.
    """

    unbuilt: list[str] = field(default_factory=list)
    unaccepted: list[str] = field(default_factory=list)


def look(project: Project, plan: Plan) -> Looked:
    """Return what is not built, and what is not accepted."""
    with closing(open_store(project)) as store:
        decided = decide_plan(project, plan, store, lock_of(project, store))
        stale = out_of_date(project.root, plan.targets, decided.decisions, store)
    unbuilt = [*decided.lost, *decided.pending, *(each.path for each in stale)]
    return Looked(unbuilt, [str(each) for each in decided.unaccepted])
