"""What has to be so before a plan runs: nothing lost, a provider, a cap, and a person's word."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from shlex import quote
from typing import TypeAlias

from assetforge import registry
from assetforge.decided import Decided, Options, is_drawn, is_judged
from assetforge.errors import (
    InvalidSource,
    LostPictures,
    OutOfDate,
    OverBudget,
    StoreProblem,
    UsageProblem,
)
from assetforge.implied import TEXT
from assetforge.layout import DEFAULT_FILE
from assetforge.ledger import Caps, Spent
from assetforge.lock.folder import folder_of
from assetforge.planner import gone_models
from assetforge.pricing import cost_text, usd
from assetforge.project import Project
from assetforge.rebuilder import shown
from assetforge.store.local import Store
from assetforge.store.remote import VARIABLE
from assetforge.store.state import may_write

Confirm: TypeAlias = Callable[[str], bool]
"""Asks a person a question, and returns whether the answer is yes."""


def refuse(options: Options, decided: Decided) -> None:
    """Check that what has to run may and can.

    Raises:
        OutOfDate: frozen, and a provider would have to be asked.
        LostPictures: the lock names pictures that are in no store.
        StoreProblem: something would be bought, and the lock cannot be written.
        UsageProblem: a provider that is needed is not installed.
        InvalidSource: a model that is needed was shut down, copy does not fit its region, nothing
            is installed that reads it back, or a mask lets nothing through.
    """
    refuse_lost(options, decided)
    refuse_unwritable_lock(options, decided)
    refuse_frozen(options, decided)
    refuse_absent_provider(decided)
    refuse_gone_models(options, decided)
    refuse_unfit(decided)
    refuse_unreadable(decided)
    refuse_opaque_masks(decided)


def refuse_lost(options: Options, decided: Decided) -> None:
    """Check that every picture that the lock names can be had, unless the rest is to go on.

    Raises:
        LostPictures: one cannot.
        OutOfDate: the same, frozen.
    """
    lost = decided.lost
    if not lost or (options.keep_going and not options.frozen):
        return
    pinned = [id for id, each in lost.items() if each.entry.pinned is not None]
    advice = f"buy them again with `assetforge build{again(options)} --rebuy`"
    if pinned:
        advice = f"`assetforge unpin{again(options)}` what is pinned ({few(pinned)})"
    entries = {each.entry.artifact: id for id, each in lost.items()}
    named = [f"{id} ({shown(artifact)})" for artifact, id in entries.items()]
    kind = OutOfDate if options.frozen else LostPictures
    told = "".join(f" ({each.message})" for each in decided.not_taken[:1])
    raise kind(
        f"lost: {few(named)}: the lock names {'it' if len(named) == 1 else 'them'}, but no store "
        f"has the bytes{told}; bring back the store that had them (see `assetforge fsck`), or "
        f"{advice}"
    )


def refuse_unasked(options: Options, decided: Decided, store: Store) -> None:
    """Check before anything is bought that the store that is shared could be asked for it.

    Each call is preceded by a question of its own; this one spares the rest of the build.

    Raises:
        StoreProblem: it cannot be reached.
    """
    elsewhere = store.elsewhere
    if elsewhere is None or options.frozen or not decided.remote:
        return
    if elsewhere.is_down:
        raise StoreProblem(
            f"nothing is bought: '{elsewhere.address}' cannot be reached, and may have what would "
            f"be paid for; try again later, or go without it: {VARIABLE}="
        )


def refuse_unwritable_lock(options: Options, decided: Decided) -> None:
    """Check before anything is bought that the lock can say so.

    Raises:
        StoreProblem: it cannot.
    """
    folder = folder_of(decided.project.root, decided.project.file)
    there = folder if folder.is_dir() else folder.parent
    if decided.remote and not options.frozen and not may_write(there):
        raise StoreProblem(
            f"nothing is bought: the lock cannot be written, '{there}' is not to be written to"
        )


def refuse_unfit(decided: Decided) -> None:
    """Check before a service is asked that copy can stand where it is drawn or typeset.

    Raises:
        InvalidSource: it cannot; every such action.
    """
    actions = decided.plan.actions
    boxed = [id for id in decided.remote if "region" in actions[id].request]
    if decided.remote:
        boxed += [id for id in decided.pending if actions[id].kind == TEXT]
    if boxed:
        # Typst takes a while to load, and is needed for nothing else here.
        problems = [*import_module("assetforge.fit").unfit(decided.project, decided.plan, boxed)]
        if any(each.severity == "error" for each in problems):
            raise InvalidSource(problems)


def refuse_unreadable(decided: Decided) -> None:
    """Check before anything is made that what looks at pictures can read their text here.

    Raises:
        InvalidSource: it cannot; what to install, for every locale.
    """
    looks = [id for id in decided.pending if "reading" in decided.plan.actions[id].request]
    if looks:
        # The engine takes a while to load, and is needed for nothing else here.
        found = import_module("assetforge.readable").unreadable(
            decided.project, decided.plan, looks
        )
        if problems := [*found]:
            raise InvalidSource(problems)


def refuse_opaque_masks(decided: Decided) -> None:
    """Check before a service is asked that masks leave something to change.

    Raises:
        InvalidSource: one does not.
    """
    actions = decided.plan.actions
    masked = [id for id in decided.remote if actions[id].request.get("mask")]
    if masked:
        # The picture library is needed for nothing else here.
        opaque = import_module("assetforge.masking").opaque
        if problems := [*opaque(decided.project, decided.plan, masked)]:
            raise InvalidSource(problems)


def again(options: Options) -> str:
    """Return the flags that a command has to repeat to mean the same project and profile."""
    flags = [] if options.file.name == DEFAULT_FILE else ["-f", options.file.name]
    flags += ["--profile", options.profile] if options.profile else []
    return "".join(f" {quote(each)}" for each in flags)


def refuse_frozen(options: Options, decided: Decided) -> None:
    """Check that no provider has to be asked where none may be; work on this machine is free.

    Raises:
        OutOfDate: frozen, and a provider would have to be asked.
    """
    actions = decided.plan.actions
    asked = [id for id in decided.pending if is_drawn(actions[id]) or is_judged(actions[id])]
    if options.frozen and asked:
        raise OutOfDate(
            f"frozen, but not built: {few(asked)}; run `assetforge build{again(options)}`"
        )


def few(words: Sequence[str]) -> str:
    """Return the first three of some words, and how many more there are."""
    more = f" and {len(words) - 3:,} more" if len(words) > 3 else ""
    return ", ".join(words[:3]) + more


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
) -> bool:
    """Check that the caps cover a plan and that somebody agreed to spend; tell whether they did.

    Where only further takes may cost something, of pictures that turn out not to be right, nobody
    has to agree: without it they are not made.

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
        return True
    if not any(is_drawn(decided.plan.actions[id]) for id in decided.priced):
        return caps.run is not None
    if confirm is not None:
        if not confirm(question(decided)):
            raise OverBudget("nothing was sent: spending was not confirmed")
    elif caps.run is None:
        raise OverBudget(
            f"this would spend up to ${usd(cost.high)}; confirm with --yes or --max-cost USD"
        )
    return True


def question(decided: Decided) -> str:
    """Return what a person is asked before money is spent."""
    cost = decided.cost
    calls = len([id for id in decided.priced if is_drawn(decided.plan.actions[id])])
    pictures = "1 picture" if calls == 1 else f"{calls:,} pictures"
    if decided.repeatable:
        pictures += ", and further takes of those that are not right,"
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
