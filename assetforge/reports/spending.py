"""What was spent: the ledger's calls in groups, estimate against actual, and what is left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from assetforge.digest import SHOWN, Json
from assetforge.ledger import Entry
from assetforge.pipeline import Budget
from assetforge.pricing import MILLION, Cost, cost_text, usd
from assetforge.reports.documents import cost_json
from assetforge.reports.text import plural

DAY: Final = len("2026-11-21")
MONTH: Final = len("2026-11")
MINUTE: Final = len("2026-11-21T12:34")

GROUPS: Final[Mapping[str, Callable[[Entry], str]]] = {
    "asset": lambda entry: entry.asset,
    "locale": lambda entry: entry.locale,
    "model": lambda entry: entry.model or entry.provider,
    "day": lambda entry: entry.at[:DAY],
    "month": lambda entry: entry.at[:MONTH],
    "run": lambda entry: entry.run,
}
"""What calls can be grouped by, and the name of a call's group."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What some calls come to, in microdollars; those that were refused before any work aside.

    Attributes:
        calls: how many were sent, those in flight included.
        pictures: how many brought one.
        estimate: what those that were answered were to cost; `actual` is what they did.
        unknown: how many were not answered, and `unknown_cost` what they may have cost.
        reserved: what is set aside for those in flight.
        first: when the first was reserved; empty: there is none.
    """

    calls: int
    pictures: int
    estimate: Cost
    actual: int
    unknown: int
    unknown_cost: int
    reserved: int
    first: str

    @property
    def spent(self) -> int:
        """What counts as spent: what was billed, and what may have been."""
        return self.actual + self.unknown_cost

    @property
    def permille(self) -> int:
        """By how much the actual cost is outside of its estimate: above it, or below (< 0)."""
        low, high = self.estimate.low, self.estimate.high
        bound = high if self.actual > high else low if self.actual < low else self.actual
        return round((self.actual - bound) * 1000 / bound) if bound else 0


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a budget for a day or month, in microdollars."""

    cap: int
    spent: int
    reserved: int

    @property
    def left(self) -> int:
        """What may still be spent."""
        return max(0, self.cap - self.spent - self.reserved)


@dataclass(frozen=True, slots=True)
class Unknown:
    """A call without an answer; `answered`: a later one of the same key has one."""

    entry: Entry
    answered: bool


@dataclass(frozen=True, slots=True)
class Spending:
    """What a ledger says.

    Attributes:
        by: what `groups` are of: a name of `GROUPS`.
        since: the first day that counts for `whole`, `groups` and `unknown`; None: all do.
        today, month: of this day and month, UTC.
        budget: `day` and `month` → what is left, where the pipeline file states one.
    """

    by: str
    since: date | None
    today: Sum
    month: Sum
    whole: Sum
    groups: Mapping[str, Sum]
    unknown: Sequence[Unknown]
    budget: Mapping[str, Left]


def spending(
    entries: Sequence[Entry],
    by: str = "asset",
    *,
    since: date | None = None,
    budget: Budget | None = None,
    now: datetime,
) -> Spending:
    """Return what a ledger's calls come to, in the order of their groups' names."""
    first, this = (since.isoformat() if since else ""), now.astimezone(UTC).isoformat()
    counted = [each for each in entries if each.at >= first]
    groups: dict[str, list[Entry]] = {}
    for each in counted:
        if each.state != "released":
            groups.setdefault(GROUPS[by](each), []).append(each)
    today = sum_of(each for each in entries if each.at[:DAY] == this[:DAY])
    month = sum_of(each for each in entries if each.at[:MONTH] == this[:MONTH])
    sums = {name: sum_of(some) for name, some in groups.items()}
    return Spending(
        by=by,
        since=since,
        today=today,
        month=month,
        whole=sum_of(counted),
        groups=sums if by == "run" else dict(sorted(sums.items())),
        unknown=_unknown(counted),
        budget=_left(budget or Budget(), today, month),
    )


def _left(budget: Budget, today: Sum, month: Sum) -> dict[str, Left]:
    stated = {"day": (budget.day, today), "month": (budget.month, month)}
    return {
        name: Left(int(cap * MILLION), each.spent, each.reserved)
        for name, (cap, each) in stated.items()
        if cap is not None
    }


def _unknown(entries: Sequence[Entry]) -> list[Unknown]:
    answered = {each.key: each.number for each in entries if each.state == "settled"}
    return [
        Unknown(each, each.number < answered.get(each.key, 0))
        for each in entries
        if each.state == "unknown"
    ]


def sum_of(entries: Iterable[Entry]) -> Sum:
    """Return what some calls come to."""
    sent = [each for each in entries if each.state != "released"]
    answered = [each for each in sent if each.state == "settled"]
    unknown = [each for each in sent if each.state == "unknown"]
    return Sum(
        calls=len(sent),
        pictures=sum(1 for each in answered if not each.failed),
        estimate=Cost(sum(each.low for each in answered), sum(each.high for each in answered)),
        actual=sum(each.cost for each in answered),
        unknown=len(unknown),
        unknown_cost=sum(each.cost for each in unknown),
        reserved=sum(each.high for each in sent if each.state == "open"),
        first=sent[0].at if sent else "",
    )


