"""Runs `compose` and `edit`: asks the provider, and believes no reply that is not the picture."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assetforge import registry
from assetforge.digest import Json
from assetforge.images import UnreadableImage, verified_size
from assetforge.providers.base import ImageRequest, Reply
from assetforge.runners.base import BadReply


def run(request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> Reply:
    """Return the provider's reply: a picture of exactly the size asked for.

    Raises:
        BadReply: what came is no picture, a damaged one, or of another size.
        ActionFailed: the provider refused the request; also its two subclasses.
    """
    asked = image_request(request, inputs)
    reply = registry.provider(str(request["provider"])).make(asked)
    try:
        size = verified_size(reply.data)
    except UnreadableImage as error:
        raise BadReply(f"{request['provider']} sent no picture: {error}", reply) from error
    if size != asked.size:
        wanted = "{}x{}".format(*asked.size)
        raise BadReply(f"{request['provider']} sent {size} pixels, not {wanted}", reply)
    return reply


def image_request(request: Mapping[str, Json], inputs: tuple[bytes, ...]) -> ImageRequest:
    """Return what a provider gets for the request of a `compose` or `edit` step."""
    asked: Mapping[str, Any] = request  # its shape is the step kinds' own promise
    region = asked.get("region")
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
        palette=tuple(asked.get("palette", ())),
        take=asked.get("take", 0),
    )
