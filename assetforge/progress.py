"""What a run has come to so far: how each action ended, and what there is to show for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from assetforge.action import ActionId, ActionKey
from assetforge.digest import Digest
from assetforge.events import Outcome
from assetforge.store.action_cache import ActionResult
from assetforge.store.publishing import NOTHING, Settled

TYPESET: Final = "typeset"
"""How a picture is made right that no take was."""

UNPAID: Final = frozenset({"over-budget", "unconfirmed"})
"""Codes of what was not sent because a cap did not cover it, or because nobody agreed to pay."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an action has no artifact."""

    code: str
    message: str


@dataclass(slots=True)
class Progress:
    """What a run has come to: how each action ended, and what there is to show for it.

    `artifacts` are what targets and further steps get, `results` what was made or found; they
    differ where an accepted picture stays for now. `accepted` are the hits that somebody accepted.
    `costs` are the microdollars of each action that cost something and was made; what was spent in
    all, `cost_microdollars`, may be more. `again` counts the actions that ran besides the plan's,
    for pictures that were not right; `instead` says of each such look how it was made right in the
    end: `take 2`, or `typeset`. `settled` is what came of publishing it.
    """

    artifacts: dict[ActionId, Digest] = field(default_factory=dict)
    keys: dict[ActionId, ActionKey] = field(default_factory=dict)
    results: dict[ActionId, ActionResult] = field(default_factory=dict)
    accepted: set[ActionId] = field(default_factory=set)
    outcomes: dict[ActionId, Outcome] = field(default_factory=dict)
    failures: dict[ActionId, Failure] = field(default_factory=dict)
    costs: dict[ActionId, int] = field(default_factory=dict)
    cost_microdollars: int = 0
    again: int = 0
    instead: dict[ActionId, str] = field(default_factory=dict)
    interrupted: bool = False
    settled: Settled = NOTHING

    @property
    def typeset(self) -> list[ActionId]:
        """The looks whose picture has its copy typeset, because no take was right."""
        return [id for id, how in self.instead.items() if how == TYPESET]

    def take_over(self, action: ActionId, twin: ActionId) -> None:
        """Let an action have come to what its twin came to."""
        self.artifacts[action] = self.artifacts[twin]
        self.results[action] = self.results[twin]
        self.keys[action] = self.keys[twin]
        self.outcomes[action] = self.outcomes[twin]

    def forget(self, twins: Iterable[ActionId]) -> None:
        """Take twins out of what the actions of the plan came to."""
        for each in twins:
            for some in (self.artifacts, self.results, self.keys, self.outcomes, self.costs):
                some.pop(each, None)

    def count(self, outcome: Outcome) -> int:
        """Return how many actions ended so."""
        return sum(1 for each in self.outcomes.values() if each is outcome)
