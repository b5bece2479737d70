"""Typeset drafts: pictures painted and lettered here, offline, free and the same every time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assetforge import images
from assetforge.action import FIRST_TAKE
from assetforge.errors import ActionFailed
from assetforge.providers.base import Connection, ImageRequest, Reply, Sketched, unseen
from assetforge.providers.draft.chance import Chance
from assetforge.providers.draft.colour import parsed
from assetforge.providers.draft.grade import grade_for, graded
from assetforge.providers.draft.lettering import Copy, lettered
from assetforge.providers.draft.mark import holds, stamped, unstamped
from assetforge.providers.draft.note import Picture, opened, written
from assetforge.providers.draft.palette import BUILT_IN, Palette, dominant, from_brand
from assetforge.providers.draft.scenes import SCENES
from assetforge.providers.draft.stage import stage_for
from assetforge.typeset import Box

__all__ = ["Draft"]


class Draft:
    """Draws drafts. The request alone decides every byte.

    Calls may come from several threads at once.
    """

    version = "3"
    """Goes up when the same request gives other pixels."""

    account = "draft"

    def __init__(self, connection: Connection | None = None) -> None:
        """Open it; there is nothing to connect to."""

    def make(self, request: ImageRequest, sketched: Sketched = unseen) -> Reply:
        """Return a PNG of exactly `request.size`, with a DRAFT mark unless `extra` says otherwise.

        `{"mark": "none"}` is for what stands in for a model; a pipeline file cannot say it.

        Raises:
            ActionFailed: a glyph is missing, a text does not fit, or an input is no picture.
        """
        request = replace(request, region=_region(request))
        picture = _edited(request) if request.edit and request.images else _composed(request)
        return Reply(written(picture), model="draft")


def _region(request: ImageRequest) -> Box | None:
    """Return the part of the region that lies on the canvas."""
    if request.region is None:
        return None
    x, y, width, height = request.region
    left, top = max(0, x), max(0, y)
    right, bottom = min(request.size[0], x + width), min(request.size[1], y + height)
    if right <= left or bottom <= top:
        raise ActionFailed("empty-region", "the region lies outside the canvas; move it inside")
    return left, top, right - left, bottom - top


def _composed(request: ImageRequest) -> Picture:
    copy = Copy(request.copy, request.script, request.max_lines)
    picture = _painted(request)
    rtl = not copy.empty and copy.rtl
    if rtl:
        picture = picture.mirrored()
    if not copy.empty:
        picture = lettered(picture, copy, None, request.visible)
    return stamped(picture, rtl, request.visible) if _is_marked(request) else picture


def _is_marked(request: ImageRequest) -> bool:
    return request.extra.get("mark") != "none"


def _painted(request: ImageRequest) -> Picture:
    """Return a scene: its kind and palette by the words and the take, its shapes by both."""
    choice = Chance("scene", request.prompt).integer() + _again(request)
    names = list(SCENES)
    palette = _brand(request) or _followed(request)
    if palette is None:
        palette = BUILT_IN[
            (Chance("palette", request.prompt).integer() + _again(request)) % len(BUILT_IN)
        ]
    chance = Chance(request.prompt, *request.palette, _again(request))
    canvas = SCENES[names[choice % len(names)]](stage_for(request.size), palette, chance)
    return Picture(canvas.finished(chance), palette)


def _again(request: ImageRequest) -> int:
    """Return how many takes there were before."""
    return request.take - FIRST_TAKE


def _brand(request: ImageRequest) -> Palette | None:
    return from_brand([parsed(each) for each in request.palette]) if request.palette else None


def _followed(request: ImageRequest) -> Palette | None:
    """Return the palette of the first reference, if there is one."""
    if not request.images:
        return None
    seen = opened(request.images[0])
    return seen.palette or from_brand(dominant(seen.pixels))


def _edited(request: ImageRequest) -> Picture:
    copy = Copy(request.copy, request.script, request.max_lines)
    picture = _fitted(opened(request.images[0]), request)
    area = request.region or request.visible
    if copy.empty:
        picture = graded(picture, grade_for(request.prompt, _again(request)), request.region)
    else:
        if _again(request):
            picture = graded(picture, grade_for(request.prompt, _again(request)), request.region)
        if copy.rtl and picture.palette and not picture.lettered and request.region is None:
            picture = picture.mirrored()
        picture = lettered(picture, copy, _brand(request), area)
    if picture.mark is not None or not _is_marked(request):
        return picture
    return stamped(picture, not copy.empty and copy.rtl, area)


def _fitted(picture: Picture, request: ImageRequest) -> Picture:
    """Return the picture at the size asked for; its mark is lifted unless a region protects it."""
    same = picture.size == request.size
    box = picture.mark.box if picture.mark else None
    if not same or request.region is None or (box and holds(request.region, box)):
        picture = unstamped(picture)
    if same:
        return picture
    mode = images.mode_of_channels(picture.pixels.shape[2])
    image = images.from_raw(mode, picture.size, np.ascontiguousarray(picture.pixels).tobytes())
    return replace(picture, pixels=np.array(images.fit(image, request.size)))
