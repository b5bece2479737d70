"""What a build would do: the plan with a decision, reasons and a price for each action."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from assetforge import registry
from assetforge.action import (
    FIRST_TAKE,
    Action,
    ActionId,
    ActionKey,
    Made,
    Manifest,
    action_key,
    by_this_rule,
    older_keys,
    take_of,
    with_take,
)
from assetforge.changed import Since
from assetforge.errors import Diagnostic
from assetforge.ledger import Ledger, Spent
from assetforge.lock.folder import Lock
from assetforge.lock.index import Index
from assetforge.pipeline import Size
from assetforge.plan import Plan
from assetforge.planner import Note, Selection, make_plan
from assetforge.pricing import Cost
from assetforge.project import Project, open_project
from assetforge.rebuilder import (
    TOGETHER,
    Decision,
    Hit,
    Lost,
    Rebuilder,
    Run,
    Wait,
    locked_result,
    reasons,
)
from assetforge.recollection import lock_of
from assetforge.retries import Retry
from assetforge.standing import split_by_standing
from assetforge.store.event_log import FILE as LEDGER_FILE
from assetforge.store.local import FOLDER, Store
from assetforge.store.record import batches
from assetforge.texts import all_catalogs

PENDING: Final = (Run, Wait)
"""The decisions that may end with something made."""

FREE: Final = Cost(0, 0)


@dataclass(frozen=True, slots=True)
class Options:
    """What a command was asked for; `jobs` 0 means one for each core.

    `since` is what the selection was narrowed to, if to what differs from a commit. With `assets`,
    no others are looked at: the selection is of these, and they refer to no others.
    """

    file: Path
    profile: str | None = None
    selection: Selection = field(default_factory=Selection)
    jobs: int = 0
    keep_going: bool = False
    frozen: bool = False
    force: bool = False
    thorough: bool = False
    yes: bool = False
    cap_microdollars: int | None = None
    resend: bool = False
    rebuy: bool = False
    allow_unverified: bool = False
    assets: frozenset[str] | None = None
    since: Since | None = None


class Reasons(dict[ActionId, list[str]]):
    """Why actions are no plain hits. Kept of what runs; of the rest, the decision says it all."""

    def __init__(self, decisions: Mapping[ActionId, Decision]) -> None:
        super().__init__()
        self._decisions = decisions

    def __missing__(self, id: ActionId) -> list[str]:
        """Return what a decision says by itself."""
        return reasons(self._decisions[id], None)


class Prices(dict[ActionId, Cost]):
    """What the actions of a plan cost when they run; worked out when it is asked."""

    def __init__(self, project: Project, plan: Plan) -> None:
        super().__init__()
        self._project = project
        self._plan = plan

    def __missing__(self, id: ActionId) -> Cost:
        """Return the price of an action, and keep it unless nobody is asked to draw it."""
        cost = price_of_action(self._project, self._plan, self._plan.actions[id])
        if cost is FREE:
            return FREE
        return self.setdefault(id, cost if cost.high or cost.notes else FREE)


@dataclass(frozen=True, slots=True)
class Decided:
    """A plan with a decision, the reasons and a price for each action.

    `reasons` and `prices` answer for every action of the plan; there is no going through them, for
    what is a plain hit has no reason, and is priced when somebody asks.

    `whole` is the plan with what only pinned pictures would need. `lock` and `rebuilder` are what
    it was decided by. `held` are the pending actions that no
    request is sent for: an earlier one got no answer, or they stand on such. `not_taken` is what
    another store had damaged. `since` is what it was narrowed to.
    """

    project: Project
    whole: Plan
    plan: Plan
    decisions: Mapping[ActionId, Decision]
    reasons: Reasons
    prices: Prices
    lock: Lock
    rebuilder: Rebuilder
    held: frozenset[ActionId] = frozenset()
    not_taken: tuple[Diagnostic, ...] = ()
    since: Since | None = None

    @property
    def notes(self) -> Mapping[ActionId, tuple[str, ...]]:
        """What the planner chose for each action, such as its canvas."""
        return self.plan.notes

    @property
    def warnings(self) -> list[Diagnostic]:
        """Everything that is not wrong but worth a look, each once."""
        return [*warnings_of(self.project, self.plan), *self.lock.repairs, *self.not_taken]

    @property
    def pending(self) -> list[ActionId]:
        """The actions that run, or may have to once their inputs are made."""
        return [id for id, each in self.decisions.items() if isinstance(each, PENDING)]

    @property
    def lost(self) -> dict[ActionId, Lost]:
        """The actions whose picture the lock names and no store holds, though it is needed."""
        return {id: each for id, each in self.decisions.items() if isinstance(each, Lost)}

    @property
    def drawn(self) -> list[ActionId]:
        """The actions that are a provider's, without takes to choose from."""
        actions = self.plan.actions.items()
        return [id for id, each in actions if is_drawn(each) and not each.is_extra]

    @property
    def unaccepted(self) -> list[ActionId]:
        """The pictures of a provider that are not made, or that nobody has accepted."""
        found = ((id, self.decisions[id]) for id in self.drawn)
        return [id for id, each in found if not (isinstance(each, (Hit, Lost)) and each.accepted)]

    @property
    def remote(self) -> list[ActionId]:
        """The pending actions that are asked of a service, which may cost something."""
        return [id for id in self.pending if is_remote(self.project, self.plan.actions[id])]

    @property
    def repeatable(self) -> list[Retry]:
        """What may be asked of a service again, if a picture turns out not to be right."""
        return [
            each
            for look, each in self.plan.retries.items()
            if isinstance(self.decisions[look], PENDING)
            and each.takes > FIRST_TAKE
            and is_remote(self.project, self.plan.actions[each.drawn])
        ]

    @property
    def priced(self) -> list[ActionId]:
        """The pending actions that may cost something now."""
        return [id for id in self.pending if self.prices[id].high and id not in self.held]

    @property
    def cost(self) -> Cost:
        """What the pending actions cost."""
        return sum((self.prices[id] for id in self.priced), Cost(0, 0))


