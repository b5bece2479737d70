"""A plan as its document says it, read again: it may come from a job that nobody trusts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, NonNegativeInt, ValidationError

from assetforge.diagnostics import printable
from assetforge.errors import UsageProblem
from assetforge.pricing import MILLION, Cost

MOST_BYTES: Final = 256_000_000
"""Most bytes of a document: a picture takes about 1,500 of them."""

AMOUNT: Final = re.compile(r"(-?)(\d{1,12})\.(\d{2,6})", re.ASCII)
DIGEST: Final = r"^[0-9a-f]{64}$"


def microdollars(said: object) -> int:
    """Return an amount such as `0.0412` in microdollars.

    Raises:
        ValueError: it is none.
    """
    found = AMOUNT.fullmatch(said) if isinstance(said, str) else None
    if found is None:
        raise ValueError("must be an amount such as '0.25'")
    amount = int(found[2]) * MILLION + int(found[3].ljust(6, "0"))
    return -amount if found[1] else amount


Amount = Annotated[int, BeforeValidator(microdollars)]
Digest = Annotated[str, Field(pattern=DIGEST)]
Name = Annotated[str, Field(max_length=1000)]


class Part(BaseModel):
    """A part of a document: fields may be added to it at any time."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class Price(Part):
    """At least and at most, in microdollars."""

    low: Amount
    high: Amount

    def as_cost(self) -> Cost:
        """Return it as the planner says it."""
        return Cost(self.low, self.high)


class PlannedAction(Part):
    """One action; see `assetforge.plan/1`."""

    asset: str
    step: str
    variants: tuple[str, ...]
    decision: Literal["hit", "run", "wait", "lost"]
    reasons: tuple[str, ...]
    cost_usd: Price


class Skipped(Part):
    """A variant that is left out."""

    variant: str
    reason: str


class Told(Part):
    """A diagnostic."""

    severity: Literal["error", "warning"]
    message: str
    help: str | None = None
    file: str | None = None
    line: NonNegativeInt | None = None


class Totals(Part):
    """What the plan comes to."""

    lost: NonNegativeInt
    cost_usd: Price
    cost_notes: tuple[str, ...]


class Changed(Part):
    """A variant that is not what it was: with the artifacts that are known of then and now.

    `reasons` are of a changed one.
    """

    variant: str
    change: Literal["changed", "added", "removed"]
    steps: tuple[str, ...]
    paths: tuple[str, ...]
    before: Digest | None
    after: Digest | None
    reasons: tuple[str, ...] = ()


class Since(Part):
    """What a plan is compared with."""

    ref: Name
    commit: Annotated[str, Field(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]
    variants: tuple[Changed, ...]


class Spent(Part):
    """A budget of a day or a month, in microdollars."""

    cap_usd: Amount
    spent_usd: Amount
    left_usd: Amount


class Budget(Part):
    """The budgets of the pipeline file."""

    day: Spent | None = None
    month: Spent | None = None


class PlanDocument(Part):
    """`assetforge.plan/1`, as far as it is read here."""

    schema_: Literal["assetforge.plan/1"] = Field(alias="schema")
    profile: Name
    actions: tuple[PlannedAction, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[Told, ...]
    totals: Totals
    since: Since | None = None
    budget: Budget | None = None
    max_cost_usd: Amount | None = None


def read_plan_document(text: bytes | str, name: str) -> PlanDocument:
    """Return the plan that a document says.

    Args:
        text: JSON.
        name: of the file, for people.

    Raises:
        UsageProblem: it is no such document; with the first place where it is not.
    """
    try:
        return PlanDocument.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = _path(first["loc"])
    words = printable(_words(first))
    raise UsageProblem(
        f"{name}: {where}{words}; it takes what `assetforge plan --format json` prints"
    )


def _path(steps: Sequence[Any]) -> str:
    """Return a place in a document as `actions[3].cost_usd.low: `; empty for all of it."""
    said = "".join(f"[{each}]" if isinstance(each, int) else f".{each}" for each in steps)
    return f"{printable(said.lstrip('.'))}: " if said else ""


def _words(error: Any) -> str:
    words = str(error["msg"]).removeprefix("Value error, ").replace("Input should be", "must be")
    return words[:1].lower() + words[1:]
