"""What is left of a model's capabilities where it is reached through a service."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from assetforge.capabilities.model import Capabilities, size_problem
from assetforge.pipeline import Size
from assetforge.services import Service

T = TypeVar("T")


def narrowed(capabilities: Capabilities, service: Service | None) -> Capabilities:
    """Return what a model can do through a service; None: nothing stands between."""
    if service is None:
        return capabilities
    canvases = _canvases(capabilities, service)
    takes_quality = "quality" in service.parameters
    return replace(
        capabilities,
        service=service.name if service.name != service.kind else "",
        free=capabilities.free or (not capabilities.priced and is_own_server(service)),
        rules=None if canvases else capabilities.rules,
        sizes=canvases or capabilities.sizes,
        qualities=capabilities.qualities if takes_quality else (),
        edits=capabilities.edits and service.edits != "none",
        max_images=_fewest(capabilities.max_images, service.max_images),
        mask=capabilities.mask and service.mask != "none",
        formats=_common(capabilities.formats, service.formats),
        transparent=capabilities.transparent if service.transparent else "no",
        parameters=service.parameters,
        exact=capabilities.exact and service.exact_size,
    )


def is_own_server(service: Service) -> bool:
    """Tell whether a service is a server that its users run, who get no bill for a picture."""
    return service.base_url is None and not service.key_required


def _canvases(capabilities: Capabilities, service: Service) -> tuple[Size, ...]:
    """Return the canvases that a service makes; none where it leaves them to the model."""
    if service.ratios:
        return tuple(service.ratios.values())
    both = (each for each in service.sizes if size_problem(capabilities, each) is None)
    return tuple(both) or service.sizes


def _fewest(one: int | None, two: int | None) -> int | None:
    return min((each for each in (one, two) if each is not None), default=None)


def _common(one: tuple[T, ...], two: tuple[T, ...]) -> tuple[T, ...]:
    """Return what is in both; what is in one where nothing is known of the other."""
    return tuple(each for each in one or two if not two or each in two)
