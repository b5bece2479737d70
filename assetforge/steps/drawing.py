"""What `compose` and `edit` have in common: words and pictures that go to a provider."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import Field

from assetforge.action import FIRST_TAKE
from assetforge.capabilities import Capabilities, default_model, refusals
from assetforge.digest import Json
from assetforge.pipeline import Extra, Profile, Reference, Size, Text
from assetforge.steps.base import Branch, CopyParams, Scene

MOST_TAKES: Final = 20
"""Most takes that a step may ask for at once."""

UNNOTED_CUT = 10
"""Up to this many percent of a canvas are cut off without a word: margins are wider."""


class DrawingParams(CopyParams):
    """Parameters of a step that a provider draws."""

    prompt: str
    """The prompt: a file ending in `.j2`, or the words themselves; a Jinja2 template either way."""
    references: list[Reference] = []
    """Further pictures to follow: paths, or `asset:NAME`."""
    model: Text | None = None
    """Model in place of the profile's."""
    quality: Text | None = None
    """Quality in place of the profile's."""
    background: Literal["transparent", "opaque", "auto"] | None = None
    """What is behind the picture: `transparent`, `opaque`, or as the model likes."""
    extra: Extra = {}
    """Further parameters of the service, sent as they are, on top of the profile's."""
    takes: Annotated[int, Field(ge=1, le=MOST_TAKES)] = FIRST_TAKE
    """Pictures to make from the same words, to choose from; the first stands until then."""

    def extra_takes(self) -> range:
        """Return the takes to make besides the one that further steps stand on."""
        return range(FIRST_TAKE + 1, self.takes + 1)


def quality_of(params: DrawingParams, scene: Scene) -> str | None:
    """Return the quality a step asks for: its own or the profile's."""
    return params.quality or scene.profile.quality


def drawing_request(params: DrawingParams, scene: Scene) -> dict[str, Json]:
    """Return what every drawing asks for; only what is set, so that new options re-key nothing."""
    provider = scene.capabilities.provider
    asked: dict[str, Json] = {"provider": provider, "prompt": scene.prompt}
    model = params.model or scene.profile.model or default_model(provider)
    quality = quality_of(params, scene)
    if model:
        asked["model"] = model
    if quality:
        asked["quality"] = quality
    if scene.copy and scene.capabilities.copy:
        asked["copy"] = [[slot, text] for slot, text in scene.copy.items()]
        asked["script"] = scene.script
        bounds = {name: each.max_lines for name, each in params.slots.items() if each.max_lines}
        if bounds:
            asked["max_lines"] = {**bounds}
    if scene.palette and scene.capabilities.palette:
        asked["palette"] = list(scene.palette)
    if scene.capabilities.version:
        asked["provider_version"] = scene.capabilities.version
    if not scene.capabilities.local:
        asked |= _for_a_service(params, scene)
    return asked


def _for_a_service(params: DrawingParams, scene: Scene) -> dict[str, Json]:
    """Return what is for a service alone: a picture drawn on this machine has nothing of it."""
    profile = scene.profile
    said: dict[str, Any] = {
        "background": params.background,
        "output_format": profile.output_format,
        "output_compression": profile.output_compression,
        "moderation": profile.moderation,
        "extra": {**profile.extra, **params.extra} or None,
    }
    return {name: each for name, each in said.items() if each is not None}


def drawn_format(profile: Profile, capabilities: Capabilities | None) -> str:
    """Return the format that a provider's pictures have, as a file suffix."""
    asked = None if capabilities is None or capabilities.local else profile.output_format
    return asked or "png"


def drawn(
    request: dict[str, Json], scene: Scene, canvas: Size, notes: tuple[str, ...] = ()
) -> Branch:
    """Return the picture that a request asks for, with what the model would refuse about it."""
    images = scene.references + (scene.canvas is not None)
    format = drawn_format(scene.profile, scene.capabilities)
    return Branch(request, canvas, format, notes, refusals(scene.capabilities, request, images))


def add_visible(asked: dict[str, Json], scene: Scene, canvas: Size) -> None:
    """Say which part of a canvas the final pictures show, where much of it is cut off.

    A provider that is told the copy apart gets the box; others read of it in the prompt.
    """
    x, y, width, height = scene.visible(canvas)
    if width * height * 100 >= canvas.width * canvas.height * (100 - UNNOTED_CUT):
        return
    if scene.capabilities.copy:
        asked["visible"] = [x, y, width, height]
        return
    across = f"{_percent(x, canvas.width)} to {_percent(x + width, canvas.width)} of the width"
    down = f"{_percent(y, canvas.height)} to {_percent(y + height, canvas.height)} of the height"
    asked["prompt"] = (
        f"{asked['prompt']}\n\nKeep all words and all that matters inside the box from {across} "
        f"and {down}: the rest is cut off."
    ).strip()


def _percent(part: int, edge: int) -> str:
    return f"{(100 * part + edge // 2) // edge} %"
