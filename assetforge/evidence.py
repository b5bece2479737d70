"""What is kept about pictures that were looked at: read from the store, for people and scripts."""

from __future__ import annotations

from assetforge.action import ActionId
from assetforge.decided import Decided
from assetforge.findings import Findings
from assetforge.looks import findings_of
from assetforge.rebuilder import Decision, Hit, Run
from assetforge.store.action_cache import ActionResult
from assetforge.store.local import Store


def evidence(decided: Decided, store: Store) -> dict[ActionId, Findings]:
    """Return what was found out about each picture of a plan, where somebody looked."""
    looked = {id: _looked_at(each) for id, each in decided.decisions.items()}
    found = {
        id: findings_of(result, store.cas) for id, result in looked.items() if result is not None
    }
    return {id: each for id, each in found.items() if each is not None}


def _looked_at(decision: Decision) -> ActionResult | None:
    if isinstance(decision, Hit):
        return decision.result
    return decision.refused if isinstance(decision, Run) else None
