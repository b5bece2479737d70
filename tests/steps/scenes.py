"""A place for a step to stand, with only what a test is about."""

from collections.abc import Mapping
from typing import Any

from assetforge.capabilities import capabilities_of, narrowed
from assetforge.pipeline import Profile
from assetforge.services import kind_of, service_of
from assetforge.steps.base import Scene


def scene(
    provider: str = "openai",
    model: str | None = None,
    quality: str | None = "high",
    profile: Mapping[str, Any] | None = None,
    **more: Any,
) -> Scene:
    said = Profile(provider=provider, model=model, quality=quality, **profile or {})
    service = service_of(provider)
    known = narrowed(capabilities_of(kind_of(provider), model), service)
    return Scene(said, known, **more)
