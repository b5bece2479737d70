"""Whether the texts of pictures can be read back here, found out before they are paid for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from assetforge.action import ActionId
from assetforge.errors import ActionFailed, Diagnostic
from assetforge.plan import Plan
from assetforge.project import Project
from assetforge.reading import Models, readers_for, version
from assetforge.reading.data import places_of
from assetforge.reading.languages import LATIN


def unreadable(project: Project, plan: Plan, ids: Iterable[ActionId]) -> Iterator[Diagnostic]:
    """Yield a problem for each locale whose texts no reader is installed for, once a step."""
    seen = set()
    for id in ids:
        request: Any = plan.actions[id].request  # its shape is the step kinds' own promise
        if "reading" not in request:
            continue
        models = readers_for(request.get("language"), request.get("script"))
        place = project.loaded.document.place(plan.rendered[id].step.written.locate(()), key=True)
        if (models, place) in seen:
            continue
        seen.add((models, place))
        try:
            _require(models)
        except ActionFailed as error:
            yield Diagnostic(error.code, f"{plan.actions[id].variants[0]}: {error}", place)


def _require(models: Models) -> None:
    """Check that the engine is installed and the models that it reads a locale's texts with.

    Raises:
        ActionFailed: one is not.
    """
    version()
    places_of([models.own])
    places_of([LATIN])
