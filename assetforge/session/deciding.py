"""What a person says of pictures they have seen: the bytes they saw are part of what they say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from assetforge.action import ActionId
from assetforge.decided import Decided, Options
from assetforge.digest import Digest
from assetforge.lock.entry import Entry, Slot
from assetforge.noting import step_noted
from assetforge.permission import few
from assetforge.planner import Selection
from assetforge.pricing import Cost, cost_text
from assetforge.progress import Progress
from assetforge.rebuilder import Hit
from assetforge.reports.text import plural
from assetforge.review.chosen import chosen_actions, drawn_action
from assetforge.review.decision import Proposal, decide, propose
from assetforge.review.picture import Review, reviewing
from assetforge.review.reroll import reroll
from assetforge.review.undo import undo
from assetforge.review.verdicts import accept, choose, pin, reject, unpin
from assetforge.session.errors import Agree, Outdated, UnknownPicture
from assetforge.session.rows import Row, rows_of
from assetforge.session.turn import Planning
from assetforge.store.local import Store

Verdict: TypeAlias = Callable[[Review, list[ActionId]], Mapping[Slot, Entry | None]]
"""Returns what is to be said of some drawings in the lock."""

Run: TypeAlias = Callable[[Decided, Store], Progress]
"""Runs a decided plan."""

VERDICTS: Final[Mapping[str, Verdict]] = {
    "accept": accept,
    "pin": pin,
    "reject": reject,
    "unpin": unpin,
}
"""What may be said of pictures, by its word."""

BEHIND: Final = frozenset({"accept"})
"""What is said of the pictures behind them as well."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture as somebody saw it.

    Attributes:
        id: of its row.
        digest: of the bytes that were shown.
        step: the step that is meant; empty: the last that a provider draws.
    """

    id: str
    digest: Digest
    step: str = ""


class Deciding:
    """Decides about pictures that somebody saw."""

    def __init__(self, options: Options, planning: threading.Lock) -> None:
        """Decide for a project; `planning` is held by whoever plans."""
        whole = Selection(max_variants=options.selection.max_variants)
        self._options = replace(options, selection=whole, cap_microdollars=None)
        self._planning = planning

    def say(self, what: str, seen: Sequence[Seen], *, agreed: bool) -> str:
        """Say one of `VERDICTS` of some pictures.

        Raises:
            Outdated, UnknownPicture: these bytes are not what is shown now.
            Agree: others stand on them, and making those again costs something.
            UsageProblem: it cannot be decided so.
        """
        with self._planning, self._reviewing(seen) as (review, rows):
            ids = _meant(review, seen, rows, behind=what in BEHIND)
            changes = VERDICTS[what](review, ids)
            return _decided(review, what, ids, changes, agreed=agreed, count=len(seen))

    def choose(self, seen: Seen, take: int, *, agreed: bool) -> str:
        """Say that a take is the right one; `seen.digest` is that take's.

        Raises:
            Outdated, UnknownPicture, Agree, UsageProblem: as `say`.
        """
        with self._planning, self._reviewing([]) as (review, rows):
            _row(rows, seen)
            ids = _meant(review, [seen], rows, behind=False)
            changes = choose(review, ids, take)
            if any(each is not None and each.artifact != seen.digest for each in changes.values()):
                raise Outdated(f"take {take} is another picture by now; look again")
            return _decided(review, "choose", ids, changes, agreed=agreed, count=1)

    def undo(self, *, agreed: bool) -> str:
        """Take the last decision back.

        Raises:
            UsageProblem: there is none, or it was changed since.
            Agree: as `say`.
        """
        with self._planning, reviewing(self._options) as review:
            decision, changes, about = undo(review, None)
            what = f"undo {decision.what}"
            proposal = propose(review, what, about, changes, undoes=decision.id)
            _settle(review, proposal, agreed=agreed)
            names = list(dict.fromkeys(each.variant for each in decision.changes))
            return f"took back: {decision.what} of {few(names)}"

    def price_of_takes(self, seen: Sequence[Seen], takes: int) -> Cost:
        """Return what further takes of some pictures cost.

        Raises:
            Outdated, UnknownPicture: these bytes are not what is shown now.
            UsageProblem: there can be no more.
        """
        with self._planning, self._reviewing(seen) as (review, rows):
            return reroll(review, _meant(review, seen, rows, behind=False), takes).cost

    def make_takes(self, seen: Sequence[Seen], takes: int, run: Run) -> str:
        """Make them by `run`, while others may plan.

        Raises:
            AssetforgeError: as `run`, and as `price_of_takes`.
        """
        with Planning(self._planning) as planned, self._reviewing(seen) as (review, rows):
            decided = reroll(review, _meant(review, seen, rows, behind=False), takes)
            planned()
            progress = run(decided, review.store)
        extras = (id for id, each in decided.plan.actions.items() if each.is_extra)
        made = sum(1 for id in extras if id in progress.results)
        failed = "".join(f"; {id}: {each.message}" for id, each in progress.failures.items())
        return f"{plural(made, 'take')} made{failed}"

    def step_to_note(self, seen: Seen) -> str:
        """Return the step that a note is about; the take that stands may be what was seen.

        Raises:
            Outdated, UnknownPicture: these bytes are not what is shown now.
            UsageProblem: no provider draws it, or there is no such step.
        """
        with self._planning, self._reviewing([]) as (review, rows):
            row, decided = _row(rows, seen), review.decided
            action = drawn_action(decided, row.variant, seen.step or None)
            decision = decided.decisions[action.id]
            if not (isinstance(decision, Hit) and decision.artifact == seen.digest):
                _as_seen(row, seen)
            return step_noted(decided.plan.rendered[action.id])

    @contextmanager
    def _reviewing(self, seen: Sequence[Seen]) -> Iterator[tuple[Review, Mapping[str, Row]]]:
        """Open the project to decide, if what was seen is what is there."""
        with reviewing(self._options) as review:
            rows = {each.id: each for each in rows_of(review.decided, review.store)}
            for each in seen:
                _as_seen(_row(rows, each), each)
            yield review, rows


def _row(rows: Mapping[str, Row], seen: Seen) -> Row:
    if seen.id not in rows:
        raise UnknownPicture(seen.id)
    return rows[seen.id]


def _as_seen(row: Row, seen: Seen) -> None:
    """Raise Outdated if what was seen is not what is there."""
    if row.digest != seen.digest:
        raise Outdated(f"{row.variant} is another picture by now; look again")


def _meant(
    review: Review, seen: Iterable[Seen], rows: Mapping[str, Row], *, behind: bool
) -> list[ActionId]:
    """Return the drawings of the pictures that were seen, each once."""
    by_step: dict[str, list[str]] = {}
    for each in seen:
        by_step.setdefault(each.step, []).append(str(rows[each.id].variant))
    found: dict[ActionId, None] = {}
    for step, variants in by_step.items():
        chosen = Selection(tuple(variants))
        found |= dict.fromkeys(chosen_actions(review, chosen, step or None, behind=behind))
    return list(found)


def _decided(
    review: Review,
    what: str,
    ids: Sequence[ActionId],
    changes: Mapping[Slot, Entry | None],
    *,
    agreed: bool,
    count: int,
) -> str:
    """Decide about `count` pictures, and what they stand on, and say so in one line."""
    proposal = propose(review, what, tuple(ids), changes)
    _settle(review, proposal, agreed=agreed)
    if not proposal.changes:
        return "nothing changes: it was so already"
    said = f"{what}: {plural(count, 'picture')}"
    again = few(list(map(str, proposal.again)))
    return f"{said}; a build makes again: {again}" if again else said


def _settle(review: Review, proposal: Proposal, *, agreed: bool) -> None:
    """Make a decision, if somebody agreed where others stand on it that cost something.

    Raises:
        Agree: nobody did.
    """
    others = proposal.on_others
    if others and not agreed:
        cost = proposal.cost
        stand = "stands" if len(others) == 1 else "stand"
        words = f"{few(list(map(str, others)))} {stand} on this; making that again costs"
        raise Agree(f"{words} {cost_text(cost)}, at the next build", cost.low, cost.high)
    decide(review, proposal)
