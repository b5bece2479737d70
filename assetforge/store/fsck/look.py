"""A look through one store: what was seen so far, and what was found of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from assetforge.action import ActionKey
from assetforge.digest import Digest
from assetforge.store.action_cache import ActionResult
from assetforge.store.cas import Cas
from assetforge.store.findings import Checkup, Finding, Outcome
from assetforge.store.quarantine import Quarantine


@dataclass
class Look:
    """What the parts of a look tell each other.

    Attributes:
        root: the store's folder.
        act: make good what is wrong; else only tell.
        findings: what is not as it should be, as it was found.
        files: the results that are kept as files, and the notes of arrivals.
        rows: those of the index.
        blobs, size: how many blobs there are, and their bytes.
        damaged: blobs whose bytes are not what their name says.
    """

    root: Path
    act: bool
    findings: list[Finding] = field(default_factory=list)
    files: dict[Path, ActionResult] = field(default_factory=dict)
    rows: dict[ActionKey, ActionResult] = field(default_factory=dict)
    blobs: int = 0
    size: int = 0
    damaged: set[Digest] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.cas = Cas(self.root)
        self.quarantine = Quarantine(self.root)

    def found(self, kind: str, subject: object, message: str, outcome: Outcome) -> None:
        """Add a finding."""
        self.findings.append(Finding(kind, str(subject), message, outcome))

    def name(self, path: Path) -> str:
        """Return how a file of the store is shown."""
        return path.relative_to(self.root).as_posix()

    def results(self) -> Iterator[ActionResult]:
        """Yield what the store tells of: a result may be in a file and in the index."""
        yield from self.files.values()
        yield from self.rows.values()

    def has(self, digest: Digest) -> bool:
        """Tell whether a blob is there, and sound."""
        return digest not in self.damaged and self.cas.has(digest)

    def checkup(self) -> Checkup:
        """Return what came of it."""
        return Checkup(
            blobs=self.blobs,
            size=self.size,
            results=len(self.files),
            quarantined=len(self.quarantine.files()),
            findings=self.findings,
            acted=self.act,
        )
