"""A turn: one look at the project, and what follows from it, on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from assetforge.action import ActionId, Made, VariantName
from assetforge.decided import Decided
from assetforge.events import Ended, Event, Started
from assetforge.plan import Plan
from assetforge.pricing import Cost


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked of a turn; by default it does what costs nothing.

    Attributes:
        build: build also what costs something.
        agreed: microdollars that somebody agreed to spend on that; None: nobody was asked.
        cap: what may count as spent with it; None: what may be spent unasked.
        names: only these variants; None: all.
        drafts: draw drafts of all that is stale, not only of what is looked at.
        quiet: say nothing unless it is news.
        fresh: believe nothing that was left by an earlier build.
    """

    build: bool = False
    agreed: int | None = None
    cap: int | None = None
    names: frozenset[VariantName] | None = None
    drafts: bool = False
    quiet: bool = False
    fresh: bool = False

    @property
    def free(self) -> Wish:
        """The same where nothing costs anything: there is nothing to agree to, or to draft."""
        return replace(self, build=False, drafts=False)

    def covers(self, other: Wish) -> bool:
        """Tell whether a turn with this wish does all that one with another would.

        What builds nothing that costs something waits for what does.
        """
        if self.build and not other.build:
            return True
        if self.names is not None and other.names is None:
            return not (other.build or other.drafts or other.fresh)
        asks = (self.build or not other.build) and (self.drafts or not other.drafts)
        return asks and self.names == other.names and not other.fresh

    def waits_for(self, other: Wish) -> bool:
        """Tell whether this is done after another that was agreed to and has not planned yet.

        Nothing is known to have changed, so that what was agreed to is still what is wanted.
        """
        return other.agreed is not None and self.quiet and not self.build

    def besides(self, other: Wish) -> Wish:
        """Return a wish that was agreed to, and with it another that was and is not fulfilled."""
        if self.agreed is None or other.agreed is None or other.cap is None:
            return self
        both = self.names is not None and other.names is not None
        names = frozenset({*(self.names or ()), *(other.names or ())}) if both else None
        agreed, cap = self.agreed + other.agreed, other.cap + self.agreed
        return replace(self, names=names, agreed=agreed, cap=cap)


class Superseded(Exception):
    """A later turn does this one's work."""


@dataclass(eq=False, slots=True)
class Turn:
    """One turn.

    Attributes:
        generation: counts turns, from 1.
        stopping: set when nothing more is to be started.
        superseded: a later turn does its work, so it writes no targets.
        plan: what it runs, once that is known.
        remote: the actions that are asked of a service.
        prices: what each action costs.
        sent: those that were, and are not answered.
        brought: whether an answer came to something that was sent.
        targets: action → ids of the pictures that it is the last action of.
    """

    generation: int
    wish: Wish
    stopping: threading.Event = field(default_factory=threading.Event)
    superseded: bool = False
    plan: Plan | None = None
    remote: frozenset[ActionId] = frozenset()
    prices: Mapping[ActionId, Cost] = field(default_factory=dict)
    sent: set[ActionId] = field(default_factory=set)
    targets: dict[ActionId, list[str]] = field(default_factory=dict)
    brought: bool = False

    def sends(self, decided: Decided) -> None:
        """Note what is asked of a service, and for how much."""
        self.remote, self.prices = frozenset(decided.remote), decided.prices

    def supersede(self) -> None:
        """Have it start nothing more, and write nothing."""
        self.superseded = True
        self.stopping.set()

    def note(self, event: Event) -> None:
        """Keep count of what is out."""
        match event:
            case Started(action) if action in self.remote:
                self.sent.add(action)
            case Ended(action):
                self.brought = self.brought or action in self.sent
                self.sent.discard(action)
            case _:
                pass

    def runs(self, plan: Plan) -> bool:
        """Tell whether it runs this very plan, or its own part of it."""
        mine = self.plan
        if mine is None:
            return False
        if self.wish.names is not None:
            return _is_part(mine, plan)
        return mine.actions == plan.actions and mine.targets == plan.targets


def _is_part(some: Plan, whole: Plan) -> bool:
    """Tell whether some pictures are asked for in a larger plan as in a plan of their own.

    What variants share is named after those that are planned.
    """
    targets = {each.path: each for each in whole.targets}
    for each in some.targets:
        other = targets.get(each.path)
        if other is None or replace(other, action=each.action) != each:
            return False
        if _asked(some, each.action) != _asked(whole, other.action):
            return False
    return True


def _asked(plan: Plan, id: ActionId) -> tuple[object, ...]:
    """Return all that an action is asked for, and what it stands on, without their names."""
    action = plan.actions.get(id)
    if action is None:  # what it was made from is not needed any more
        return ()
    made = (_asked(plan, each.action) if isinstance(each, Made) else each for each in action.inputs)
    return action.kind, action.kind_version, action.request, *made


class Planning:
    """One turn at a time plans; it may be given back before the end, and once only."""

    def __init__(self, lock: threading.Lock) -> None:
        self._lock = lock
        self._held = False

    def __enter__(self) -> Callable[[], None]:
        """Wait for the lock, and return what gives it back."""
        self._lock.acquire()
        self._held = True
        return self.end

    def __exit__(self, *error: object) -> None:
        self.end()

    def end(self) -> None:
        """Let others plan."""
        if self._held:
            self._held = False
            self._lock.release()
