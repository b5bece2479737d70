"""A check: reads what was written and what is on this machine, and asks nobody anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

from assetforge.action import Action, VariantName
from assetforge.checking.alt import alt_problems
from assetforge.checking.cost import cost_warnings
from assetforge.checking.lock import lock_warnings
from assetforge.checking.sources import checked_plan
from assetforge.checking.standing import decide_by_lock
from assetforge.decided import Options, decide_plan, open_store, warnings_of
from assetforge.errors import Diagnostic
from assetforge.materialize import out_of_date
from assetforge.plan import Plan
from assetforge.project import Project, open_project
from assetforge.recollection import lock_of
from assetforge.store.local import FOLDER, Store


@dataclass(frozen=True, slots=True)
class Asked:
    """What has to be so besides that nothing is wrong.

    Attributes:
        built: all is made and written, on this machine.
        locked: the lock names a picture for all that a service draws, wherever its bytes are.
        accepted: somebody accepted all that a provider draws.
    """

    built: bool = False
    locked: bool = False
    accepted: bool = False


class Lack(NamedTuple):
    """An action or target that is not as it was asked for, and whose it is.

    `unknowable`: it stands on a local step whose picture is not on this machine.
    """

    name: str
    asset: str
    variants: tuple[VariantName, ...]
    unknowable: bool = False


Lacks: TypeAlias = tuple[Lack, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check came to. What was not asked for, or not looked at, is None.

    Attributes:
        project, plan: what was looked at.
        warnings: what is not wrong but worth a look.
        unbuilt: actions that would run or are lost, then targets that do not hold their artifact.
        unlocked: pictures of a service that the lock does not name.
        unaccepted: pictures of a provider that nobody accepted.
        idle: the profile in whose name the lock was asked, though it asks no service.
    """

    project: Project
    plan: Plan
    warnings: Sequence[Diagnostic]
    unbuilt: Lacks | None = None
    unlocked: Lacks | None = None
    unaccepted: Lacks | None = None
    idle: str | None = None


def check(options: Options, asked: Asked) -> Checked:
    """Find everything that is wrong, and what is not as it is asked for.

    The shared store is not asked, and without `built` no store is laid out.

    Raises:
        InvalidSource: every problem of what was written, together.
        NothingSelected, UsageProblem: there is nothing that could be checked.
        StoreProblem: the store on this machine cannot be read.
    """
    project = open_project(options.file, options.profile)
    plan, lock = checked_plan(project, options)
    with ExitStack() as stack:
        store = None
        if asked.built or (asked != Asked() and (project.root / FOLDER).is_dir()):
            store = stack.enter_context(closing(open_store(project, alone=True)))
        by_lock = decide_by_lock(project, plan, lock, store)
        unbuilt = unbuilt_of(project, plan, store) if store and asked.built else None
    unsure = by_lock.unknowable
    most = options.selection.max_variants
    warnings = [
        *(options.since.warnings if options.since else ()),
        *warnings_of(project, plan),
        *alt_problems(project, plan),
        *lock_warnings(project, lock, None if asked.locked else by_lock, most),
        *cost_warnings(project, options, by_lock),
    ]
    return Checked(
        project,
        plan,
        list(dict.fromkeys(warnings)),
        unbuilt,
        lacks_of(by_lock.unlocked, unsure.__contains__) if asked.locked else None,
        lacks_of(by_lock.unaccepted, unsure.__contains__) if asked.accepted else None,
        project.profile_name if asked.locked and by_lock.is_all_local else None,
    )


def lacks_of(actions: Iterable[Action], unknowable: Callable[[str], bool]) -> Lacks:
    """Return actions as what is lacking."""
    return tuple(
        Lack(str(each.id), each.asset, tuple(each.variants), unknowable(each.id))
        for each in actions
    )


def unbuilt_of(project: Project, plan: Plan, store: Store) -> Lacks:
    """Return what would run or is lost, then the targets that do not hold their artifact."""
    decided = decide_plan(project, plan, store, lock_of(project, store))
    stale = out_of_date(project.root, plan.targets, decided.decisions, store)
    actions = [decided.plan.actions[id] for id in (*decided.lost, *decided.pending)]
    targets = (Lack(each.path, each.variant.asset, (each.variant.name,)) for each in stale)
    return (*lacks_of(actions, lambda _: False), *targets)


def root_of(options: Options) -> Path:
    """Return the folder that places are below."""
    return options.file.resolve().parent
