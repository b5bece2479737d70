"""The shape of a saved plan's file, and that its parts agree: `assetforge.saved-plan/1`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from assetforge.action import ActionId, ActionKey, VariantName, action_key
from assetforge.diagnostics import printable
from assetforge.digest import Digest, Json
from assetforge.lock.entry import AMOUNT
from assetforge.planner import Selection
from assetforge.pricing import Cost
from assetforge.saved.plan import WORDS, SavedAction, SavedInput, SavedPlan, SavedTarget


def microdollars(amount: object) -> int:
    """Return an amount such as `0.041` in microdollars.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(amount, str) or not AMOUNT.fullmatch(amount):
        raise ValueError("is no amount such as '0.041'")
    return int(Decimal(amount) * 1_000_000)


Dollars = Annotated[int, BeforeValidator(microdollars)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
Hex = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}\z")]


class Block(BaseModel):
    """A mapping of the file; what else is in it is no plan of this version."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class RangeBlock(Block):
    """A price in US dollars."""

    low: Dollars
    high: Dollars


class InputBlock(Block):
    """An input: what another action makes, or a file."""

    action: Word | None = None
    path: Word | None = None
    sha256: Hex | None


class ActionBlock(Block):
    """One action."""

    id: Word
    asset: Word
    step: Word
    variants: list[Word] = Field(min_length=1)
    decision: Literal["hit", "run", "wait", "lost"]
    key: Hex | None
    cost_usd: RangeBlock
    artifact: Hex | None
    inputs: list[InputBlock]
    request: dict[str, Any]


class TargetBlock(Block):
    """One target."""

    path: Word
    variant: Word
    action: Word


class SelectionBlock(Block):
    """Which variants the plan is of."""

    selectors: list[Word]
    locales: list[Word]
    max_variants: int = Field(ge=1)
    names: list[Word] | None = None


class FlagsBlock(Block):
    """The flags that decide what runs."""

    allow_unverified: bool
    resend: bool
    rebuy: bool


class TotalsBlock(Block):
    """What a person reads first."""

    hit: int
    run: int
    wait: int
    lost: int
    cost_usd: RangeBlock


class PlanBlock(Block):
    """The whole file."""

    name: Word = Field(alias="schema")
    assetforge: Word
    pipeline: Word
    profile: Word
    selection: SelectionBlock
    flags: FlagsBlock
    at: Word
    totals: TotalsBlock
    targets: list[TargetBlock]
    actions: list[ActionBlock]


class Head(BaseModel):
    """What every JSON document of assetforge says of itself."""

    name: str = Field(alias="schema")


def plan_of(block: PlanBlock) -> SavedPlan:
    """Return what a file says, once its parts are known to agree.

    Raises:
        ValueError: they do not; says which.
    """
    actions = [_action_of(each) for each in block.actions]
    targets = [
        SavedTarget(each.path, each.variant, ActionId(each.action)) for each in block.targets
    ]
    refuse_twice(each.id for each in actions)
    refuse_twice(each.path for each in targets)
    plan = SavedPlan(
        version=block.assetforge,
        pipeline=block.pipeline,
        profile=block.profile,
        selection=Selection(
            tuple(block.selection.selectors),
            tuple(block.selection.locales),
            block.selection.max_variants,
            _names_of(block.selection),
        ),
        allow_unverified=block.flags.allow_unverified,
        resend=block.flags.resend,
        rebuy=block.flags.rebuy,
        at=block.at,
        actions={each.id: each for each in actions},
        targets={each.path: each for each in targets},
    )
    refuse_other_totals(block.totals, plan)
    return plan


def _names_of(block: SelectionBlock) -> frozenset[VariantName] | None:
    """Return the variants that a plan is of, where it names each.

    Raises:
        ValueError: it chooses them by selectors or locales as well.
    """
    if block.names is None:
        return None
    if block.selectors or block.locales:
        raise ValueError("'selection' has 'names', and so no selectors or locales")
    return frozenset(map(VariantName, block.names))


def refuse_twice(names: Iterable[str]) -> None:
    """Check that each name is there once.

    Raises:
        ValueError: one is not.
    """
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f"'{printable(twice[0])}' is there twice")


def refuse_other_totals(totals: TotalsBlock, plan: SavedPlan) -> None:
    """Check that the totals, which people read, are those of the actions, which run.

    Raises:
        ValueError: they are not.
    """
    said = Cost(totals.cost_usd.low, totals.cost_usd.high)
    counts = {word: getattr(totals, word) for word in WORDS.values()}
    if said != plan.cost or counts != {word: plan.count(word) for word in WORDS.values()}:
        raise ValueError("'totals' is not what its actions come to")


def _action_of(block: ActionBlock) -> SavedAction:
    action = SavedAction(
        id=ActionId(block.id),
        asset=block.asset,
        step=block.step,
        variants=tuple(block.variants),
        decision=block.decision,
        key=None if block.key is None else ActionKey(block.key),
        request=block.request,
        inputs=tuple(map(_input_of, block.inputs)),
        artifact=None if block.artifact is None else Digest(block.artifact),
        price=Cost(block.cost_usd.low, block.cost_usd.high),
    )
    refuse_other_key(action)
    return action


def _input_of(block: InputBlock) -> SavedInput:
    name = block.path if block.action is None else block.action
    if name is None or (block.action is not None and block.path is not None):
        raise ValueError("an input is either an 'action' or a 'path'")
    digest = None if block.sha256 is None else Digest(block.sha256)
    return SavedInput(name, block.action is not None, digest)


def refuse_other_key(action: SavedAction) -> None:
    """Check that what is to run has the key of what it asks for, and what waits has none.

    Raises:
        ValueError: it has not.
    """
    said = f"'{printable(action.id)}'"
    if (action.key is None) != (action.decision == "wait"):
        has = "no key" if action.key is None else "a key"
        raise ValueError(f"{said} has {has}, and its decision is '{action.decision}'")
    if _has_float(action.request):
        raise ValueError(f"the request of {said} holds what no key can cover")
    inputs: list[Json] = [each.digest for each in action.inputs]
    meant = {**action.request, "inputs": inputs}
    if action.decision == "run" and action_key(meant) != action.key:
        raise ValueError(f"the key of {said} is not that of its request")


def _has_float(value: object) -> bool:
    """Tell whether there is a number in a value that no manifest may hold."""
    inside = [*value.values()] if isinstance(value, dict) else value
    return isinstance(value, float) or (
        isinstance(inside, list) and any(_has_float(each) for each in inside)
    )
