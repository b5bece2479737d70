"""Runs `compose` and `edit`: asks the provider that the request names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetforge import registry
from assetforge.digest import Json
from assetforge.providers.base import ImageRequest, Reply


def run(request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> Reply:
    """Return the provider's reply, untouched and not looked at: it is to be kept first.

    Raises:
        ActionFailed: the provider refused the request; also its two subclasses.
    """
    return registry.provider(str(request["provider"])).make(image_request(request, inputs))


def image_request(request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> ImageRequest:
    """Return what a provider gets for the request of a `compose` or `edit` step."""
    asked: Mapping[str, Any] = request  # its shape is the step kinds' own promise
    region, visible = asked.get("region"), asked.get("visible")
    return ImageRequest(
        prompt=asked["prompt"],
        size=tuple(asked["size"]),
        model=asked.get("model"),
        quality=asked.get("quality"),
        images=inputs,
        edit=asked.get("edit", False),
        copy=dict(asked.get("copy", ())),
        script=asked.get("script"),
        region=tuple(region) if region else None,
        visible=tuple(visible) if visible else None,
        palette=tuple(asked.get("palette", ())),
        take=asked.get("take", 0),
    )