def open_store(project: Project, *, alone: bool = False) -> Store:
    """Open the project's local store; `alone`, no other store is asked for what it lacks."""
    return Store(
        project.root / FOLDER,
        emulation=project.may_be_emulated,
        sharing=project.sharing,
        alone=alone,
    )


def warnings_of(project: Project, plan: Plan) -> list[Diagnostic]:
    """Return the warnings of the pipeline file, then the plan's, then the catalogs', each once."""
    found = [*project.loaded.warnings, *plan.warnings]
    found += [each for some in all_catalogs(project.texts) for each in some.warnings]
    return list(dict.fromkeys(found))


@contextmanager
def deciding(options: Options, note: Note | None = None) -> Iterator[tuple[Decided, Store]]:
    """Open the project and its store, plan and decide; the store is closed at the end.

    `note` is told what each variant was made from.

    Raises:
        InvalidSource, NothingSelected, UsageProblem: there is nothing that could be planned.
        StoreProblem: the store cannot be used.
    """
    project = open_project(options.file, options.profile, options.assets)
    with closing(open_store(project)) as store:
        yield plan_and_decide(options, store, project, note), store


def plan_and_decide(
    options: Options, store: Store, project: Project, note: Note | None = None
) -> Decided:
    """Make the plan and decide every action: what `plan` prints and what `build` runs."""
    plan = make_plan(
        project, options.selection, allow_unverified=options.allow_unverified, note=note
    )
    lock = lock_of(project, store)
    decided = decide_plan(
        project,
        plan,
        store,
        lock,
        resend=options.resend,
        rebuy=options.rebuy,
        frozen=options.frozen,
    )
    return replace(decided, since=options.since)


def decide_plan(
    project: Project,
    plan: Plan,
    store: Store,
    lock: Lock,
    *,
    resend: bool = False,
    rebuy: bool = False,
    frozen: bool = False,
    rebuilder: Rebuilder | None = None,
) -> Decided:
    """Decide every action of a plan, and say why and for how much.

    Args:
        project: what the plan is of.
        plan: what is decided.
        store: what is there.
        lock: what people said of it.
        resend: send again what got no answer before.
        rebuy: buy again what is lost, as far as it is needed.
        frozen: make no takes to choose from.
        rebuilder: decides in place of the one that looks at the store and the lock as they are.
    """
    decider = rebuilder or rebuilder_of(project, store, lock)
    whole, plan = standing_plan(plan, project, decider)
    plan, decisions, decider = decided_by(plan, decider, rebuy=rebuy, frozen=frozen)
    sent = sent_before(project, plan, decisions, store)
    return Decided(
        project=project,
        whole=whole,
        plan=plan,
        decisions=decisions,
        reasons=all_reasons(plan, decisions, store, project.file, decider.index, sent),
        prices=prices_of(project, plan, decisions, decider),
        lock=lock,
        rebuilder=decider,
        held=frozenset() if resend or project.profile.resend else with_users(plan, sent),
        not_taken=tuple(
            Diagnostic("not-taken", each, severity="warning") for each in store.warnings
        ),
    )


