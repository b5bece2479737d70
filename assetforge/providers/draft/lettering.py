"""Words on a picture: where, in which colours, and readable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from assetforge.providers.draft import mark, scrim
from assetforge.providers.draft.blend import lay_layer
from assetforge.providers.draft.colour import (
    BLACK,
    SHAPE_CONTRAST,
    TEXT_CONTRAST,
    WHITE,
    Colour,
    contrast,
    luminance,
    mixed,
    readable,
)
from assetforge.providers.draft.note import Picture
from assetforge.providers.draft.palette import Palette, dominant, from_brand
from assetforge.providers.draft.slots import Inks, columns_for, roles_of
from assetforge.providers.draft.stage import Stage, stage_for
from assetforge.typeset import Box, Column, Layer, setting_for, typeset


@dataclass(frozen=True, slots=True)
class Copy:
    """The words of one picture.

    Attributes:
        texts: slot → text.
        script: ISO 15924 code, or None to read it off the letters.
        max_lines: slot → how many lines it may take, where that is bounded.
    """

    texts: Mapping[str, str]
    script: str | None
    max_lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def rtl(self) -> bool:
        """True when the lines run from right to left."""
        return setting_for(self.script, " ".join(self.texts.values())).rtl

    @property
    def empty(self) -> bool:
        """True when there is nothing to set."""
        return not any(text.strip() for text in self.texts.values())


def lettered(picture: Picture, copy: Copy, palette: Palette | None, region: Box | None) -> Picture:
    """Return the picture with its copy set on it, readable, and only inside the region.

    Args:
        picture: without a mark, unless a region is given.
        copy: the words.
        palette: brand colours for words and button; None takes the picture's own.
        region: x, y, width, height in pixels; None lets the layout choose.

    Raises:
        ActionFailed: a glyph is missing or a text does not fit; the message names the slot.
    """
    stage = stage_for(picture.size)
    area = _area(stage, copy.rtl, region, picture)
    behind = scrim.sample(picture.pixels, area, 0)
    inks, veil, own = _inks(picture, palette, behind)
    least = 0.0 if own and region is None else scrim.calming(behind)
    layer = _set(copy, area, stage, inks)
    pixels = picture.pixels.copy()
    strength = max(least, _strength(pixels, layer, copy, inks, veil))
    if strength:
        scrim.draw(pixels, veil, strength, _around(layer), stage, copy.rtl, region)
    if (again := _better_button(pixels, layer, copy, inks, veil)) is not None:
        layer = _set(copy, area, stage, again)
    lay_layer(pixels, layer, region or (0, 0, *picture.size))
    return replace(picture, pixels=pixels, lettered=True)


def _area(stage: Stage, rtl: bool, region: Box | None, picture: Picture) -> Box:
    """Return the box for the words: the calm part, mirrored for right-to-left, or the region's."""
    if region is None:
        x, y, width, height = stage.calm
        return (stage.width - x - width if rtl else x), y, width, height
    x, y, width, height = region
    edge = round(min(stage.margin, 0.11 * min(width, height)))
    area = (x + edge, y + edge, max(1, width - 2 * edge), max(1, height - 2 * edge))
    low = round(1.2 * mark.height_on((stage.width, stage.height)))
    if picture.mark is None:
        return (*area[:3], area[3] - low) if height > 5 * low else area
    return _beside(area, picture.mark.box)


def _beside(area: Box, mark_box: Box) -> Box:
    """Return the part of an area above or below the mark, where it reaches in."""
    x, y, width, height = area
    left, top, across, down = mark_box
    apart = left >= x + width or left + across <= x or top >= y + height or top + down <= y
    if apart:
        return area
    above, below = top - y, y + height - top - down
    if above >= below:
        return x, y, width, max(1, round(0.97 * above))
    return x, y + height - round(0.97 * below), width, max(1, round(0.97 * below))


