"""Copy that stands in the pipeline file itself: the same words in every locale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from assetforge.document import DocumentPath
from assetforge.errors import Place
from assetforge.pipeline import Slot
from assetforge.project import Project
from assetforge.steps.base import CopyParams


class FixedCopy(NamedTuple):
    """A fixed text: which asset and step show it, in which slot, and where it is written."""

    asset: str
    step: str
    slot: str
    text: str
    place: Place


def fixed_copy(project: Project, asset: str) -> Iterator[FixedCopy]:
    """Yield the fixed texts of an asset: those of its steps, then those of its overrides."""
    overrides = project.pipeline.assets[asset].overrides
    for step in project.loaded.steps[asset]:
        if not isinstance(step.params, CopyParams):
            continue
        where = step.written.locate(("copy",))
        yield from _fixed(project, asset, step.name, where, step.params.slots)
        for key, override in overrides.items():
            path = ("assets", asset, "overrides", key)
            if "copy" in step.raw:
                slots = override.copy_slots or {}
                yield from _fixed(project, asset, step.name, (*path, "copy"), slots)
            own = override.steps.get(step.name, {}).get("copy", {})
            yield from _fixed(project, asset, step.name, (*path, "steps", step.name, "copy"), own)


def _fixed(
    project: Project, asset: str, step: str, path: DocumentPath, slots: Mapping[str, object]
) -> Iterator[FixedCopy]:
    for name, slot in slots.items():
        text = slot.text if isinstance(slot, Slot) else None
        if isinstance(slot, dict):  # as an override writes it
            text = slot.get("text")
        if text:
            place = project.loaded.document.place((*path, name))
            yield FixedCopy(asset, step, name, text, place)
