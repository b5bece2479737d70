"""Pictures on their way out: in a form the services take, with a true name and type."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final, TypeAlias

from assetforge.errors import ActionFailed
from assetforge.images import alpha_mask, box_mask, sendable, size_of, white_mask
from assetforge.pipeline import Size
from assetforge.providers.base import ImageRequest
from assetforge.services import Service

File: TypeAlias = tuple[str, bytes, str]
"""File name, bytes, MIME type. A part without a true type is refused, whatever it holds."""

MASK_BYTES: Final = 4_000_000
"""A mask has less bytes. Source: OpenAI image API reference, `mask`, read 2026-11-21."""


def picture_files(images: Sequence[bytes]) -> list[File]:
    """Return pictures as files, in their order.

    Raises:
        UnreadableImage: one of them cannot be decoded.
    """
    found = []
    for number, image in enumerate(images, 1):
        data, format = sendable(image)
        found.append((f"image-{number}.{format}", data, f"image/{format}"))
    return found


def data_url(file: File) -> str:
    """Return a file as a `data:` URL."""
    _, data, mime = file
    return f"data:{mime};base64,{base64.b64encode(data).decode()}"


def mask_of(request: ImageRequest, service: Service) -> tuple[str, File] | None:
    """Return the mask's field and file; None where there is none to send.

    The region of an edit becomes a mask where no mask is given and the service takes one.

    Raises:
        ActionFailed: a mask of another size than the picture, too large, or not taken at all.
    """
    mask = request.mask or _mask_of_region(request, service)
    if mask is None:
        return None
    if service.mask == "none" or not request.images:
        where = f"'{service.name}' takes" if request.images else "a picture made from words takes"
        raise ActionFailed("mask-not-supported", f"{where} no mask; leave it out")
    _refuse_other_size(mask, request.images[0])
    made = white_mask(mask) if service.mask == "white" else alpha_mask(mask)
    if len(made) >= MASK_BYTES:
        raise ActionFailed("mask-too-large", f"the mask has {MASK_BYTES} bytes or more as a PNG")
    field = "mask_image" if service.mask == "white" else "mask"
    return field, ("mask.png", made, "image/png")


def _mask_of_region(request: ImageRequest, service: Service) -> bytes | None:
    if not (request.edit and request.region and request.images) or service.mask == "none":
        return None
    size = size_of(request.images[0])
    return box_mask(size, scaled(request.region, Size(*request.size), size))


def scaled(box: tuple[int, int, int, int], canvas: Size, size: Size) -> tuple[int, int, int, int]:
    """Return a box of a canvas as whole pixels of a picture that is shown on all of it."""
    x, y, width, height = box
    left, right = x * size.width // canvas.width, -(-(x + width) * size.width // canvas.width)
    top, bottom = y * size.height // canvas.height, -(-(y + height) * size.height // canvas.height)
    return left, top, right - left, bottom - top


def _refuse_other_size(mask: bytes, image: bytes) -> None:
    found, wanted = size_of(mask), size_of(image)
    if found != wanted:
        raise ActionFailed("mask-size", f"the mask is {found}, the picture it is for {wanted}")