def standing_plan(plan: Plan, project: Project, decider: Rebuilder) -> tuple[Plan, Plan]:
    """Return a plan as what stays parts it, whole and without what only pinned pictures need."""
    whole = split_by_standing(plan, decider.index, project, keep=decider.keep)
    pinned = pinned_actions(whole, decider.index)
    return whole, whole.without_needs_of(pinned) if pinned or has_idle(whole) else whole


def decided_by(
    plan: Plan, decider: Rebuilder, *, rebuy: bool, frozen: bool
) -> tuple[Plan, dict[ActionId, Decision], Rebuilder]:
    """Return the plan without takes that nobody needs, its decisions, and what decided.

    With `rebuy`, what is lost and needed is to be bought again; that may need more of it.
    """
    while True:
        decisions = without_idle_losses(plan, decider.decide_all(plan.actions, plan.retries))
        lost = {each.artifact for each in decisions.values() if isinstance(each, Lost)}
        if not rebuy or lost <= decider.rebuy:
            break
        decider = replace(decider, rebuy=decider.rebuy | lost)
    idle = idle_extras(plan, decisions, frozen=frozen)
    if not idle:
        return plan, decisions, decider
    kept = {id: each for id, each in decisions.items() if id not in idle}
    return plan.without(idle), kept, decider


def idle_extras(
    plan: Plan, decisions: Mapping[ActionId, Decision], *, frozen: bool
) -> frozenset[ActionId]:
    """Return the takes to choose from that nobody needs.

    All of them where no provider is to be asked; of a picture that somebody accepted, those that
    are not made; and one that is the very take that the picture stands on.
    """
    extras = {id: each for id, each in plan.actions.items() if each.is_extra}
    if not extras:
        return frozenset()
    standing = {
        (variant, action.step): decisions[id]
        for id, action in plan.actions.items()
        if id not in extras
        for variant in action.variants
    }
    found = set()
    for id, action in extras.items():
        own, main = decisions[id], standing.get((action.variants[0], action.step))
        if isinstance(own, Hit):
            continue
        settled = isinstance(main, Hit) and main.accepted
        same = isinstance(own, Run) and isinstance(main, Run) and own.key == main.key
        if frozen or settled or same:
            found.add(id)
    return frozenset(found)


def all_reasons(
    plan: Plan,
    decisions: Mapping[ActionId, Decision],
    store: Store,
    pipeline: str,
    index: Index,
    sent: Mapping[ActionId, list[str]],
) -> Reasons:
    """Return why each action is no plain hit, what was sent without an answer first."""
    found = Reasons(decisions)
    running = (id for id, each in decisions.items() if isinstance(each, Run))
    for some in batches(running, TOGETHER):
        last = last_manifests(plan, store, pipeline, some)
        for id in some:
            action = plan.actions[id]
            why = reasons(decisions[id], last.get(id), action.inputs, index.any_of(action))
            found[id] = [*sent.get(id, ()), *why]
    return found


def rebuilder_of(project: Project, store: Store, lock: Lock) -> Rebuilder:
    """Return what decides by the store and the lock of a project."""
    emulation = project.may_be_emulated
    return Rebuilder(
        known=store.known,
        holds=store.holds,
        drawn=is_drawn,
        remote=lambda action: is_remote(project, action),
        index=Index(lock.entries, project.profile_name, emulation=emulation),
        keep=project.profile.unaccepted == "keep",
    )


def pinned_actions(plan: Plan, index: Index) -> frozenset[ActionId]:
    """Return the actions whose picture stays whatever changes."""
    if not index.any_pinned:
        return frozenset()
    return frozenset(
        id
        for id, each in plan.actions.items()
        if is_drawn(each) and not each.is_extra and index.pinned(each) is not None
    )


def has_idle(plan: Plan) -> bool:
    """Tell whether a plan has actions that neither a target nor another action needs."""
    needed = {each.action for each in plan.targets}
    for action in plan.actions.values():
        for each in action.inputs:
            if isinstance(each, Made):
                needed.add(each.action)
    return not all(id in needed or each.is_extra for id, each in plan.actions.items())


def without_idle_losses(
    plan: Plan, decisions: dict[ActionId, Decision]
) -> dict[ActionId, Decision]:
    """Take what is lost for a hit where nobody needs its bytes: all that stands on it is there."""
    if not any(isinstance(each, Lost) for each in decisions.values()):
        return decisions
    needed = {each.action for each in plan.targets}
    for id, decision in decisions.items():
        if isinstance(decision, PENDING):
            needed.update(plan.actions[id].made_inputs)
    return {
        id: Hit(each.key, locked_result(each.entry, None), each.entry)
        if isinstance(each, Lost) and id not in needed
        else each
        for id, each in decisions.items()
    }


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
    return is_judged(action) or (is_drawn(action) and not project.is_local(action.request))


