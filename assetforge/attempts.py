"""What has been tried for pictures that were looked at: decided here, run by the scheduler.

A look that says no asks for another take, then for typeset letters, then for nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from assetforge.action import FIRST_TAKE, Action, ActionId
from assetforge.retries import Retry, gates, takes_left, twins

TYPESET: Final = "typeset"
"""How the attempt after the last take is made."""


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

    def following(self, actions: Mapping[ActionId, Action], *, takes: bool) -> Attempt | None:
        """Return what is tried next; None: there is nothing more. `takes`: others may be made."""
        for take in takes_left(self.retry, self.tried) if takes else ():
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
        self._attempts: dict[ActionId, Attempt] = {}

    def attempt_of(self, action: ActionId) -> Attempt | None:
        """Return the attempt that an action is part of; None: it is one of the plan."""
        return self._attempts.get(action)

    def trial_of(self, action: ActionId) -> Trial | None:
        """Return the trial that an action is part of; None: nothing is tried for it."""
        attempt = self._attempts.get(action)
        if attempt is not None:
            return self._trials[attempt.of]
        retry = self._gates.get(action)
        return None if retry is None else self._trials.setdefault(retry.look, Trial(retry))

    def refuse(self, action: ActionId, words: str, take: int = FIRST_TAKE) -> Trial:
        """Note that an action said no, or failed; `take` is the one that the plan stands on."""
        trial = self.trial_of(action)
        assert trial is not None, f"BUG: nothing looks at {action}"
        if action not in self._attempts:
            trial.refused.append(action)
            trial.tried.add(take)
        trial.said.append(words)
        return trial

    def begin(self, attempt: Attempt) -> None:
        """Note that an attempt is made."""
        self._attempts |= dict.fromkeys((each.id for each in attempt.actions), attempt)
