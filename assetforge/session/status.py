"""What a session is at, in values and in one line that is always true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from assetforge.decided import FREE
from assetforge.digest import Json
from assetforge.errors import AssetforgeError, Diagnostic, InvalidSource
from assetforge.pricing import Cost, cost_text, usd
from assetforge.reports.documents import cost_json
from assetforge.reports.text import plural

Phase: TypeAlias = Literal["planning", "drafting", "building", "watching", "broken", "paused"]
"""What a session does; `broken`: a source is wrong; `paused`: its fuse is blown."""

AT_WORK: Final = {"planning": "looking", "drafting": "drafting", "building": "building"}


@dataclass(frozen=True, slots=True)
class Status:
    """What a session is at.

    Attributes:
        generation: counts the changes that it took up.
        phase: what it does.
        done, total: of the actions that run now.
        stale: pictures that have to be made or written.
        cost: what the stale ones cost.
        spent: microdollars since the session began.
        cap: microdollars that it may spend without asking; None: none.
        auto: whether it does.
        finishing: calls that nobody waits for any more, and that were sent.
        polling: whether files are looked at in turns, for want of events.
        paused: why nothing is built.
        problems: what is wrong with the sources, or with the last build.
        pictures: how many there are.
        told: what came of the last thing that somebody asked for and did not wait for.
        tellings: counts these.
        failed: pictures that the last try could not make.
        edited: pictures that a person changed, and that are left as they are.
        free: whether what runs costs nothing, though something else would.
    """

    generation: int = 0
    phase: Phase = "planning"
    done: int = 0
    total: int = 0
    stale: int = 0
    cost: Cost = FREE
    spent: int = 0
    cap: int | None = None
    auto: bool = False
    finishing: int = 0
    polling: bool = False
    paused: str = ""
    problems: tuple[Diagnostic, ...] = ()
    pictures: int = 0
    told: str = ""
    tellings: int = 0
    failed: int = 0
    edited: int = 0
    free: bool = False

    @property
    def words(self) -> str:
        """All of it that matters now, in one line."""
        parts = [self._work, *self._stale, *self._money, *self._finishing]
        return " · ".join(each for each in parts if each)

    @property
    def errors(self) -> int:
        """How many problems are errors."""
        return sum(1 for each in self.problems if each.severity == "error")

    @property
    def _work(self) -> str:
        if self.phase == "broken":
            return f"{plural(self.errors, 'problem')}; waiting for the next save"
        if self.phase == "paused":
            return f"paused: {self.paused}"
        if self.phase == "watching":
            return "watching, by polling" if self.polling else "watching"
        of = f" {self.done:,} of {self.total:,}" if self.total else ""
        free = " that cost nothing" if self.phase == "building" and self.free else ""
        return f"{AT_WORK[self.phase]}{of}{free}"

    @property
    def _stale(self) -> Sequence[str]:
        edited = [f"{self.edited:,} edited by hand"] if self.edited else []
        if not self.stale:
            current = self.pictures - self.edited
            settled = self.phase == "watching" and self.pictures
            return [f"{plural(current, 'picture')} current", *edited] if settled else edited
        price = f", about {cost_text(self.cost)}" if self.cost.high else ""
        failed = [f"{self.failed:,} failed"] if self.failed else []
        return [f"{plural(self.stale, 'picture')} stale{price}", *failed, *edited]

    @property
    def _money(self) -> Sequence[str]:
        spent = f"spent {cost_text(Cost(self.spent, self.spent))}"
        if self.auto and self.cap is not None:
            return [f"{spent} of {cost_text(Cost(self.cap, self.cap))}"]
        return [spent] if self.spent else []

    @property
    def _finishing(self) -> Sequence[str]:
        if not self.finishing:
            return []
        return [f"finishing {plural(self.finishing, 'call')} that a change overtook"]


def problems_of(error: AssetforgeError) -> tuple[Diagnostic, ...]:
    """Return what an error says, as problems."""
    if isinstance(error, InvalidSource):
        return tuple(error.diagnostics)
    return (Diagnostic(type(error).__name__, str(error)),)


def status_json(status: Status) -> dict[str, Json]:
    """Return the status in `assetforge.preview/1`."""
    return {
        "generation": status.generation,
        "phase": status.phase,
        "words": status.words,
        "done": status.done,
        "total": status.total,
        "stale": status.stale,
        "cost": cost_json(status.cost) if status.cost.high else None,
        "spent": usd(status.spent),
        "cap": None if status.cap is None else usd(status.cap),
        "auto": status.auto,
        "finishing": status.finishing,
        "polling": status.polling,
        "told": status.told,
        "tellings": status.tellings,
        "failed": status.failed,
        "edited": status.edited,
        "free": status.free,
        "problems": [_problem(each) for each in status.problems],
    }


def _problem(found: Diagnostic) -> dict[str, Json]:
    return {
        "severity": found.severity,
        "code": found.code,
        "message": found.message,
        "place": str(found.place) if found.place else "",
        "help": found.help or "",
        "text": str(found),
    }
