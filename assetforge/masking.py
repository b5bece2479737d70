"""Whether masks let anything through, found out before what they are for is paid for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assetforge.action import ActionId, Source
from assetforge.errors import ActionFailed, Diagnostic
from assetforge.images import opacity
from assetforge.plan import Plan
from assetforge.project import Project


def opaque(project: Project, plan: Plan, ids: Iterable[ActionId]) -> Iterator[Diagnostic]:
    """Yield a problem for each mask of the project that leaves nothing to change, once a step."""
    looked: dict[str, bool] = {}
    told = set()
    for id in ids:
        mask = plan.actions[id].inputs[-1]
        if not isinstance(mask, Source):
            continue
        place = project.loaded.document.place(plan.rendered[id].step.written.locate(("mask",)))
        if mask.path not in looked:
            looked[mask.path] = _lets_through(project, mask)
        if not looked[mask.path] and place not in told:
            told.add(place)
            words = f"the mask '{mask.path}' has no transparent pixel"
            advice = "make transparent what may change"
            yield Diagnostic("opaque-mask", words, place, "", advice)


def _lets_through(project: Project, mask: Source) -> bool:
    """Tell whether a mask lets something through; what cannot be read is told where it is used."""
    try:
        return opacity((project.root / mask.path).read_bytes()).getextrema() != (255, 255)
    except (OSError, ActionFailed):
        return True
