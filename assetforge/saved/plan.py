"""A plan as it is kept: what each action asks for, its key, and what it may cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from assetforge import __version__
from assetforge.action import (
    Action,
    ActionId,
    ActionKey,
    Manifest,
    Source,
    manifest,
    take_of,
    with_take,
)
from assetforge.decided import Decided, Options
from assetforge.digest import Digest
from assetforge.planner import Selection
from assetforge.pricing import Cost
from assetforge.rebuilder import Decision, Hit, Lost, Run, Wait

WORDS: Final[Mapping[type, str]] = {Hit: "hit", Run: "run", Wait: "wait", Lost: "lost"}
"""The glossary's words for decisions."""


@dataclass(frozen=True, slots=True)
class SavedInput:
    """An input: another action's id or a file's path, and its bytes; None: still to be made."""

    name: str
    made: bool
    digest: Digest | None


@dataclass(frozen=True, slots=True)
class SavedAction:
    """One action of a saved plan.

    Attributes:
        decision: a word of `WORDS`.
        key: None while it waits.
        request: its manifest without the inputs, in the take that is meant.
        artifact: the picture of what is there; None for what is to be made.
        price: what it may cost when the plan is run; nothing for what is there.
    """

    id: ActionId
    asset: str
    step: str
    variants: tuple[str, ...]
    decision: str
    key: ActionKey | None
    request: Manifest
    inputs: tuple[SavedInput, ...]
    artifact: Digest | None
    price: Cost


@dataclass(frozen=True, slots=True)
class SavedTarget:
    """A file that the plan leads to; `path` is relative to the project's root."""

    path: str
    variant: str
    action: ActionId


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan, and all that it was made from besides the project's own files.

    Attributes:
        version: of the assetforge that made it.
        pipeline: name of the pipeline file.
        at: when it was made: UTC, ISO 8601.
    """

    version: str
    pipeline: str
    profile: str
    selection: Selection
    allow_unverified: bool
    resend: bool
    rebuy: bool
    at: str
    actions: Mapping[ActionId, SavedAction]
    targets: Mapping[str, SavedTarget]

    @property
    def cost(self) -> Cost:
        """What running it costs."""
        return sum((each.price for each in self.actions.values()), Cost(0, 0))

    def count(self, word: str) -> int:
        """Return how many actions have a decision."""
        return sum(1 for each in self.actions.values() if each.decision == word)


def saved_plan(options: Options, decided: Decided, at: str) -> SavedPlan:
    """Return a plan as it is kept."""
    made = {
        id: each.artifact for id, each in decided.decisions.items() if isinstance(each, Hit | Lost)
    }
    priced = set(decided.priced)
    return SavedPlan(
        version=__version__,
        pipeline=decided.project.file,
        profile=decided.project.profile_name,
        selection=options.selection,
        allow_unverified=options.allow_unverified,
        resend=options.resend,
        rebuy=options.rebuy,
        at=at,
        actions={
            id: _action(action, decided.decisions[id], made, _price(decided, id, priced))
            for id, action in decided.plan.actions.items()
        },
        targets={
            each.path: SavedTarget(each.path, str(each.variant.name), each.action)
            for each in decided.plan.targets
        },
    )


def _price(decided: Decided, id: ActionId, priced: Iterable[ActionId]) -> Cost:
    found = decided.prices[id]
    return Cost(found.low, found.high) if id in priced else Cost(0, 0)


def _action(
    action: Action, decision: Decision, made: Mapping[ActionId, Digest], price: Cost
) -> SavedAction:
    return SavedAction(
        id=action.id,
        asset=action.asset,
        step=action.step,
        variants=tuple(str(each) for each in action.variants),
        decision=WORDS[type(decision)],
        key=None if isinstance(decision, Wait) else decision.key,
        request=_request(action, decision),
        inputs=tuple(
            SavedInput(each.path, False, each.digest)
            if isinstance(each, Source)
            else SavedInput(str(each.action), True, made.get(each.action))
            for each in action.inputs
        ),
        artifact=made.get(action.id),
        price=price,
    )


def _request(action: Action, decision: Decision) -> Manifest:
    """Return an action's manifest without its inputs, in the take that was decided on."""
    described = manifest(action, dict.fromkeys(action.made_inputs, Digest("")))
    del described["inputs"]
    match decision:
        case Run(_, meant):
            return with_take(described, take_of(meant))
        case Hit(_, _, entry) | Lost(_, entry) if entry is not None:
            return with_take(described, entry.take)
        case _:
            return described
