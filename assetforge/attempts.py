"""What has been tried for pictures that were looked at: decided here, run by the scheduler.

A look that says no asks for another take, then for typeset letters, then for nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from assetforge.action import FIRST_TAKE, Action, ActionId
from assetforge.progress import TYPESET
from assetforge.retries import Retry, gates, takes_left, twins


@dataclass(frozen=True, slots=True)
class Attempt:
    """One more way to make a picture.

    Attributes:
        of: the look of the plan that it is for.
        look: the action that ends it.
        how: `take 2`, or `typeset`.
        actions: what runs, in order.
        instead: action of the plan → the twin that stands in for it here.
    """

    of: ActionId
    look: ActionId
    how: str
    actions: tuple[Action, ...]
    instead: Mapping[ActionId, ActionId]


@dataclass(slots=True)
class Trial:
    """All that is tried for one look of the plan.

    Attributes:
        retry: what may be tried.
        refused: the actions of the plan that said no.
        tried: the takes so far.
        said: what came of each attempt, in words.
        lettered: whether typeset letters were tried.
    """

    retry: Retry
    refused: list[ActionId] = field(default_factory=list)
    tried: set[int] = field(default_factory=set)
    said: list[str] = field(default_factory=list)
    lettered: bool = False

    def following(self, actions: Mapping[ActionId, Action]) -> Attempt | None:
        """Return what is tried next; None: there is nothing more."""
        for take in takes_left(self.retry, self.tried):
            self.tried.add(take)
            made = twins(self.retry, actions, take)
            names = dict(zip(self.retry.members, (each.id for each in made), strict=True))
            return Attempt(self.retry.look, made[-1].id, f"take {take}", tuple(made), names)
        if self.retry.typeset and not self.lettered:
            self.lettered = True
            look = self.retry.typeset[-1].id
            instead = {self.retry.look: look}
            return Attempt(self.retry.look, look, TYPESET, self.retry.typeset, instead)
        return None

    @property
    def message(self) -> str:
        """What came of it, in one line."""
        words = self.said[0] or "the picture is not right"
        if len(self.said) == 1:
            return words
        return f"{words}; nor was it after {len(self.said) - 1} more: {self.said[-1]}"


class Trials:
    """The trials of a run, by the looks of its plan."""

    def __init__(self, retries: Mapping[ActionId, Retry]) -> None:
        self._gates = gates(retries.values())
        self._trials: dict[ActionId, Trial] = {}
        self._attempts: dict[ActionId, list[Attempt]] = {}

    def attempts_of(self, action: ActionId) -> list[Attempt]:
        """Return the attempts that an action is part of; none: it is one of the plan."""
        return self._attempts.get(action, [])

    def drawn_of(self, action: ActionId) -> ActionId | None:
        """Return the drawing that an action of the plan looks at, if other takes may be tried."""
        retry = self._gates.get(action)
        return None if retry is None else retry.drawn

    def refuse(self, action: ActionId, words: str, take: int = FIRST_TAKE) -> list[Trial]:
        """Note that an action said no, or failed, and return the trials that go on.

        `take` is the one that the plan stands on. No trial: nothing else may be tried.
        """
        attempts = self._attempts.get(action)
        if attempts is not None:
            trials = [self._trials[each.of] for each in attempts]
        elif (retry := self._gates.get(action)) is not None:
            trials = [self._trials.setdefault(retry.look, Trial(retry))]
            trials[0].refused.append(action)
            trials[0].tried.add(take)
        else:
            return []
        for each in trials:
            each.said.append(words)
        return trials

    def begin(self, attempt: Attempt) -> None:
        """Note that an attempt is made."""
        for each in attempt.actions:
            self._attempts.setdefault(each.id, []).append(attempt)
