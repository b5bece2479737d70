"""The main path: load, plan, decide, run, materialize. One short function a stage."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from assetforge import registry
from assetforge.action import Action, ActionId, ActionKey, Made, Manifest
from assetforge.errors import Diagnostic, OutOfDate, OverBudget, UsageProblem
from assetforge.events import Event
from assetforge.materialize import Materialized, materialize, remove_dead
from assetforge.pipeline import Size
from assetforge.plan import Plan
from assetforge.planner import Selection, make_plan
from assetforge.pricing import Cost, price_of, usd
from assetforge.project import Project, open_project
from assetforge.rebuilder import Decision, Hit, decide_all, reasons
from assetforge.scheduler import Executor, Progress, Rules, announce, run
from assetforge.store.local import FOLDER, Store
from assetforge.texts import all_catalogs

WORST_PICTURE = Size(1024, 1536)
"""What a reference from a file is priced as: no picture costs more input tokens than this one."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a command was asked for; `jobs` 0 means one for each core."""

    file: Path
    profile: str | None = None
    selection: Selection = field(default_factory=Selection)
    jobs: int = 0
    keep_going: bool = False
    frozen: bool = False
    force: bool = False
    yes: bool = False
    cap_microdollars: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A plan with a decision, the reasons and a price for each action."""

    project: Project
    plan: Plan
    decisions: Mapping[ActionId, Decision]
    reasons: Mapping[ActionId, list[str]]
    prices: Mapping[ActionId, Cost]

    @property
    def notes(self) -> Mapping[ActionId, tuple[str, ...]]:
        """What the planner chose for each action, such as its canvas."""
        return self.plan.notes

    @property
    def warnings(self) -> list[Diagnostic]:
        """Everything that is not wrong but worth a look, each once."""
        return warnings_of(self.project, self.plan)

    @property
    def pending(self) -> list[ActionId]:
        """The actions that run, or may have to once their inputs are made."""
        return [id for id, each in self.decisions.items() if not isinstance(each, Hit)]

    @property
    def cost(self) -> Cost:
        """What the pending actions cost."""
        return sum((self.prices[id] for id in self.pending), Cost(0, 0))


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to."""

    decided: Decided
    progress: Progress
    materialized: Materialized

    @property
    def failed(self) -> bool:
        """Whether anything wanted is not there."""
        return bool(self.progress.failures or self.materialized.refused)


def open_store(project: Project) -> Store:
    """Open the project's local store."""
    return Store(project.root / FOLDER)


def warnings_of(project: Project, plan: Plan) -> list[Diagnostic]:
    """Return the warnings of the pipeline file, then the plan's, then the catalogs', each once."""
    found = [*project.loaded.warnings, *plan.warnings]
    found += [each for some in all_catalogs(project.texts) for each in some.warnings]
    return list(dict.fromkeys(found))


@contextmanager
def deciding(options: Options) -> Iterator[tuple[Decided, Store]]:
    """Open the project and its store, plan and decide; the store is closed at the end.

    Raises:
        InvalidSource, NothingSelected, UsageProblem: there is nothing that could be planned.
        StoreProblem: the store cannot be used.
    """
    project = open_project(options.file, options.profile)
    with closing(open_store(project)) as store:
        yield plan_and_decide(options, store, project), store


def plan_and_decide(options: Options, store: Store, project: Project) -> Decided:
    """Make the plan and decide every action: what `plan` prints and what `build` runs."""
    return decide_plan(project, make_plan(project, options.selection), store)


def decide_plan(project: Project, plan: Plan, store: Store) -> Decided:
    """Decide every action of a plan, and say why and for how much."""
    decisions = decide_all(plan.actions, store.known)
    last = last_manifests(plan, store)
    return Decided(
        project,
        plan,
        decisions,
        {
            id: reasons(decision, last.get(id), plan.actions[id].inputs)
            for id, decision in decisions.items()
        },
        {id: price_of_action(plan, action) for id, action in plan.actions.items()},
    )


def price_of_action(plan: Plan, action: Action) -> Cost:
    """Return what an action costs when it runs; local steps are free."""
    if not registry.step_kind(action.kind).paid:
        return Cost(0, 0)
    sizes = [
        plan.sizes[each.action] if isinstance(each, Made) else WORST_PICTURE
        for each in action.inputs
    ]
    return price_of(action.request, sizes)


def last_manifests(plan: Plan, store: Store) -> dict[ActionId, Manifest]:
    """Return the manifest that each action was last built under, if it ever was."""
    stands = store.record.stands()
    keys = {
        id: key
        for id, action in plan.actions.items()
        if (key := last_key(action, stands)) is not None
    }
    results = store.actions.lookup(keys.values())
    return {id: results[key].manifest for id, key in keys.items() if key in results}


