"""What goes out: one request, as its service wants it said. Nothing is sent here."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import Final

from assetforge.capabilities import default_model
from assetforge.digest import Json
from assetforge.errors import ActionFailed
from assetforge.pipeline import SENT
from assetforge.providers.base import Connection, ImageRequest
from assetforge.providers.openai.pictures import File, data_url, mask_of, picture_files
from assetforge.services import Service

GENERATIONS: Final = "/images/generations"
EDITS: Final = "/images/edits"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One request: path below the address, JSON or form fields, and files of a form if any."""

    path: str
    body: dict[str, Json]
    files: tuple[tuple[str, File], ...] = ()


def outgoing(request: ImageRequest, service: Service, connection: Connection) -> Outgoing:
    """Return the one request that asks a service for a picture.

    Raises:
        ActionFailed: the service cannot be asked for it; nothing was sent.
    """
    _refuse_what_it_has_not(request, service)
    assert not SENT & request.extra.keys(), "BUG: `extra` says what the pipeline file may not"
    body = {**_fields(request, service, connection), **service.body, **request.extra}
    body |= _streaming(service, connection)
    mask = mask_of(request, service)
    if not request.images:
        return Outgoing(GENERATIONS, body)
    files = picture_files(request.images)
    match service.edits:
        case "multipart":
            field = service.image_field if len(files) > 1 else "image"
            parts = [(field, each) for each in files] + ([mask] if mask else [])
            return Outgoing(EDITS, body, tuple(parts))
        case "json":
            named: list[Json] = [{"type": "image_url", "url": data_url(each)} for each in files]
            return Outgoing(EDITS, body | _one_or_all("image", "images", named))
        case _:
            urls: list[Json] = [data_url(each) for each in files]
            return Outgoing(GENERATIONS, body | _one_or_all("image", "image", urls))


def _one_or_all(one: str, several: str, values: list[Json]) -> dict[str, Json]:
    return {one: values[0]} if len(values) == 1 else {several: values}


def _fields(request: ImageRequest, service: Service, connection: Connection) -> dict[str, Json]:
    said: dict[str, Json] = {
        "size": "x".join(map(str, request.size)),
        "quality": request.quality,
        "background": request.background,
        "output_format": request.output_format,
        "output_compression": request.output_compression,
        "moderation": request.moderation,
    }
    fields: dict[str, Json] = {
        "prompt": request.prompt,
        "model": wire_model(request.model, service, connection),
    }
    if service.size_mode == "aspect_ratio":
        fields["aspect_ratio"] = nearest_ratio(request.size, service)
    told = {key: value for key, value in said.items() if key in service.parameters}
    return fields | {key: value for key, value in told.items() if value is not None}


def wire_model(model: str | None, service: Service, connection: Connection) -> str:
    """Return what the service calls the model."""
    if connection.deployment:
        return connection.deployment
    return prefixed(model or default_model(service.kind) or "", service)


def prefixed(name: str, service: Service) -> str:
    """Return a name with what the service puts before the names of its vendors."""
    return name if "/" in name else f"{service.model_prefix}{name}"


def nearest_ratio(size: tuple[int, int], service: Service) -> str:
    """Return the service's word for the shape that is nearest to a canvas."""
    wanted = log(size[0] / size[1])

    def distance(ratio: str) -> float:
        canvas = service.ratios[ratio]
        return abs(log(canvas.width / canvas.height) - wanted)

    return min(service.ratios, key=distance)


def _streaming(service: Service, connection: Connection) -> dict[str, Json]:
    if not (service.streaming and connection.partial_images):
        return {}
    return {"stream": True, "partial_images": connection.partial_images}


def _refuse_what_it_has_not(request: ImageRequest, service: Service) -> None:
    """Stop what would be refused, or done in another way than was asked."""
    name, count = service.name, len(request.images)
    if count and service.edits == "none":
        message = f"'{name}' takes no pictures in; use another service for edits and references"
        raise ActionFailed("images-not-supported", message)
    if service.max_images is not None and count > service.max_images:
        message = f"'{name}' takes at most {service.max_images} pictures, not {count}"
        raise ActionFailed("too-many-images", message)
    if request.background == "transparent" and not service.transparent:
        message = f"'{name}' makes no transparent background; leave it out"
        raise ActionFailed("transparent-not-supported", message)
    if request.output_format and request.output_format not in service.formats:
        words = ", ".join(service.formats) or "its own choice"
        message = f"'{name}' makes no '{request.output_format}'; its formats are {words}"
        raise ActionFailed("format-not-supported", message)
