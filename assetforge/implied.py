"""Steps that nobody wrote: what follows an edit by itself, letters set in place of drawn ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from assetforge.document import Document
from assetforge.loader import Step, revalidate
from assetforge.pipeline import Pipeline, Size
from assetforge.rendered import RenderedStep
from assetforge.steps.base import Box, CopyParams
from assetforge.steps.boxes import box_on
from assetforge.steps.drawing import DrawingParams

RESTORE: Final = "restore"
TEXT: Final = "text"

MARGIN: Final = 5
"""Percent of the canvas's shorter edge that typeset letters keep away from its edges."""


def restoring(step: RenderedStep, document: Document, canvas: Size) -> RenderedStep | None:
    """Return the step that puts back what a drawing may not change; None: it may change all."""
    raw = step.params.restoring(canvas)
    return None if not raw else _following(step, RESTORE, raw, document)


def typesetting(
    step: RenderedStep, pipeline: Pipeline, document: Document, canvas: Size
) -> RenderedStep:
    """Return the step that sets the copy of a drawing step, where that step draws it.

    Its letters keep away from the edges of the canvas, which the drawn ones' region may reach.
    """
    assert isinstance(step.params, DrawingParams), "BUG: only drawn letters are set instead"
    own = step.params.model_dump(by_alias=True, mode="json", exclude_unset=True)
    raw = {**pipeline.defaults.get(TEXT, {}), "copy": own.get("copy", {})}
    if (region := step.params.written_region()) is not None:
        raw["region"] = [str(each) for each in _inset(box_on(region, canvas), canvas)]
    return _following(step, TEXT, raw, document)


def _inset(box: Box, canvas: Size) -> Box:
    """Return what is left of a box without a margin along the edges of the canvas."""
    room = min(canvas) * MARGIN // 100
    x, y, width, height = box
    left, top = max(x, room), max(y, room)
    right, bottom = min(x + width, canvas.width - room), min(y + height, canvas.height - room)
    return (left, top, right - left, bottom - top) if right > left and bottom > top else box


def _following(
    step: RenderedStep, kind: str, raw: Mapping[str, Any], document: Document
) -> RenderedStep:
    """Return a step that stands where another is written, and goes by its name and its own kind."""
    implied = Step.implied(kind, raw, step.step.path, document)
    named = replace(implied, name=f"{step.step.name}-{kind}")
    copy = step.copy if isinstance(implied.params, CopyParams) else {}
    return RenderedStep(named, revalidate(named, raw), copy=copy, messages=step.messages)


def again(step: RenderedStep, word: str) -> RenderedStep:
    """Return a step by another name, for where it is done a second time."""
    return replace(step, step=replace(step.step, name=f"{step.step.name}-{word}"))
