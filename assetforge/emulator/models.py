"""The models that the emulator's account may use."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Final

from assetforge.capabilities import Capabilities, families, judge_rate, judge_rates
from assetforge.emulator.answers import Answer, Problem
from assetforge.emulator.checks import refused
from assetforge.emulator.rules import VENDOR, model_named
from assetforge.emulator.world import World

CREATED: Final = int(datetime(2026, 4, 21, tzinfo=UTC).timestamp())
"""When every model says it was made; the service says another time of each."""


def listed(world: World) -> Answer:
    """List the models by every name they have, but for those that were shut down, and judges."""
    data = [
        _shown(name, capabilities.shutdown)
        for capabilities, patterns in families()
        if capabilities.provider == VENDOR and not _is_over(capabilities, world)
        for name in _names(capabilities, patterns)
    ]
    judges = [_shown(each.name, None) for each in judge_rates()]
    return Answer(200, {"object": "list", "data": [*data, *judges]})


def told(world: World, name: str) -> Answer:
    """Say what a model is."""
    model = model_named(name)
    if model and not _is_over(model.capabilities, world):
        return Answer(200, _shown(name, model.capabilities.shutdown))
    judge = "/" not in name and model is None and judge_rate(name).known
    return Answer(200, _shown(name, None)) if judge else no_model(name).answer


def over(world: World, name: Any) -> Problem | None:
    """Refuse a picture of a model that was shut down, as that of one that never was."""
    model = model_named(name) if isinstance(name, str) else None
    if model is None or not _is_over(model.capabilities, world):
        return None
    return refused("model", f"The model '{name}' does not exist.")


def no_model(name: str) -> Problem:
    """Say that there is no such model. Source: OpenAI error code guide, read 2026-11-21."""
    message = f"The model '{name}' does not exist"
    return Problem(message, param="model", code="model_not_found", status=404)


def _names(capabilities: Capabilities, patterns: tuple[str, ...]) -> list[str]:
    named = [each.rstrip("*") for each in patterns]
    dated = [each for pair in capabilities.snapshots for each in pair]
    return list(dict.fromkeys([*named, *dated]))


def _is_over(capabilities: Capabilities, world: World) -> bool:
    today = datetime.fromtimestamp(world.wall(), UTC).date()
    return capabilities.shutdown is not None and date.fromisoformat(capabilities.shutdown) <= today


def _shown(name: str, shutdown: str | None) -> dict[str, Any]:
    return {
        "id": name,
        "object": "model",
        "created": CREATED,
        "owned_by": "system",
        "shutdown_date": shutdown,
    }
