"""A place for a step to stand, with only what a test is about."""

from typing import Any

from assetforge.capabilities import capabilities_of
from assetforge.pipeline import Profile
from assetforge.steps.base import Scene


def scene(
    provider: str = "openai", model: str | None = None, quality: str | None = "high", **more: Any
) -> Scene:
    profile = Profile(provider=provider, model=model, quality=quality)
    return Scene(profile, capabilities_of(provider, model), **more)
