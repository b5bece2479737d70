"""What happens while a plan runs, as values: every report is a function of these."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Protocol, Self, TypeAlias

from assetforge.action import ActionId
from assetforge.digest import Digest


class Outcome(Enum):
    """How an action ended.

    MADE: it ran and its artifact is in the store. HIT: the artifact was there already.
    FAILED: it ran, or was refused, and there is no artifact. BLOCKED: something before it failed,
    or the run was stopped. UNKNOWN: sent, no answer came; counted as spent and not repeated.
    """

    MADE = "made"
    HIT = "hit"
    FAILED = "failed"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Planned:
    """The run begins: how many actions are hits already, and how many may have to run."""

    hits: int
    pending: int


@dataclass(frozen=True, slots=True)
class Started:
    """An action began to run."""

    action: ActionId


@dataclass(frozen=True, slots=True)
class Ended:
    """An action ended. `seconds` is wall time; `message` is set when it did not succeed."""

    action: ActionId
    outcome: Outcome
    seconds: float = 0.0
    cost_microdollars: int = 0
    artifact: Digest | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Another process is making this action; its result will be taken over."""

    action: ActionId


@dataclass(frozen=True, slots=True)
class Sketched:
    """A preview of a picture arrived while it is drawn, as an encoded picture."""

    action: ActionId
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Paused:
    """No request is sent for some seconds, and why."""

    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class TriedAgain:
    """A picture is not right, or could not be made: further actions run, this many of them.

    `action` is the one that said so, `why` what it found, `how` what is tried: `take 2`, `typeset`.
    """

    action: ActionId
    why: str
    how: str
    more: int


Event: TypeAlias = Planned | Started | Ended | Waiting | Sketched | Paused | TriedAgain


class Listener(Protocol):
    """Receives events, on the scheduler's thread, in order; open while the run lasts."""

    def __enter__(self) -> Self:
        """Begin to show progress."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the screen as it should stay."""

    def on(self, event: Event) -> None:
        """Take note of one event."""

    def quiet(self) -> AbstractContextManager[None]:
        """Leave the screen to a question meanwhile."""
