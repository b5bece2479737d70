"""The main path: load, plan, decide, run, materialize. One short function a stage."""

from __future__ import annotations

import os
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeAlias

from assetforge import registry
from assetforge.action import Action, ActionId, ActionKey, Made, Manifest
from assetforge.calls import Desk, Orders, kept_result
from assetforge.errors import (
    Diagnostic,
    InvalidSource,
    OutOfDate,
    OverBudget,
    ProviderUnavailable,
    UsageProblem,
)
from assetforge.events import Event, Paused, Sketched
from assetforge.ledger import Caps, Ledger, Spent
from assetforge.limits import Pool
from assetforge.materialize import Materialized, materialize, remove_dead
from assetforge.pipeline import Size
from assetforge.plan import Plan
from assetforge.planner import Selection, gone_models, make_plan
from assetforge.pricing import Cost, cost_text, usd
from assetforge.project import Project, open_project
from assetforge.providers.base import Allowance, Provider
from assetforge.rebuilder import Decision, Hit, Run, decide_all, reasons
from assetforge.scheduler import CALLS, Executor, Progress, Rules, announce, run
from assetforge.store.event_log import FILE as LEDGER_FILE
from assetforge.store.local import FOLDER, Store
from assetforge.texts import all_catalogs

Confirm: TypeAlias = Callable[[str], bool]
"""Asks a person a question, and returns whether the answer is yes."""


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
    resend: bool = False
    allow_unverified: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """A plan with a decision, the reasons and a price for each action.

    `held` are the pending actions that no request is sent for: an earlier one got no answer, or
    they stand on such.
    """

    project: Project
    plan: Plan
    decisions: Mapping[ActionId, Decision]
    reasons: Mapping[ActionId, list[str]]
    prices: Mapping[ActionId, Cost]
    held: Container[ActionId] = frozenset()

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
    def remote(self) -> list[ActionId]:
        """The pending actions that are asked of a service, which may cost something."""
        return [id for id in self.pending if is_remote(self.project, self.plan.actions[id])]

    @property
    def priced(self) -> list[ActionId]:
        """The pending actions that may cost something now."""
        return [id for id in self.pending if self.prices[id].high and id not in self.held]

    @property
    def cost(self) -> Cost:
        """What the pending actions cost."""
        return sum((self.prices[id] for id in self.priced), Cost(0, 0))


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
    return Store(project.root / FOLDER, emulation=project.may_be_emulated)


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
    plan = make_plan(project, options.selection, allow_unverified=options.allow_unverified)
    return decide_plan(project, plan, store, resend=options.resend)


def decide_plan(project: Project, plan: Plan, store: Store, *, resend: bool = False) -> Decided:
    """Decide every action of a plan, and say why and for how much.

    `resend` sends again what got no answer before.
    """
    decisions = decide_all(plan.actions, store.known)
    last, sent = last_manifests(plan, store), sent_before(project, plan, decisions, store)
    return Decided(
        project,
        plan,
        decisions,
        {
            id: [*sent.get(id, ()), *reasons(decision, last.get(id), plan.actions[id].inputs)]
            for id, decision in decisions.items()
        },
        {id: price_of_action(project, plan, action) for id, action in plan.actions.items()},
        frozenset() if resend or project.profile.resend else with_users(plan, sent),
    )


def with_users(plan: Plan, ids: Iterable[ActionId]) -> frozenset[ActionId]:
    """Return some actions and all that stand on them."""
    found = set(ids)
    if found:
        for id, action in plan.actions.items():
            if not found.isdisjoint(action.made_inputs):
                found.add(id)
    return frozenset(found)


def is_remote(project: Project, action: Action) -> bool:
    """Tell whether an action is asked of a service: no local step, no provider of this machine."""
    return registry.step_kind(action.kind).paid and not project.is_local(action.request)


def sent_before(
    project: Project, plan: Plan, decisions: Mapping[ActionId, Decision], store: Store
) -> dict[ActionId, list[str]]:
    """Return what to say of each action that was sent in an earlier build without an answer."""
    keys = {
        id: each.key
        for id, each in decisions.items()
        if isinstance(each, Run) and is_remote(project, plan.actions[id])
    }
    if not keys or not (store.root / LEDGER_FILE).exists():
        return {}
    with closing(Ledger(store.root)) as ledger:
        found = ledger.unanswered(keys.values())
    return {id: [found[key].no_answer] for id, key in keys.items() if key in found}


