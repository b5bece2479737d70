"""When a batch comes to which stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Status: TypeAlias = Literal[
    "validating", "failed", "in_progress", "finalizing", "completed", "expired", "cancelling",
    "cancelled",
]  # fmt: skip
OVER: Final = ("failed", "completed", "expired", "cancelled")


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a batch comes to which stage, in seconds since it was created.

    Attributes:
        length: how long it takes.
        lines: how many requests it has.
        valid: False where its file is wrong.
        expires: True where it comes to half of its lines only.
        cancelled: when it was cancelled, or None.
    """

    length: float
    lines: int
    valid: bool = True
    expires: bool = False
    cancelled: float | None = None

    @property
    def started(self) -> float:
        """When the file has been looked through."""
        return self.length * 0.1

    @property
    def worked(self) -> float:
        """When the last line that will be is done."""
        return self.length * 0.9

    def status(self, age: float) -> Status:
        """Return how far the batch is at an age."""
        if self.cancelled is not None:
            return "cancelling" if age < self.cancelled + self.started else "cancelled"
        if age < self.started:
            return "validating"
        if not self.valid:
            return "failed"
        if age < self.worked:
            return "in_progress"
        if self.expires:
            return "in_progress" if age < self.length else "expired"
        return "finalizing" if age < self.length else "completed"

    def reached(self, status: Status) -> dict[str, float]:
        """Return stage → the age it was reached at, of each that lies behind or is now."""
        if status == "failed":
            return {"failed": self.started}
        times: dict[str, float] = {}
        if status != "validating" and (self.cancelled is None or self.cancelled >= self.started):
            times["in_progress"] = self.started
        if status in ("finalizing", "completed", "expired"):
            times["finalizing"] = self.worked
        if status in ("completed", "expired"):
            times[status] = self.length
        if self.cancelled is not None:
            times["cancelling"] = self.cancelled
        if status == "cancelled":
            times["cancelled"] = (self.cancelled or 0.0) + self.started
        return times

    def due(self, age: float) -> int:
        """Return how many lines are done at an age."""
        if not self.valid:
            return 0
        most = self.lines // 2 if self.expires else self.lines
        until = age if self.cancelled is None else min(age, self.cancelled)
        if until >= self.worked:
            return most
        share = max(0.0, until - self.started) / (self.worked - self.started)
        return int(most * share)
