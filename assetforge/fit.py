"""Whether copy can stand in the box that a step may change, measured before it is paid for.

The bundled fonts stand in for the letters that a model will draw: what does not fit in them at the
smallest size that can be read will not fit in the model's either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from assetforge.action import Action, ActionId
from assetforge.errors import ActionFailed, Diagnostic, Severity
from assetforge.pipeline import Size
from assetforge.plan import Plan
from assetforge.project import Project
from assetforge.rendered import RenderedStep
from assetforge.steps.base import Box
from assetforge.steps.drawing import DrawingParams
from assetforge.typeset import Block, Column, typeset

LEAST_PIXELS = 10.0
LEAST_SHARE = 0.02
"""Letters smaller than this, or than this share of the canvas's shorter edge, cannot be read."""

MOST_LINES = 12


def unfit(project: Project, plan: Plan, ids: Iterable[ActionId]) -> Iterator[Diagnostic]:
    """Yield a problem for each of the actions whose copy cannot stand in its region.

    It is a warning where the pipeline says `too_long: warn`.
    """
    section = project.pipeline.locales
    severity: Severity = "warning" if section and section.too_long == "warn" else "error"
    for id in ids:
        action, rendered = plan.actions[id], plan.rendered[id]
        words = _too_large(action, rendered, plan.sizes[id])
        if words:
            place = project.loaded.document.place(rendered.step.written.locate(("region",)))
            message = f"{action.variants[0]}: {words}"
            yield Diagnostic("does-not-fit", message, place, severity=severity)


def _too_large(action: Action, rendered: RenderedStep, canvas: Size) -> str:
    request: Any = action.request  # its shape is the step kinds' own promise
    region, params = request.get("region"), rendered.params
    if not region or not isinstance(params, DrawingParams):
        return ""
    most = {name: slot.max_lines or MOST_LINES for name, slot in params.slots.items()}
    texts = tuple((name, text, most[name]) for name, text in rendered.copy.items() if text.strip())
    return _measured(tuple(region), min(canvas), texts)


@lru_cache(maxsize=10_000)
def _measured(box: Box, short: int, texts: tuple[tuple[str, str, int], ...]) -> str:
    """Return what does not fit in a box; empty if all does, or cannot be measured."""
    least = max(LEAST_PIXELS, LEAST_SHARE * short)
    blocks = [Block(slot, text, (least, least), lines=most) for slot, text, most in texts]
    try:
        typeset([Column(box, blocks)])
    except ActionFailed as error:
        # The bundled fonts may lack a letter that a model knows how to draw.
        return str(error) if error.code == "overflow" else ""
    return ""