def price_of_action(project: Project, plan: Plan, action: Action) -> Cost:
    """Return what an action costs when it runs; local steps are free."""
    if not registry.step_kind(action.kind).paid:
        return Cost(0, 0)
    return project.price_of(action.request, input_sizes(plan, action))


def input_sizes(plan: Plan, action: Action) -> list[Size | None]:
    """Return the sizes of the pictures that go in, the mask left out; None: it is not known."""
    pictures = action.inputs[:-1] if action.request.get("mask") else action.inputs
    return [
        plan.sizes[each.action] if isinstance(each, Made) else plan.source_sizes.get(each.path)
        for each in pictures
    ]


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


def build(
    options: Options, listen: Callable[[Event], None], confirm: Confirm | None = None
) -> Built:
    """Bring the chosen targets up to date.

    Raises:
        InvalidSource, NothingSelected, UsageProblem: there is nothing that could be built.
        OutOfDate: frozen, and an action would have to run.
        OverBudget: a cap does not cover the plan, or spending was not confirmed.
        StoreProblem: the store cannot be used.
    """
    with deciding(options) as (decided, store):
        return build_decided(options, decided, store, listen, confirm)


def build_decided(
    options: Options,
    decided: Decided,
    store: Store,
    listen: Callable[[Event], None],
    confirm: Confirm | None = None,
) -> Built:
    """Bring the targets of a decided plan up to date. `confirm` asks a person to spend.

    Raises:
        UsageProblem: a provider that is needed is not installed.
        OutOfDate: frozen, and an action would have to run.
        OverBudget: a cap does not cover the plan, or spending was not confirmed.
        StoreProblem: the store cannot be used.
    """
    refuse_frozen(options, decided)
    refuse_absent_provider(decided)
    refuse_gone_models(options, decided)
    rules = rules_of(options, decided)
    with buying(options, decided, store, rules, confirm) as desk:
        announce(decided.decisions, listen)
        work = partial(executor, decided, store, desk)
        progress = run(decided.plan.actions, store, work, listen, rules)
    return finish(options, decided, progress, store)


def rules_of(options: Options, decided: Decided) -> Rules:
    """Return how a plan is run: on all cores, and as many calls at once as there may be."""
    return Rules(
        jobs=options.jobs or os.cpu_count() or 1,
        calls=options.jobs or CALLS,
        remote=frozenset(decided.remote),
        keep_going=options.keep_going,
    )


@contextmanager
def buying(
    options: Options, decided: Decided, store: Store, rules: Rules, confirm: Confirm | None
) -> Iterator[Desk | None]:
    """Have a desk where calls are made, if any will be and may be.

    Raises:
        OverBudget: a cap does not cover the plan's lowest price, or nobody agreed to spend.
        UsageProblem: the provider cannot be opened, such as for want of a key.
        StoreProblem: the ledger or the rate limits cannot be used.
    """
    if not decided.remote:
        yield None
        return
    project = decided.project
    with closing(Ledger(store.root)) as ledger, ExitStack() as stack:
        ledger.recover(partial(kept_result, store.actions))
        provider = opened(project)
        stated = Allowance(project.profile.images_per_minute, project.profile.tokens_per_minute)
        pool = stack.enter_context(closing(Pool(provider.account, stated, limited=project.limited)))
        caps = caps_of(options, project)
        permit(options, decided, caps, ledger.spent(), confirm)
        ledger.begin(caps)
        stack.callback(ledger.end)
        yield Desk(
            provider=provider,
            pool=pool,
            ledger=ledger,
            cas=store.cas,
            actions=store.actions,
            emulation=store.emulation,
            resend=options.resend or project.profile.resend,
            stopping=rules.stopping,
            sketched=lambda action, data: rules.heard.put(Sketched(ActionId(action), data)),
            paused=lambda seconds, why: rules.heard.put(Paused(seconds, why)),
        )


def opened(project: Project) -> Provider:
    """Return the profile's provider, ready to be asked.

    Raises:
        UsageProblem: it cannot be opened, such as for want of a key.
    """
    try:
        return registry.open_provider(project.connection)
    except ProviderUnavailable as error:
        raise UsageProblem(str(error)) from error