def last_key(action: Action, stands: Mapping[tuple[str, str], ActionKey]) -> ActionKey | None:
    """Return what the first variant of an action that was ever built stands on.

    Not just the first of all: of a shared action, that may be one of a new locale.
    """
    slots = ((str(each), action.step) for each in action.variants)
    return next((stands[slot] for slot in slots if slot in stands), None)


def build(options: Options, listen: Callable[[Event], None]) -> Built:
    """Bring the chosen targets up to date.

    Raises:
        InvalidSource, NothingSelected, UsageProblem: there is nothing that could be built.
        OutOfDate: frozen, and an action would have to run.
        OverBudget: the cap does not cover the plan, or spending was not confirmed.
        StoreProblem: the store cannot be used.
    """
    with deciding(options) as (decided, store):
        return build_decided(options, decided, store, listen)


def build_decided(
    options: Options, decided: Decided, store: Store, listen: Callable[[Event], None]
) -> Built:
    """Bring the targets of a decided plan up to date.

    Raises:
        UsageProblem: a provider that is needed is not installed.
        OutOfDate: frozen, and an action would have to run.
        OverBudget: the cap does not cover the plan, or spending was not confirmed.
        StoreProblem: the store cannot be used.
    """
    rules = permit(options, decided)
    announce(decided.decisions, listen)
    work = partial(executor, decided.project, store)
    progress = run(decided.plan.actions, store, work, listen, rules)
    return finish(options, decided, progress, store)


def executor(project: Project, store: Store) -> Executor:
    """Return what does the work, loading the picture library and providers only now."""
    chosen: type[Executor] = registry.load(registry.EXECUTORS, "local")
    return chosen(project.root, store.cas, store.actions)  # type: ignore[call-arg]  # a plugin's


def permit(options: Options, decided: Decided) -> Rules:
    """Return the rules of the run, if it may start at all.

    Raises:
        OutOfDate: frozen, and an action would have to run.
        OverBudget: the cap does not cover the plan's lowest price, or nobody agreed to spend.
    """
    if options.frozen and decided.pending:
        shown = ", ".join(decided.pending[:3])
        more = f" and {len(decided.pending) - 3} more" if len(decided.pending) > 3 else ""
        raise OutOfDate(f"frozen, but not built: {shown}{more}; run `assetforge build`")
    refuse_absent_provider(decided)
    cap = cap_of(options, decided.project)
    cost = decided.cost
    if cap is not None and cost.low > cap:
        raise OverBudget(
            f"the plan costs at least ${usd(cost.low)}, the cap is ${usd(cap)}; "
            "raise --max-cost or choose fewer variants"
        )
    if cost.high and cap is None and not options.yes:
        raise OverBudget(
            f"this would spend up to ${usd(cost.high)}; confirm with --yes or --max-cost USD"
        )
    jobs = options.jobs or os.cpu_count() or 1
    return Rules(
        jobs, options.keep_going, cap, {id: each.high for id, each in decided.prices.items()}
    )


def refuse_absent_provider(decided: Decided) -> None:
    """Check before anything runs that what has to run can.

    Raises:
        UsageProblem: an action that may run needs a provider that is not installed.
    """
    installed = registry.names(registry.PROVIDERS)
    for id in decided.pending:
        provider = decided.plan.actions[id].request.get("provider")
        if provider is not None and provider not in installed:
            raise UsageProblem(
                f"provider '{provider}' is known but not installed: its pictures can be planned "
                f"and priced, not made; installed: {', '.join(installed)}"
            )


def cap_of(options: Options, project: Project) -> int | None:
    """Return the cap in microdollars: the flag's, else the profile's, else None."""
    if options.cap_microdollars is not None:
        return options.cap_microdollars
    stated = project.profile.max_cost
    return None if stated is None else int(stated * 1_000_000)


def finish(options: Options, decided: Decided, progress: Progress, store: Store) -> Built:
    """Note what each variant now stands on, write the targets, remove those that are no more."""
    note_stands(decided.plan, progress, store)
    done = materialize(
        decided.project.root,
        decided.plan.targets,
        progress.artifacts,
        progress.keys,
        store,
        decided.project.file,
        force=options.force,
    )
    whole = options.selection == Selection(max_variants=options.selection.max_variants)
    if whole and len(progress.artifacts) == len(decided.plan.actions):
        root, file = decided.project.root, decided.project.file
        done.removed = remove_dead(root, decided.plan, store, file)
    return Built(decided, progress, done)


def note_stands(plan: Plan, progress: Progress, store: Store) -> None:
    """Note the keys that variants' steps stand on; only those that were made or hit."""
    now = {
        (str(variant), action.step): progress.keys[id]
        for id, action in plan.actions.items()
        if id in progress.artifacts
        for variant in action.variants
    }
    before = store.record.stands()
    changed = [(*slot, key) for slot, key in now.items() if before.get(slot) != key]
    if changed:
        with store.transaction():
            store.record.set_stands(changed)
