"""Events of actions by their names, for the tests of what shows progress."""

from typing import Any

from assetforge.action import ActionId
from assetforge.events import Ended, Outcome, Started, Waiting


def started(name: str) -> Started:
    return Started(ActionId(name))


def waiting(name: str) -> Waiting:
    return Waiting(ActionId(name))


def ended(name: str, outcome: Outcome, **fields: Any) -> Ended:
    return Ended(ActionId(name), outcome, **fields)