def _inks(
    picture: Picture, brand: Palette | None, behind: scrim.Pixels
) -> tuple[Inks, Colour, bool]:
    """Return the words' colours, that of a veil, and whether the picture's own roles gave them."""
    own = picture.palette
    if own is not None and not picture.lettered and brand is None:
        return _inks_of(own), own.ground, True
    palette = brand or own or from_brand(dominant(picture.pixels) or [BLACK])
    tint = palette.first
    dark, light = mixed(BLACK, tint, 0.12), mixed(WHITE, tint, 0.04)
    # Light words on a dark veil harm a photograph less than the reverse.
    needed = {
        light: scrim.strength_for(light, dark, behind) - 0.2,
        dark: scrim.strength_for(dark, light, behind),
    }
    ink, veil = (light, dark) if needed[light] <= needed[dark] else (dark, light)
    pill = readable(palette.pill, [veil], SHAPE_CONTRAST)
    label = max((WHITE, dark), key=lambda each: contrast(each, pill))
    pill = (
        pill if contrast(label, pill) >= TEXT_CONTRAST else readable(pill, [label], TEXT_CONTRAST)
    )
    inks = Inks(ink, ink, pill, label, *_badge(palette.second))
    return inks, veil, False


def _inks_of(palette: Palette) -> Inks:
    return Inks(palette.ink, palette.soft, palette.pill, palette.label, *_badge(palette.second))


def _badge(colour: Colour) -> tuple[Colour, Colour]:
    label = mixed(BLACK, colour, 0.15) if luminance(colour) > 0.2 else WHITE
    return readable(colour, [label], TEXT_CONTRAST), label


def _set(copy: Copy, area: Box, stage: Stage, inks: Inks) -> Layer:
    columns = columns_for(copy.texts, area, min(stage.width, stage.height), inks)
    columns = [_bounded(each, copy.max_lines) for each in columns]
    if copy.rtl and len(columns) > 1:
        columns = [replace(each, box=_flipped(each.box, area)) for each in columns]
    return typeset(columns, copy.script)


def _bounded(column: Column, most: Mapping[str, int]) -> Column:
    """Return a column whose blocks take no more lines than the pipeline allows."""
    blocks = [replace(b, lines=min(b.lines, most.get(b.slot, b.lines))) for b in column.blocks]
    return replace(column, blocks=blocks)


def _flipped(box: Box, area: Box) -> Box:
    return 2 * area[0] + area[2] - box[0] - box[2], box[1], box[2], box[3]


def _around(layer: Layer) -> Box:
    boxes = [block.ink for block in layer.blocks]
    x, y = min(box[0] for box in boxes), min(box[1] for box in boxes)
    return x, y, max(b[0] + b[2] for b in boxes) - x, max(b[1] + b[3] for b in boxes) - y


def _strength(pixels: scrim.Pixels, layer: Layer, copy: Copy, inks: Inks, veil: Colour) -> float:
    """Return how strong the veil must be for every block that has no ground of its own."""
    roles = roles_of(copy.texts)
    needed = [0.0]
    for block in layer.blocks:
        if roles[block.slot] not in ("action", "badge"):
            ink = inks.ink if roles[block.slot] == "headline" else inks.soft
            ground = scrim.sample(pixels, block.ink, max(2, round(0.12 * block.size)))
            needed.append(scrim.strength_for(ink, veil, ground))
    return max(needed)


def _better_button(
    pixels: scrim.Pixels, layer: Layer, copy: Copy, inks: Inks, veil: Colour
) -> Inks | None:
    """Return inks with a button that stands out from what is behind it, if it does not yet."""
    roles = roles_of(copy.texts)
    for block in layer.blocks:
        if roles[block.slot] == "action":
            ground = scrim.sample(pixels, block.box, 3)
            median = np.sort(ground, axis=0)[len(ground) // 2]
            around: Colour = (float(median[0]), float(median[1]), float(median[2]))
            if contrast(inks.pill, around) < SHAPE_CONTRAST:
                label = max(
                    (veil, BLACK, WHITE), key=lambda each: min(7.0, contrast(each, inks.ink))
                )
                return replace(inks, pill=inks.ink, label=label)
    return None