def is_judged(action: Action) -> bool:
    """Tell whether a judge looks at the picture."""
    return "judge" in action.request


def is_drawn(action: Action) -> bool:
    """Tell whether an action is a provider's: made again, it is another picture."""
    return registry.step_kind(action.kind).paid


def sent_before(
    project: Project, plan: Plan, decisions: Mapping[ActionId, Decision], store: Store
) -> dict[ActionId, list[str]]:
    """Return what to say of each action that was sent in an earlier build without an answer."""
    if not (store.root / LEDGER_FILE).exists():
        return {}
    keys = {
        id: (each.key, *older_keys(each.described))
        for id, each in decisions.items()
        if isinstance(each, Run) and is_remote(project, plan.actions[id])
    }
    if not keys:
        return {}
    with closing(Ledger(store.root)) as ledger:
        found = ledger.unanswered(key for some in keys.values() for key in some)
    past = {id: next((key for key in some if key in found), None) for id, some in keys.items()}
    return {id: [found[key].no_answer] for id, key in past.items() if key is not None}


def spent_so_far(project: Project, store: Store) -> Spent | None:
    """Return what was spent, where the pipeline file states a budget."""
    budget = project.pipeline.budget
    if budget.day is None and budget.month is None:
        return None
    if not (store.root / LEDGER_FILE).exists():
        return Spent(0, 0, 0, 0)
    with closing(Ledger(store.root)) as ledger:
        return ledger.spent()


def prices_of(
    project: Project, plan: Plan, decisions: Mapping[ActionId, Decision], decider: Rebuilder
) -> Prices:
    """Return what each action costs when it runs; a look costs what it may ask for besides."""
    prices = Prices(project, plan)
    for look, retry in plan.retries.items():
        if isinstance(decisions[look], PENDING) and retry.takes > FIRST_TAKE:
            more = takes_to_buy(retry, decisions[retry.drawn], decider)
            each = prices[retry.drawn].high + prices[look].high
            prices[look] += Cost(0, each * more)
    return prices


def takes_to_buy(retry: Retry, drawn: Decision, decider: Rebuilder) -> int:
    """Return how many takes a look may ask for besides the one it looks at, at most."""
    more = retry.takes - 1
    described = drawn.described if isinstance(drawn, Run) else None
    if isinstance(drawn, Hit) and drawn.result.manifest:
        described = by_this_rule(drawn.result.manifest)
    if described is None:
        return more
    others = range(FIRST_TAKE, FIRST_TAKE + retry.takes)
    keys = {action_key(with_take(described, each)) for each in others if each != take_of(described)}
    return min(more, len(keys - decider.known(keys).keys()))


def price_of_action(project: Project, plan: Plan, action: Action) -> Cost:
    """Return what an action costs when it runs; local steps are free, unless a judge looks."""
    if is_judged(action):
        return project.price_of_judging(action.request, plan.sizes[action.id])
    if not is_drawn(action):
        return FREE
    return project.price_of(action.request, input_sizes(plan, action))


def input_sizes(plan: Plan, action: Action) -> list[Size | None]:
    """Return the sizes of the pictures that go in, the mask left out; None: it is not known."""
    pictures = action.inputs[:-1] if action.request.get("mask") else action.inputs
    return [
        plan.sizes[each.action] if isinstance(each, Made) else plan.source_sizes.get(each.path)
        for each in pictures
    ]


def last_manifests(
    plan: Plan, store: Store, pipeline: str, asked: Iterable[ActionId] | None = None
) -> dict[ActionId, Manifest]:
    """Return the manifest that each action was last built under, if it ever was.

    Only of some actions where they are named.
    """
    chosen = {id: plan.actions[id] for id in (plan.actions if asked is None else asked)}
    variants = (str(variant) for each in chosen.values() for variant in each.variants)
    stands = store.record.stands_of(variants, pipeline)
    keys = {
        id: key for id, action in chosen.items() if (key := last_key(action, stands)) is not None
    }
    results = store.actions.lookup(keys.values())
    return {id: results[key].manifest for id, key in keys.items() if key in results}


def last_key(action: Action, stands: Mapping[tuple[str, str], ActionKey]) -> ActionKey | None:
    """Return what the first variant of an action that was ever built stands on.

    Not just the first of all: of a shared action, that may be one of a new locale.
    """
    slots = ((str(each), action.step) for each in action.variants)
    return next((stands[slot] for slot in slots if slot in stands), None)
