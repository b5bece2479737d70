"""The main path: load, plan, decide, run, materialize. One short function a stage."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial

from assetforge import registry
from assetforge.acceptance import CODE, by_acceptance, drawn_behind
from assetforge.action import FIRST_TAKE, ActionId
from assetforge.calls import Desk, Orders, kept_result
from assetforge.decided import (
    Decided,
    Options,
    deciding,
    input_sizes,
    is_judged,
    is_remote,
    price_of_action,
)
from assetforge.errors import ProviderUnavailable, UsageProblem
from assetforge.events import Event, Paused, Sketched
from assetforge.ledger import Ledger
from assetforge.limits import Pool
from assetforge.materialize import Materialized, materialize, remove_dead
from assetforge.permission import Confirm, caps_of, permit, refuse, refuse_unasked
from assetforge.plan import Plan
from assetforge.planner import Selection
from assetforge.progress import Progress
from assetforge.project import Project
from assetforge.providers.base import Allowance, Provider
from assetforge.recording import record
from assetforge.retries import twin_name
from assetforge.scheduler import CALLS, Executor, Rules, announce, run
from assetforge.store.local import Store
from assetforge.store.record import batches


@dataclass(frozen=True, slots=True)
class Carried:
    """What was known before a build without looking at it again.

    Attributes:
        hits: how many actions are hits.
        current: how many targets are as they are to be.
        folder: what these lie below, relative to the root.
    """

    hits: int = 0
    current: int = 0
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build came to; `carried` is what it left alone because nothing of it changed."""

    decided: Decided
    progress: Progress
    materialized: Materialized
    carried: Carried = Carried()

    @property
    def waiting(self) -> list[ActionId]:
        """The pictures that are not shown before somebody accepts them."""
        progress, plan = self.progress, self.decided.plan
        unshown = {each.target.action for each in self.materialized.refused if each.code == CODE}
        behind = {id for each in unshown for id in drawn_behind(plan, each)} - progress.accepted
        return [
            id
            for id, result in progress.results.items()
            if id in behind or progress.artifacts[id] != result.artifact
        ]

    @property
    def failed(self) -> bool:
        """Whether anything wanted is not there."""
        return bool(self.progress.failures or self.materialized.refused)


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
        OutOfDate: frozen, and a provider would have to be asked.
        LostPictures: the lock names pictures that are in no store.
        OverBudget: a cap does not cover the plan, or spending was not confirmed.
        StoreProblem: the store cannot be used.
    """
    return finish(options, decided, run_decided(options, decided, store, listen, confirm), store)


def run_decided(
    options: Options,
    decided: Decided,
    store: Store,
    listen: Callable[[Event], None],
    confirm: Confirm | None = None,
    stopping: threading.Event | None = None,
) -> Progress:
    """Run the actions of a decided plan; what they make is in the store, and nowhere else yet.

    Once `stopping` is set, whoever sets it, nothing more is started, and what runs is waited for.

    Raises:
        UsageProblem, OutOfDate, LostPictures, OverBudget, StoreProblem: as `build_decided`.
    """
    refuse(options, decided)
    refuse_unasked(options, decided, store)
    rules = rules_of(options, decided, stopping)
    with buying(options, decided, store, rules, confirm) as desk:
        announce(decided.decisions, listen)
        work = partial(executor, decided, store, desk)
        return run(decided.plan.actions, store, decided.rebuilder, work, listen, rules)


def rules_of(options: Options, decided: Decided, stopping: threading.Event | None = None) -> Rules:
    """Return how a plan is run: on all cores, and as many calls at once as there may be."""
    return Rules(
        jobs=options.jobs or os.cpu_count() or 1,
        calls=options.jobs or CALLS,
        remote=frozenset(decided.remote),
        keep_going=options.keep_going,
        retries=decided.plan.retries,
        decided=decided.decisions,
        stopping=stopping or threading.Event(),
        rebuy=options.rebuy,
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
    if options.frozen or not (decided.remote or decided.repeatable):
        yield None
        return
    project = decided.project
    with closing(Ledger(store.root)) as ledger, ExitStack() as stack:
        ledger.recover(partial(kept_result, store.actions))
        provider = opened(project)
        stated = Allowance(project.profile.images_per_minute, project.profile.tokens_per_minute)
        pool = stack.enter_context(closing(Pool(provider.account, stated, limited=project.limited)))
        caps = caps_of(options, project)
        if not permit(options, decided, caps, ledger.spent(), confirm):
            yield None
            return
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
    remote = {id: id for id in decided.remote} | twins_of(decided)
    project, plan, locales = decided.project, decided.plan, locales_of(decided.plan)
    likes = {id: plan.actions[like] for id, like in remote.items()}
    return Orders(
        prices={id: price_of_action(project, plan, like) for id, like in likes.items()},
        tokens={
            id: project.tokens_of(like.request, input_sizes(plan, like))
            for id, like in likes.items()
            if not is_judged(like)
        },
        locales={id: locales[like] for id, like in remote.items() if like in locales},
    )


def twins_of(decided: Decided) -> dict[ActionId, ActionId]:
    """Return what further takes may ask of a service, each with what it is the twin of."""
    return {
        twin_name(id, take): id
        for each in decided.repeatable
        for id in each.members
        if is_remote(decided.project, decided.plan.actions[id])
        for take in range(FIRST_TAKE, FIRST_TAKE + each.takes)
    } | {
        spare.id: each.look
        for each in decided.plan.retries.values()
        for spare in each.typeset
        if is_judged(spare)
    }


def locales_of(plan: Plan) -> dict[ActionId, str]:
    """Return the locale of each action whose variants are all of one locale."""
    of_variant = {each.variant.name: each.variant.locale or "" for each in plan.targets}
    found = {}
    for id, action in plan.actions.items():
        locales = {of_variant.get(each, "") for each in action.variants}
        if len(locales) == 1:
            found[id] = locales.pop()
    return found


def finish(options: Options, decided: Decided, progress: Progress, store: Store) -> Built:
    """Note what each variant now stands on, write the targets, remove those that are no more.

    The lock is written last: where it cannot be, all that was made is in its place.
    """
    note_stands(decided, progress, store)
    wanted, unaccepted = by_acceptance(decided, progress)
    done = materialize(
        decided.project.root,
        wanted,
        progress.artifacts,
        progress.keys,
        store,
        decided.project.file,
        force=options.force,
        thorough=options.thorough,
    )
    done.refused += unaccepted
    whole = options.selection == Selection(max_variants=options.selection.max_variants)
    if whole and len(progress.artifacts) == len(decided.plan.actions):
        root, file = decided.project.root, decided.project.file
        done.removed = remove_dead(root, decided.plan, store, file)
    if not options.frozen:
        record(decided, progress, store)
    progress.settled = store.settle(cancel=progress.interrupted)
    return Built(decided, progress, done)


def note_stands(decided: Decided, progress: Progress, store: Store) -> None:
    """Note the keys that variants' steps stand on; only those that were made or hit."""
    now = (
        (str(variant), action.step, progress.keys[id])
        for id, action in decided.plan.actions.items()
        if id in progress.artifacts and not action.is_extra
        for variant in action.variants
    )
    for some in batches(now):
        before = store.record.stands_of((each[0] for each in some), decided.project.file)
        changed = [each for each in some if before.get(each[:2]) != each[2]]
        if changed:
            with store.transaction():
                store.record.set_stands(changed, decided.project.file)
