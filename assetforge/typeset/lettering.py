"""Sets the copy of a `text` step's request on a picture, in colours that can be read there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from assetforge import images
from assetforge.images import Image
from assetforge.typeset import laying, legibility
from assetforge.typeset.blocks import Block, Box, Column, Fitted, Layer, Pixels, around
from assetforge.typeset.columns import Asked, columns_of
from assetforge.typeset.fontset import FontSet, fontset_of
from assetforge.typeset.foreign import drawn_by
from assetforge.typeset.layer import typeset
from assetforge.typeset.script import setting_for, spoken

BAND = 256
"""Rows of a picture that are worked on at once."""

THUMBNAIL = (48, 48)
NEAREST = 0
"""Pillow's number of the filter that takes pixels as they are."""

BEHIND = 0.12
"""How far around its ink a word's ground is looked at, in em."""


def lettered(
    picture: Image, request: Asked, files: Sequence[bytes] = (), template: bytes | None = None
) -> Image:
    """Return the picture with the copy of a request on it.

    Args:
        picture: `RGB` or `RGBA`; it is changed.
        request: what is asked for; see `assetforge.steps.text`.
        files: the project's font files.
        template: a designer's own, in place of ours.

    Raises:
        ActionFailed: the copy cannot be set as written; the message says what to do.
    """
    if template is not None:
        layer = _by_template(template, request, files, picture.size, picture)
    else:
        first = _colour_in(picture, tuple(request["region"]))
        columns, layer = _set(request, files, picture.size, first)
        coloured = [_coloured(each, layer, picture, request) for each in columns]
        if coloured != columns:
            columns, layer = coloured, _typeset(coloured, request, _fonts(request, files))
        if request.get("shade", True):
            for column in columns:
                _shade(picture, column, layer)
    _lay(picture, layer)
    return picture


def measure(
    request: Asked,
    canvas: tuple[int, int],
    files: Sequence[bytes] = (),
    template: bytes | None = None,
) -> None:
    """Make sure, before there is a picture, that the copy of a request can be set on a canvas.

    Raises:
        ActionFailed: as in `lettered`.
    """
    if template is None:
        _set(request, files, canvas)
    else:
        _by_template(template, request, files, canvas, None)


def _fonts(request: Asked, files: Sequence[bytes]) -> FontSet:
    wanted: list[str] = []
    if request.get("system_fonts"):
        looks = [request.get("style", {}), *request.get("slots", {}).values()]
        wanted = [name for look in looks for name in look.get("font", ())]
    return fontset_of(files, wanted)


def _set(
    request: Asked,
    files: Sequence[bytes],
    canvas: tuple[int, int],
    colour: str = legibility.LIGHT,
) -> tuple[list[Column], Layer]:
    fonts = _fonts(request, files)
    columns = columns_of(request, canvas, fonts, colour)
    return columns, _typeset(columns, request, fonts)


def _typeset(columns: Sequence[Column], request: Asked, fonts: FontSet) -> Layer:
    return typeset(
        columns,
        request.get("script"),
        fonts=fonts,
        language=request.get("language"),
        rtl=_direction(request),
    )


def _direction(request: Asked) -> bool | None:
    """Return whether lines run from right to left; without a locale the letters tell."""
    return bool(request.get("rtl")) if request.get("script") else None


def _by_template(
    template: bytes,
    request: Asked,
    files: Sequence[bytes],
    canvas: tuple[int, int],
    picture: Image | None,
) -> Layer:
    texts = dict(request["copy"])
    look, own = request.get("style", {}), request.get("slots", {})
    setting = setting_for(request.get("script"), " ".join(texts.values()))
    setting = spoken(setting, request.get("language"), _direction(request))
    region: Box = tuple(request["region"])
    colour = legibility.LIGHT if picture is None else _colour_in(picture, region)
    slots = [
        {"slot": slot, "text": text, "colour": colour, **look, **own.get(slot, {})}
        for slot, text in texts.items()
    ]
    fonts = _fonts(request, files)
    job = {
        "width": canvas[0],
        "height": canvas[1],
        "region": dict(zip(("x", "y", "width", "height"), region, strict=True)),
        "language": request.get("language"),
        "script": request.get("script"),
        "colour": look.get("colour", colour),
        "copy": texts,
        "slots": slots,
        "max_lines": request.get("max_lines", {}),
    }
    families = fonts.named(look.get("font", ()))
    weight = look.get("weight", 400)
    return drawn_by(template, job, setting, fonts, families=families, weight=weight)