def spending_document(found: Spending) -> dict[str, Json]:
    """Return `assetforge.cost/1`."""
    return {
        "schema": "assetforge.cost/1",
        "since": found.since.isoformat() if found.since else None,
        "totals": {
            "today_usd": usd(found.today.spent),
            "month_usd": usd(found.month.spent),
            **_sum_json(found.whole),
        },
        "groups": [
            {"by": found.by, "name": name, **_sum_json(each)} for name, each in found.groups.items()
        ],
        "unknown": [
            {
                "key": str(each.entry.key),
                "action": each.entry.action,
                "asset": each.entry.asset,
                "locale": each.entry.locale,
                "model": each.entry.model,
                "at": each.entry.at,
                "up_to_usd": usd(each.entry.high),
                "why": each.entry.why,
                "answered_since": each.answered,
            }
            for each in found.unknown
        ],
        "budget": {
            name: {
                "cap_usd": usd(each.cap),
                "spent_usd": usd(each.spent),
                "reserved_usd": usd(each.reserved),
                "left_usd": usd(each.left),
            }
            for name, each in found.budget.items()
        },
    }


def _sum_json(each: Sum) -> dict[str, Json]:
    return {
        "calls": each.calls,
        "pictures": each.pictures,
        "estimate_usd": cost_json(each.estimate),
        "actual_usd": usd(each.actual),
        "difference_percent": _percent(each.permille),
        "unknown_calls": each.unknown,
        "unknown_usd": usd(each.unknown_cost),
        "reserved_usd": usd(each.reserved),
        "spent_usd": usd(each.spent),
    }


def _percent(permille: int) -> str:
    """Return parts of a thousand as percent with one place: `2.4`, `-0.3`."""
    whole, part = divmod(abs(permille), 10)
    return f"{'-' if permille < 0 else ''}{whole}.{part}"


def spending_text(found: Spending) -> str:
    """Return what was spent as a person reads it: totals, groups, what is unknown, the budget."""
    if not found.whole.calls:
        since = f" since {found.since}" if found.since else ""
        return "\n".join([f"nothing spent{since}", *_budget_lines(found)])
    blocks = [
        [_totals(found)],
        list(_table(found)),
        list(_unknown_lines(found)),
        list(_budget_lines(found)),
    ]
    if not all(each.answered for each in found.unknown):
        blocks.append(["next: assetforge build --resend   (sends them again, and may pay twice)"])
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _totals(found: Spending) -> str:
    whole = found.whole
    since = f"since {found.since}" if found.since else "in all"
    counts = [plural(whole.calls, "call"), plural(whole.pictures, "picture")]
    counts += [f"{whole.unknown:,} unknown"] * bool(whole.unknown)
    counts += [f"{_money(whole.reserved)} reserved for calls in flight"] * bool(whole.reserved)
    return (
        f"spent {_money(found.today.spent)} today, {_money(found.month.spent)} this month, "
        f"{_money(whole.spent)} {since}: {', '.join(counts)}"
    )


def _table(found: Spending) -> Iterable[str]:
    """Yield a line for each group below a heading, the columns aligned."""
    heading = [found.by, "calls", "pictures", "estimated", "billed", "difference", "unknown"]
    rows = [heading, *(_row(found.by, name, each) for name, each in found.groups.items())]
    if not found.whole.unknown:
        rows = [row[:-1] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *cells in rows:
        padded = [cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True)]
        yield "  ".join([name.ljust(widths[0]), *padded]).rstrip()


def _row(by: str, name: str, each: Sum) -> list[str]:
    return [
        _shown(by, name, each),
        f"{each.calls:,}",
        f"{each.pictures:,}",
        cost_text(each.estimate),
        _money(each.actual),
        _difference(each),
        _money(each.unknown_cost) if each.unknown else "",
    ]


def _difference(each: Sum) -> str:
    """Return how far the actual cost is outside of the estimate."""
    if not each.permille:
        return "within" if each.actual else ""
    return f"{'+' if each.permille > 0 else ''}{_percent(each.permille)} %"


def _shown(by: str, name: str, each: Sum) -> str:
    """Return a group's name as a person reads it."""
    if by == "run":
        return f"{_minute(each.first)} {name[:SHOWN] or '(none)'}"
    return name or "(shared)"


def _unknown_lines(found: Spending) -> Iterable[str]:
    if not found.unknown:
        return
    count = plural(len(found.unknown), "call")
    yield f"unknown: {count} without an answer, which may have been billed; counted as spent"
    for each in found.unknown:
        entry = each.entry
        since = "; answered since" if each.answered else ""
        yield (
            f"  {entry.action}  {_minute(entry.at)} UTC  up to {_money(entry.high)}  "
            f"key {entry.key[:SHOWN]}"
        )
        yield f"    {entry.why or 'no answer'}{since}"


def _budget_lines(found: Spending) -> Iterable[str]:
    for name, each in found.budget.items():
        when = "today" if name == "day" else "this month"
        yield f"budget: {_rest(each.left)} of {_money(each.cap)} left {when} (UTC)"


def _minute(at: str) -> str:
    return at[:MINUTE].replace("T", " ")


def _money(microdollars: int) -> str:
    return cost_text(Cost(microdollars, microdollars))


def _rest(microdollars: int) -> str:
    """Return what is left, in cents and never too high."""
    return f"${usd(microdollars // 10_000 * 10_000)}"
