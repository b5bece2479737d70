"""What was before: pictures that were accepted for some words once, and calls without an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from assetforge.action import ActionKey
from assetforge.digest import Json
from assetforge.ledger import Ledger
from assetforge.store.event_log import FILE as LEDGER_FILE
from assetforge.store.journal import Decision


def accepted_once(decisions: Iterable[Decision]) -> dict[str, list[Mapping[str, Json]]]:
    """Return key of a first take → entries of pictures that were accepted, made for other words.

    No store knows them under these words. What was taken back is left out.
    """
    known = list(decisions)
    undone = {each.undoes for each in known}
    found: dict[str, list[Mapping[str, Json]]] = {}
    for decision in known:
        if decision.undoes or decision.id in undone:
            continue
        for change in decision.changes:
            for said in (change.before, change.after):
                if said and said.get("made_as"):
                    base = str(said.get("base_key", said.get("action_key")))
                    found.setdefault(base, []).append(said)
    return found


class Sent:
    """The ledger, opened when somebody asks it, and once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._ledger: Ledger | None = None

    def unanswered(self, keys: Iterable[ActionKey]) -> set[ActionKey]:
        """Return the keys that were sent without an answer."""
        if self._ledger is None:
            if not (self._root / LEDGER_FILE).exists():
                return set()
            self._ledger = Ledger(self._root)
        return set(self._ledger.unanswered(keys))

    def close(self) -> None:
        """Close the ledger."""
        if self._ledger is not None:
            self._ledger.close()
