"""What a look through the store found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Outcome: TypeAlias = Literal["tidied", "repaired", "noted", "lost"]
"""Left by a process that ended, and cleared away; damage that was made good, as far as anything was
to be made good; worth a look, and left as it is; paid for or accepted, and nowhere to be found."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be.

    Attributes:
        kind: a stable word for scripts, such as `damaged-blob`.
        subject: the file, digest or key that it is about.
        message: one sentence, lower case, without a full stop.
        outcome: what became of it, or would, where nothing is changed.
    """

    kind: str
    subject: str
    message: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Checkup:
    """What came of a look through the store.

    Attributes:
        blobs, size: how many blobs were read, and their bytes.
        results: how many results are kept as files.
        quarantined: how many files are in quarantine.
        acted: whether anything was changed.
    """

    blobs: int
    size: int
    results: int
    quarantined: int
    findings: Sequence[Finding]
    acted: bool

    @property
    def lost(self) -> list[Finding]:
        """What was paid for or accepted, and is nowhere to be found."""
        return self.of("lost")

    @property
    def is_sound(self) -> bool:
        """Whether nothing is damaged or lost: what processes leave behind that end is no damage."""
        return not self.lost and not self.of("repaired")

    def of(self, outcome: Outcome) -> list[Finding]:
        """Return the findings that came out so."""
        return [each for each in self.findings if each.outcome == outcome]
