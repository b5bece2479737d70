"""What `compose` and `edit` have in common: words and pictures that go to a provider."""

from __future__ import annotations

from pydantic import Field

from assetforge.capabilities import default_model, problems
from assetforge.digest import Json
from assetforge.pipeline import Copy, Reference, Size, Text
from assetforge.steps.base import Params, Problem, Scene

UNNOTED_CUT = 10
"""Up to this many percent of a canvas are cut off without a word: margins are wider."""


class DrawingParams(Params):
    """Parameters of a step that a provider draws."""

    prompt: str
    """The prompt: a file ending in `.j2`, or the words themselves; a Jinja2 template either way."""
    copy_slots: Copy = Field(default={}, alias="copy")
    """Slot → message id: the exact text the picture must show."""
    references: list[Reference] = []
    """Further pictures to follow: paths, or `asset:NAME`."""
    model: Text | None = None
    """Model in place of the profile's."""
    quality: Text | None = None
    """Quality in place of the profile's."""


def quality_of(params: DrawingParams, scene: Scene) -> str | None:
    """Return the quality a step asks for: its own or the profile's."""
    return params.quality or scene.profile.quality


def drawing_request(params: DrawingParams, scene: Scene) -> dict[str, Json]:
    """Return what every drawing asks for; only what is set, so that new options re-key nothing.

    Raises:
        Problem: the model has no such quality, or takes fewer pictures.
    """
    provider = scene.profile.provider
    asked: dict[str, Json] = {"provider": provider, "prompt": scene.prompt, "take": 0}
    model = params.model or scene.profile.model or default_model(provider)
    quality = quality_of(params, scene)
    _refuse(params, scene, quality)
    if model:
        asked["model"] = model
    if quality:
        asked["quality"] = quality
    if scene.copy and scene.capabilities.copy:
        asked["copy"] = [[slot, text] for slot, text in scene.copy.items()]
        asked["script"] = scene.script
    if scene.palette and scene.capabilities.palette:
        asked["palette"] = list(scene.palette)
    if scene.capabilities.version:
        asked["provider_version"] = scene.capabilities.version
    return asked


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


def _refuse(params: DrawingParams, scene: Scene, quality: str | None) -> None:
    images = scene.references + (scene.canvas is not None)
    parameters = {
        "unknown-quality": "quality" if params.quality else None,
        "too-many-images": "references" if params.references else None,
    }
    for each in problems(scene.capabilities, quality, images=images):
        if each.severity == "error":
            raise Problem(each.code, str(each), parameters.get(each.code))