def executor(decided: Decided, store: Store, desk: Desk | None) -> Executor:
    """Return what does the work, loading the picture library and providers only now."""
    chosen: type[Executor] = registry.load(registry.EXECUTORS, "local")
    return chosen(decided.project, store, orders_of(decided), desk)  # type: ignore[call-arg]  # a plugin's


def orders_of(decided: Decided) -> Orders:
    """Return what is known of the calls of a plan before they are made."""
    remote = decided.remote
    actions = decided.plan.actions
    return Orders(
        prices={id: decided.prices[id] for id in remote},
        tokens={
            id: decided.project.tokens_of(
                actions[id].request, input_sizes(decided.plan, actions[id])
            )
            for id in remote
        },
        locales=locales_of(decided.plan),
    )


def locales_of(plan: Plan) -> dict[ActionId, str]:
    """Return the locale of each action whose variants are all of one locale."""
    of_variant = {each.variant.name: each.variant.locale or "" for each in plan.targets}
    found = {}
    for id, action in plan.actions.items():
        locales = {of_variant.get(each, "") for each in action.variants}
        if len(locales) == 1:
            found[id] = locales.pop()
    return found


def refuse_frozen(options: Options, decided: Decided) -> None:
    """Check that nothing has to run where nothing may.

    Raises:
        OutOfDate: frozen, and an action would have to run.
    """
    if not options.frozen or not decided.pending:
        return
    shown = ", ".join(decided.pending[:3])
    more = f" and {len(decided.pending) - 3} more" if len(decided.pending) > 3 else ""
    raise OutOfDate(f"frozen, but not built: {shown}{more}; run `assetforge build`")


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


def refuse_gone_models(options: Options, decided: Decided) -> None:
    """Check that the models of what has to run are still there. What they made stays valid.

    Raises:
        InvalidSource: a model was shut down, unless nobody is to look.
    """
    today = datetime.now(UTC).date()
    gone = gone_models(decided.project, decided.plan, decided.pending, today)
    if gone and not options.allow_unverified:
        raise InvalidSource(gone)


def permit(
    options: Options, decided: Decided, caps: Caps, spent: Spent, confirm: Confirm | None
) -> None:
    """Check that the caps cover a plan and that somebody agreed to spend.

    On a terminal a person is asked; elsewhere a cap or `--yes` is the agreement. What a plan may
    cost nothing needs none.

    Raises:
        OverBudget: a cap does not cover the plan's lowest price, or nobody agreed.
    """
    cost = decided.cost
    for cap, taken, what, advice in (
        (caps.run, 0, "the cap", "raise --max-cost or choose fewer variants"),
        (caps.day, spent.day, "the day's budget", "wait for tomorrow or raise 'budget'"),
        (caps.month, spent.month, "the month's budget", "raise 'budget'"),
    ):
        if cap is not None and taken + cost.low > cap:
            gone = f", of which ${usd(taken)} is spent" if taken else ""
            raise OverBudget(
                f"the plan costs at least ${usd(cost.low)}, {what} is ${usd(cap)}{gone}; {advice}"
            )
    if not cost.high or options.yes or options.cap_microdollars is not None:
        return
    if confirm is not None:
        if not confirm(question(decided)):
            raise OverBudget("nothing was sent: spending was not confirmed")
    elif caps.run is None:
        raise OverBudget(
            f"this would spend up to ${usd(cost.high)}; confirm with --yes or --max-cost USD"
        )


def question(decided: Decided) -> str:
    """Return what a person is asked before money is spent."""
    cost = decided.cost
    calls = len(decided.priced)
    pictures = "1 picture" if calls == 1 else f"{calls:,} pictures"
    return f"buy {pictures} of {decided.project.profile.provider} for {cost_text(cost)}?"


def caps_of(options: Options, project: Project) -> Caps:
    """Return the caps in microdollars: of the run by the flag, else the profile; of the budget."""
    stated = project.profile.max_cost
    run = None if stated is None else int(stated * 1_000_000)
    if options.cap_microdollars is not None:
        run = options.cap_microdollars
    budget = project.pipeline.budget
    day, month = (
        None if each is None else int(each * 1_000_000) for each in (budget.day, budget.month)
    )
    return Caps(run, day, month)


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
