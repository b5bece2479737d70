"""What is wrong with what was written: pipeline file, templates, copy, catalogs and lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from importlib import import_module

from assetforge.decided import Options, is_remote
from assetforge.errors import Diagnostic, InvalidSource
from assetforge.implied import TEXT
from assetforge.lock.folder import Lock, folder_of, read_lock
from assetforge.plan import Plan
from assetforge.planner import make_plan
from assetforge.project import Project
from assetforge.texts import all_catalogs

EMPTY = Lock({})


def checked_plan(project: Project, options: Options) -> tuple[Plan, Lock]:
    """Return the plan, with the warnings of its copy, and the lock as its files say.

    Raises:
        InvalidSource: every problem of the catalogs, the lock and the plan, together.
        NothingSelected: a selector or locale matches nothing.
    """
    catalogs = all_catalogs(project.texts)
    problems = [each for some in catalogs for each in some.problems()]
    lock, damages = lock_or_problems(project)
    problems += damages
    try:
        plan = make_plan(project, options.selection, allow_unverified=options.allow_unverified)
    except InvalidSource as error:
        raise InvalidSource(dict.fromkeys([*problems, *error.diagnostics])) from None
    found = [*copy_problems(project, plan), *reader_problems(project, plan)]
    problems += [each for each in found if each.severity == "error"]
    if problems:
        raise InvalidSource(problems)
    return replace(plan, warnings=(*plan.warnings, *found)), lock


def lock_or_problems(project: Project) -> tuple[Lock, Sequence[Diagnostic]]:
    """Return the lock, or an empty one and what is wrong with it: damaged, or in conflict."""
    try:
        return read_lock(folder_of(project.root, project.file)), ()
    except InvalidSource as error:
        return EMPTY, error.diagnostics


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
