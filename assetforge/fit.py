"""Whether copy can stand where a step puts it, measured before anything is paid for.

Copy that is typeset is measured as it will be. Where a model draws it, the bundled fonts stand in:
what does not fit in them at the smallest size that can be read will not fit in the model's either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from assetforge.action import Action, ActionId, Input, Source
from assetforge.errors import ActionFailed, Diagnostic, Severity
from assetforge.implied import TEXT
from assetforge.pipeline import Size
from assetforge.plan import Plan
from assetforge.project import Project
from assetforge.rendered import RenderedStep
from assetforge.steps.base import Box
from assetforge.steps.drawing import DrawingParams
from assetforge.typeset import Block, Column, measure, typeset

LEAST_PIXELS = 10.0
LEAST_SHARE = 0.02
"""Letters smaller than this, or than this share of the canvas's shorter edge, cannot be read."""

MOST_LINES = 12


def unfit(project: Project, plan: Plan, ids: Iterable[ActionId]) -> Iterator[Diagnostic]:
    """Yield a problem for each of the actions whose copy cannot stand in its region.

    It is a warning where the pipeline says `too_long: warn`, of copy that is not typeset.
    """
    section = project.pipeline.locales
    severity: Severity = "warning" if section and section.too_long == "warn" else "error"
    for id in ids:
        action, rendered = plan.actions[id], plan.rendered[id]
        if action.kind == TEXT:
            yield from _unset(project, plan, id)
            continue
        words = _too_large(action, rendered, plan.sizes[id])
        if words:
            place = project.loaded.document.place(rendered.step.written.locate(("region",)))
            message = f"{action.variants[0]}: {words}"
            yield Diagnostic("does-not-fit", message, place, severity=severity)


def _unset(project: Project, plan: Plan, id: ActionId) -> Iterator[Diagnostic]:
    """Yield why the copy of a `text` action cannot be set, if it cannot."""
    action, step = plan.actions[id], plan.rendered[id].step
    request: Any = action.request
    try:
        files = [_read(project, each) for each in action.inputs[1:]]
        template = files.pop(0) if request.get("template") else None
        measure(request, plan.sizes[id], files, template)
    except ActionFailed as error:
        place = project.loaded.document.place(step.written.locate(()), key=True)
        yield Diagnostic(error.code, f"{action.variants[0]}: {error}", place)


def _read(project: Project, each: Input) -> bytes:
    """Return the bytes of a font or template.

    Raises:
        ActionFailed: it is gone, or cannot be read.
    """
    assert isinstance(each, Source), "BUG: a font that is made"
    try:
        return (project.root / each.path).read_bytes()
    except OSError as error:
        raise ActionFailed("missing-input", f"cannot read '{each.path}': {error}") from error


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
