"""An asset as its overrides make it for some of its variants, and its steps with them applied."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from assetforge.document import DocumentPath
from assetforge.errors import Place
from assetforge.loader import Step
from assetforge.matrix import Variant
from assetforge.pipeline import Asset, MessageText, Override, Size, is_template
from assetforge.project import Project
from assetforge.steps.base import CopyParams
from assetforge.steps.drawing import DrawingParams

KEPT = ("prompt", "copy")
"""Parameters whose templates are not filled in with the others: one sees more, one has none."""


class Overridden:
    """An asset under those of its overrides that apply to some variants.

    Attributes:
        name, asset: as the pipeline file has it.
        overrides: those that apply, in the order of the file: a later one wins.
        output, styles, alt: what is said last.
        size: the final size that an override asks for.
        vars: what templates see as `vars`.
        steps: the asset's steps, in order.
    """

    def __init__(self, project: Project, name: str, overrides: Mapping[str, Override]) -> None:
        self.project = project
        self.name = name
        self.asset: Asset = project.pipeline.assets[name]
        self.overrides = overrides
        self.path: DocumentPath = ("assets", name)
        self.output: str = self._last("output", self.asset.output)
        self.styles: tuple[str, ...] = tuple(self._last("styles", self.asset.styles))
        self.size: Size | None = self._last("size", None)
        self.alt: str | MessageText | None = self._last("alt", self.asset.alt)
        self.vars: dict[str, Any] = {**project.pipeline.vars, **self.asset.vars}
        for override in overrides.values():
            self.vars |= override.vars
        self.steps = [OverriddenStep(self, step) for step in project.loaded.steps[name]]

    def references(self) -> list[tuple[str, DocumentPath, tuple[str, ...]]]:
        """Return the asset's references and those of its styles, each with where they stand.

        Each begins with the style's name; that of the asset's own is empty.
        """
        own = tuple(self._last("references", self.asset.references))
        path = (*self.path_of("references"), "references")
        styles = self.project.pipeline.styles
        return [
            ("", path, own),
            *(
                (each, ("styles", each, "references"), tuple(styles[each].references))
                for each in self.styles
            ),
        ]

    def path_of(self, name: str) -> DocumentPath:
        """Return the path of the last override that says something, or else the asset's."""
        given = [key for key, each in self.overrides.items() if getattr(each, name) is not None]
        return (*self.path, "overrides", given[-1]) if given else self.path

    def _last(self, name: str, default: Any) -> Any:
        """Return what the last override says that says something, or else the default."""
        all_said = (getattr(each, name) for each in self.overrides.values())
        said = [each for each in all_said if each is not None]
        return said[-1] if said else default


class OverriddenStep:
    """A step of an asset under some overrides.

    Attributes:
        step: as it is written.
        changed: the parameters that overrides change.
        raw: all its parameters.
        is_fixed: whether there is no template among those that are filled in before all others.
    """

    def __init__(self, owner: Overridden, step: Step) -> None:
        self.owner = owner
        self.step = step
        self.changed: dict[str, Any] = {}
        for override in owner.overrides.values():
            self.changed |= changed_by(override, step, {**step.raw, **self.changed})
        self.raw: dict[str, Any] = {**step.raw, **self.changed}
        filled = [each for name, each in self.raw.items() if name not in KEPT]
        self.is_fixed = not any(map(_holds_template, filled))
        self._slots: dict[str, Place] = {}

    @cached_property
    def origins(self) -> dict[str, DocumentPath]:
        """Where the changed parameters stand."""
        return {name: self.at(name) for name in self.changed}

    @cached_property
    def path_of_prompt(self) -> DocumentPath:
        """Where its prompt stands."""
        return self.at("prompt")

    def at(self, name: str) -> DocumentPath:
        """Return where a parameter of a step stands: in the last override that has it, or there."""
        for key, each in reversed(list(self.owner.overrides.items())):
            here = (*self.owner.path, "overrides", key)
            if name in each.steps.get(self.step.name, {}):
                return (*here, "steps", self.step.name, name)
            if name in changed_by(each, self.step, self.step.raw):
                return (*here, name)
        return self.step.written.locate((name,))

    def place_of_slot(self, name: str) -> Place:
        """Return the place of a slot of its copy."""
        if name not in self._slots:
            document = self.owner.project.loaded.document
            self._slots[name] = document.place((*self.at("copy"), name))
        return self._slots[name]


def matching(overrides: Mapping[str, Override], variant: Variant) -> dict[str, Override]:
    """Return the overrides that apply to a variant, in the order of the file: a later one wins."""
    values = set(variant.values.values())
    return {key: each for key, each in overrides.items() if set(key.split("/")) <= values}


def changed_by(override: Override, step: Step, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a step that an override changes, as they would be written there.

    `raw` are the step's parameters so far.

    A `prompt`, `copy` or `size` of the override is for the step that has one; the loader sees to it
    that there is no doubt which.
    """
    changed: dict[str, Any] = {}
    if isinstance(step.params, DrawingParams) and override.prompt is not None:
        changed["prompt"] = override.prompt
    if isinstance(step.params, CopyParams) and override.copy_slots is not None and "copy" in raw:
        changed["copy"] = {**raw["copy"], **override.model_dump(by_alias=True)["copy"]}
    if override.size is not None and "size" in raw:
        changed["size"] = str(override.size)
    return {**changed, **override.steps.get(step.name, {})}


def _holds_template(value: object) -> bool:
    if isinstance(value, list):
        return any(map(_holds_template, value))
    if isinstance(value, dict):
        return any(map(_holds_template, value.values()))
    return is_template(value)
