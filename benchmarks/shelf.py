"""What lies in a store, read from its files alone: the measure that builds are held against."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from assetforge.ledger import Entry, Ledger

STORE = ".assetforge"


@dataclass(frozen=True, slots=True)
class Kept:
    """What a call brought: the blob, and the service's name for the call."""

    key: str
    artifact: str
    request_id: str


class Shelf:
    """What a store holds at one moment, and what its ledger says."""

    def __init__(self, project: Path) -> None:
        self.root = project / STORE
        self.blobs = {each.name: digest_of(each) for each in self.root.glob("cas/??/*")}
        self.kept = dict(_kept(self.root))
        self.half_written = sorted(each.name for each in project.rglob("*.part"))

    @cached_property
    def entries(self) -> list[Entry]:
        """The calls that the ledger knows."""
        if not (self.root / "ledger.sqlite").exists():
            return []
        with closing(Ledger(self.root)) as ledger:
            return ledger.entries()

    @property
    def damaged(self) -> list[str]:
        """Blobs whose bytes are not what their name says."""
        return [name for name, digest in self.blobs.items() if digest != name]

    def path(self, digest: str) -> Path:
        """Return where the blob of a digest is."""
        return self.root / "cas" / digest[:2] / digest

    def whole(self) -> set[str]:
        """Return the service's names for the calls whose pictures are here, and undamaged."""
        return {
            each.request_id
            for each in self.kept.values()
            if self.blobs.get(each.artifact) == each.artifact
        }

    def names_of_answers(self) -> set[str]:
        """Return the service's names for the calls whose pictures are here."""
        return {each.request_id for each in self.kept.values() if each.artifact in self.blobs}

    def lost_since(self, before: Shelf) -> list[str]:
        """Return what was here before and is not, or not as it was."""
        gone = [name for name in before.blobs if self.blobs.get(name) != name]
        return gone + [call for call, each in before.kept.items() if self.kept.get(call) != each]

    def lost_of_ledger(self) -> list[str]:
        """Return the calls whose answers the ledger has noted and nothing holds."""
        settled = [each for each in self.entries if each.state == "settled" and not each.failed]
        return [
            each.id
            for each in settled
            if each.id not in self.kept or self.kept[each.id].artifact not in self.blobs
        ]

    def forgotten(self) -> list[str]:
        """Return the calls whose pictures are here, and of which the ledger says otherwise."""
        states = {each.id: each.state for each in self.entries}
        return [call for call in self.kept if states.get(call) not in ("open", "settled")]


def digest_of(path: Path) -> str:
    """Return the digest of a file's bytes."""
    return sha256(path.read_bytes()).hexdigest()


def _kept(root: Path) -> Iterator[tuple[str, Kept]]:
    """Yield the call and what it brought, of results and of arrivals nobody has looked at yet."""
    for path in sorted([*root.glob("actions/??/*.arrived"), *root.glob("actions/??/*.json")]):
        found = _said(path)
        if found.get("call"):
            yield found["call"], Kept(found["key"], found["artifact"], found["request_id"])


def _said(path: Path) -> dict[str, Any]:
    """Return what a file of the store says; nothing where it is damaged."""
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
    except ValueError:
        return {}
    return found
