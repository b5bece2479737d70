"""The file of a saved plan, `assetforge.saved-plan/1`: one line for each action."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)

from assetforge import __version__
from assetforge.action import ActionId, ActionKey, action_key
from assetforge.diagnostics import printable
from assetforge.digest import Digest, Json
from assetforge.errors import UsageProblem
from assetforge.lock.entry import AMOUNT
from assetforge.planner import Selection
from assetforge.pricing import Cost, usd
from assetforge.saved.plan import WORDS, SavedAction, SavedInput, SavedPlan, SavedTarget
from assetforge.store.cas import write_atomically
from assetforge.store.problems import disk_problem

SCHEMA: Final = "assetforge.saved-plan/1"
NAME: Final = re.compile(r"assetforge\.saved-plan/([0-9]{1,9})", re.ASCII)

MARK: Final = re.compile(rb'\s*\{\s*"schema"\s*:\s*"assetforge\.saved-plan/')
"""How every saved plan begins, of whatever version, whole or cut off."""

MAX_BYTES: Final = 256_000_000
"""Size of the largest plan that is written or read: some 100,000 actions and more."""

AGAIN: Final = "write it again with `assetforge plan -o FILE`"


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


def write_plan(path: Path, plan: SavedPlan) -> None:
    """Write a plan: a reader, or a crash, never sees half of it.

    Raises:
        UsageProblem: there is something that is no saved plan, no such folder, or too much to keep.
        StoreProblem: the file cannot be written.
    """
    refuse_to_replace(path)
    data = text_of(plan).encode()
    if len(data) > MAX_BYTES:
        raise UsageProblem(
            f"the plan is larger than {MAX_BYTES // 1_000_000} MB; choose fewer variants for it"
        )
    try:
        write_atomically(path, data, durable=False, scratch=path.parent)
    except OSError as error:
        raise disk_problem(error, f"cannot write the plan '{path}'") from error


def refuse_to_replace(path: Path) -> None:
    """Check that a plan may be written here.

    Raises:
        UsageProblem: there is something that is no saved plan, or no such folder.
        StoreProblem: what is there cannot be read.
    """
    if not path.parent.is_dir():
        raise UsageProblem(f"there is no folder '{path.parent}' to write the plan to")
    if not path.exists():
        return
    if not path.is_file() or not MARK.match(beginning(path)):
        raise UsageProblem(f"'{path}' is there and is no saved plan; give another name with -o")


def beginning(path: Path) -> bytes:
    """Return a file's first bytes.

    Raises:
        StoreProblem: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(200)
    except OSError as error:
        raise disk_problem(error, f"cannot read '{path}'") from error


def text_of(plan: SavedPlan) -> str:
    """Return the file's text: totals first, then a line for each target and each action."""
    head: dict[str, Json] = {
        "schema": SCHEMA,
        "assetforge": plan.version,
        "pipeline": plan.pipeline,
        "profile": plan.profile,
        "selection": {
            "selectors": list(plan.selection.selectors),
            "locales": list(plan.selection.locales),
            "max_variants": plan.selection.max_variants,
        },
        "flags": {
            "allow_unverified": plan.allow_unverified,
            "resend": plan.resend,
            "rebuy": plan.rebuy,
        },
        "at": plan.at,
        "totals": {
            **{word: plan.count(word) for word in WORDS.values()},
            "cost_usd": _cost_json(plan.cost),
        },
    }
    lines = [f"{json.dumps(name)}: {_line(each)}" for name, each in head.items()]
    lines.append(f'"targets": {_lines(map(_target_json, plan.targets.values()))}')
    lines.append(f'"actions": {_lines(map(_action_json, plan.actions.values()))}')
    return "{\n" + ",\n".join(f"  {line}" for line in lines) + "\n}\n"


def _line(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(values: Iterable[Json]) -> str:
    listed = ",\n".join(f"    {_line(each)}" for each in values)
    return f"[\n{listed}\n  ]"


def _cost_json(cost: Cost) -> dict[str, Json]:
    return {"low": usd(cost.low), "high": usd(cost.high)}


def _target_json(target: SavedTarget) -> dict[str, Json]:
    return {"path": target.path, "variant": target.variant, "action": str(target.action)}


def _action_json(action: SavedAction) -> dict[str, Json]:
    return {
        "id": str(action.id),
        "asset": action.asset,
        "step": action.step,
        "variants": list(action.variants),
        "decision": action.decision,
        "key": action.key,
        "cost_usd": _cost_json(action.price),
        "artifact": action.artifact,
        "inputs": [
            {"action" if each.made else "path": each.name, "sha256": each.digest}
            for each in action.inputs
        ],
        "request": action.request,
    }


def read_plan(path: Path) -> SavedPlan:
    """Return the plan that a file holds.

    Raises:
        UsageProblem: there is none, it is damaged, or a later assetforge wrote it.
    """
    data = _bytes_of(path)
    try:
        name = Head.model_validate_json(data).name
    except ValidationError as error:
        if MARK.match(data):
            raise damaged(path, error) from error
        raise UsageProblem(f"'{path}' is no saved plan; {AGAIN}") from error
    version = NAME.fullmatch(name)
    if version is None:
        raise UsageProblem(f"'{path}' is '{printable(name)[:80]}', no saved plan; {AGAIN}")
    if name != SCHEMA:
        words = f"'{path}' is a plan of another assetforge ('{name}'; this is {__version__})"
        raise UsageProblem(f"{words}; use that one, or {AGAIN}")
    try:
        return plan_of(PlanBlock.model_validate_json(data))
    except ValidationError as error:
        raise damaged(path, error) from error
    except ValueError as error:
        raise UsageProblem(f"the plan '{path}' is damaged: {error}; {AGAIN}") from error


def _bytes_of(path: Path) -> bytes:
    if not path.exists():
        raise UsageProblem(f"there is no plan '{path}'; {AGAIN}")
    if not path.is_file():
        raise UsageProblem(f"'{path}' is no ordinary file, and no plan")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        words = (error.strerror or str(error)).lower()
        raise UsageProblem(f"the plan '{path}' cannot be read: {words}") from error
    if len(data) > MAX_BYTES:
        raise UsageProblem(f"'{path}' is larger than any plan: {MAX_BYTES // 1_000_000} MB")
    return data


def damaged(path: Path, error: ValidationError) -> UsageProblem:
    """Return what to say of a file that is no plan as it should be: where, and what was found."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(each) for each in first["loc"])
    words = " ".join(first["msg"].split())
    words = words[:1].lower() + words[1:]
    more = f" (and {error.error_count() - 1:,} more)" if error.error_count() > 1 else ""
    said = printable(f"{where}: {words}" if where else words)[:400]
    return UsageProblem(f"the plan '{path}' is damaged: {said}{more}; {AGAIN}")


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
