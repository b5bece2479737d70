"""What is kept about pictures that were looked at, read back from the store."""

from __future__ import annotations

import json

from assetforge.digest import Digest
from assetforge.errors import StoreProblem
from assetforge.findings import Findings, findings_in
from assetforge.store.action_cache import ActionResult
from assetforge.store.cas import Cas


def findings_of(result: ActionResult, cas: Cas) -> Findings | None:
    """Return what was found out about a picture; None: nobody looked, or it is kept no more."""
    if not result.findings:
        return None
    try:
        return findings_in(json.loads(cas.read(Digest(result.findings))))
    except (StoreProblem, ValueError, KeyError, TypeError):
        return None
