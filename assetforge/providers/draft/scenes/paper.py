"""Sheets of cut paper, one on the other, around a light."""

from __future__ import annotations

import numpy as np

from assetforge.providers.draft.canvas import CELL, Canvas, Plane, enlarged, wander
from assetforge.providers.draft.chance import Chance
from assetforge.providers.draft.colour import BLACK, Colour, mixed
from assetforge.providers.draft.palette import Palette
from assetforge.providers.draft.stage import Stage

SHEETS = (2.05, 1.78, 1.52, 1.27, 1.03, 0.80)
"""How far each sheet's hole reaches from the light, in radii."""


def paint(stage: Stage, palette: Palette, chance: Chance) -> Canvas:
    """Return a canyon of paper that opens beside the words."""
    canvas = Canvas(stage.width, stage.height, palette.ground)
    x, y, radius = stage.hero
    canvas.soften(
        [
            (0, stage.height, 3 * radius, palette.glow, 0.8),
            (0.3 * stage.width, 0, 2 * radius, palette.glow, 0.5),
        ]
    )
    if stage.kind == "wide":
        x += 0.12 * stage.room
        radius = min(radius, (x - stage.hero[0] + stage.room) / 2.35)
    else:
        y *= 0.66
        radius = (stage.hero[1] + stage.room - y) / 2.3
    field = _field(stage, (x, y, radius), chance)
    colours = _tones(palette)
    fine = np.float32(radius)
    for reach, colour in zip(SHEETS, colours, strict=True):
        span = 1.45 * reach * radius
        window = canvas.window(x, y, span, span)
        inside = (np.float32(reach) - field[window]) * fine
        canvas.lay(window, np.clip(inside + np.float32(0.5), 0, 1), colour)
        # The sheet above throws its shadow into the hole.
        dark = np.float32(1) - np.clip(inside / np.float32(0.16 * radius), 0, 1)
        shade = dark * dark * np.clip(inside + np.float32(0.5), 0, 1)
        canvas.lay(window, shade * np.float32(0.26), BLACK)
    canvas.disc(x, y, 0.47 * radius, palette.third, other=palette.second)
    return canvas


def _tones(palette: Palette) -> list[Colour]:
    """Return the sheets' colours, from the top one down."""
    outer = mixed(palette.ground, palette.first, 0.30)
    return [
        outer,
        mixed(palette.first, palette.ground, 0.40),
        palette.first,
        mixed(palette.first, palette.deep, 0.38),
        mixed(palette.first, palette.deep, 0.7),
        palette.deep,
    ]


def _field(stage: Stage, light: tuple[float, float, float], chance: Chance) -> Plane:
    """Return a bent distance from the light, in radii, for every pixel."""
    x, y, radius = light
    rows, columns = stage.height // CELL + 2, stage.width // CELL + 2
    across = (np.arange(columns, dtype=np.float32)[None, :] * CELL - np.float32(x)) / np.float32(
        radius
    )
    down = (np.arange(rows, dtype=np.float32)[:, None] * CELL - np.float32(y)) / np.float32(radius)
    far = np.sqrt(across * across + down * down)
    bends = np.float32(0)
    for lean in (0.0, 0.8, -1.3):
        line = wander(4096, chance, 9)
        place = (across + np.float32(lean) * down) if lean else (down * np.float32(1.2))
        index = np.clip((place + np.float32(5)) * np.float32(409.6), 0, 4095).astype(np.int64)
        bends = bends + line[np.broadcast_to(index, (rows, columns))]
    return enlarged(far + bends * np.float32(0.115), stage.height, stage.width)
