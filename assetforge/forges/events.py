"""Which pull request a workflow of GitHub's kind runs for: by its event, then by its ref."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from assetforge.errors import UsageProblem
from assetforge.forges.base import Environment

MOST_BYTES: Final = 32_000_000
"""Most bytes of an event; the services allow fewer."""

PULL: Final = re.compile(r"refs/pull/(\d+)/\w+")


def event_of(environment: Environment) -> dict[str, Any]:
    """Return the event that started the workflow; empty where there is none."""
    path = environment.get("GITHUB_EVENT_PATH")
    if not path:
        return {}
    try:
        with Path(path).open("rb") as opened:
            event = json.loads(opened.read(MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        raise UsageProblem(f"'{path}' is no event; see GITHUB_EVENT_PATH") from None
    return event if isinstance(event, dict) else {}


def number_of(environment: Environment) -> int | None:
    """Return the number of the pull request; None: it runs for something else."""
    event = event_of(environment)
    request = event.get("pull_request") or {}
    issue = event.get("issue") or {}
    for said in (request.get("number"), issue.get("number") if "pull_request" in issue else None):
        if isinstance(said, int):
            return said
    found = PULL.fullmatch(environment.get("GITHUB_REF", ""))
    return int(found[1]) if found else None


def head_of(environment: Environment) -> str | None:
    """Return the commit that the pull request proposes; None: the event does not say."""
    request = event_of(environment).get("pull_request") or {}
    said = (request.get("head") or {}).get("sha")
    return said if isinstance(said, str) else None


NO_REQUEST: Final = "which request is meant is not said; use --request N"