def _coloured(column: Column, layer: Layer, picture: Image, request: Asked) -> Column:
    """Return a column whose words, where nobody chose their colour, stand out from the picture."""
    free = [block.slot for block in column.blocks if _is_free(block, request)]
    inks = [each.ink for each in layer.blocks if each.slot in free]
    if not inks:
        return column
    colour = _colour_in(picture, around(inks))
    blocks = [replace(b, colour=colour) if b.slot in free else b for b in column.blocks]
    return replace(column, blocks=blocks)


def _is_free(block: Block, request: Asked) -> bool:
    looks = (request.get("style", {}), request.get("slots", {}).get(block.slot, {}))
    return block.fill is None and not any("colour" in look for look in looks)


def _colour_in(picture: Image, box: Box) -> str:
    whole = np.array(picture.resize(THUMBNAIL, resample=NEAREST))
    return legibility.colour_for(legibility.samples(_part(picture, box)), legibility.samples(whole))


def _part(picture: Image, box: Box) -> Pixels:
    """Return the pixels of that part of a box that lies on the picture."""
    left, top = max(0, box[0]), max(0, box[1])
    right = min(picture.width, box[0] + box[2])
    bottom = min(picture.height, box[1] + box[3])
    return np.array(picture.crop((left, top, max(left, right), max(top, bottom))))


def _shade(picture: Image, column: Column, layer: Layer) -> None:
    """Lay a soft shade behind the words of a column that cannot be read without it, in place."""
    colours = {block.slot: block.colour for block in column.blocks if block.fill is None}
    mine = [e for e in layer.blocks if e.ink[2] and e.slot in [b.slot for b in column.blocks]]
    bare = [each for each in mine if each.slot in colours]
    if not bare:
        return
    grounds = {each: _behind(picture, each) for each in bare}
    shades = {each: legibility.shade_for(colours[each.slot], grounds[each]) for each in bare}
    strengths = {
        each: legibility.strength_for(colours[each.slot], grounds[each], shades[each])
        for each in bare
    }
    worst = max(bare, key=lambda each: strengths[each])
    if strengths[worst]:
        size = max(each.size for each in bare)
        box, fade = legibility.shade_box(around(e.ink for e in mine), size, picture.size)
        _draw_shade(picture, box, fade, shades[worst], strengths[worst])


def _behind(picture: Image, fitted: Fitted) -> Pixels:
    """Return samples of what is behind words and close around them."""
    pad = max(2, round(BEHIND * fitted.size))
    x, y, width, height = fitted.ink
    return legibility.samples(_part(picture, (x - pad, y - pad, width + 2 * pad, height + 2 * pad)))


def _draw_shade(picture: Image, box: Box, fade: float, shade: str, strength: float) -> None:
    for top in range(0, picture.height, BAND):
        rows = range(top, min(picture.height, top + BAND))
        if rows[-1] < box[1] - fade or rows[0] > box[1] + box[3] + fade:
            continue
        part = np.array(picture.crop((0, top, picture.width, top + len(rows))))
        cover = legibility.shade_cover(box, fade, rows, picture.width, strength)
        laying.lay(part[..., :3], legibility.rgb(shade), cover)
        _put(picture, part, (0, top))


def _lay(picture: Image, layer: Layer) -> None:
    """Lay a layer over the picture, in place."""
    for top in range(0, layer.pixels.shape[0], BAND):
        words = layer.pixels[top : top + BAND]
        if not words[..., 3].any():
            continue
        part = _part(picture, (layer.x, layer.y + top, words.shape[1], words.shape[0]))
        words = words[: part.shape[0], : part.shape[1]]
        laying.lay(part, words, words[..., 3].astype(np.float32) / np.float32(255))
        _put(picture, part, (layer.x, layer.y + top))


def _put(picture: Image, part: Pixels, at: tuple[int, int]) -> None:
    height, width, channels = part.shape
    mode = images.mode_of_channels(channels)
    picture.paste(images.from_raw(mode, (width, height), np.ascontiguousarray(part).tobytes()), at)
