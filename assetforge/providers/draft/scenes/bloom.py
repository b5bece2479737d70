"""A flower of translucent petals."""

from __future__ import annotations

import numpy as np

from assetforge.providers.draft.canvas import Canvas
from assetforge.providers.draft.chance import Chance
from assetforge.providers.draft.colour import Colour, mixed
from assetforge.providers.draft.palette import Palette
from assetforge.providers.draft.stage import Stage

ROOT = 0.8660254
TURNS = (
    (1.0, 0.0), (ROOT, 0.5), (0.5, ROOT), (0.0, 1.0), (-0.5, ROOT), (-ROOT, 0.5),
    (-1.0, 0.0), (-ROOT, -0.5), (-0.5, -ROOT), (0.0, -1.0), (0.5, -ROOT), (ROOT, -0.5),
)  # fmt: skip
"""Cosine and sine of every 30 degrees."""


def paint(stage: Stage, palette: Palette, chance: Chance) -> Canvas:
    """Return a flower that opens beside the words."""
    canvas = Canvas(stage.width, stage.height, palette.ground)
    x, y, radius = stage.hero
    canvas.soften(
        [
            (x, y, 1.9 * radius, mixed(palette.glow, palette.first, 0.35), 0.6),
            (stage.width, stage.height, 1.6 * radius, palette.first, 0.3),
            (0, stage.height, 2.4 * radius, palette.glow, 0.8),
        ]
    )
    radius = min(1.3 * radius, stage.room / 1.03)
    turn = chance.unit_tilt()
    slim = chance.between(0.16, 0.24)
    outer = (palette.first, palette.second)
    for at, way in enumerate(TURNS):
        _petal(
            canvas,
            (x, y),
            _plus(way, turn),
            (0.56 * radius, 0.46 * radius, slim * radius),
            outer[at % 2],
            0.62,
        )
    inner = (palette.third, mixed(palette.second, palette.third, 0.5))
    for at, way in enumerate(TURNS[::2]):
        _petal(canvas, (x, y), _plus(_plus(way, (0.9659258, 0.2588190)), turn),
               (0.33 * radius, 0.28 * radius, 0.17 * radius), inner[at % 2], 0.8)  # fmt: skip
    canvas.disc(x, y, 0.17 * radius, palette.deep, other=mixed(palette.deep, palette.first, 0.35))
    for way in TURNS:
        across, down = _plus(way, turn)
        canvas.disc(
            x + 0.115 * radius * across, y + 0.115 * radius * down, 0.014 * radius, palette.third
        )
    return canvas


def _plus(one: tuple[float, float], two: tuple[float, float]) -> tuple[float, float]:
    """Return the direction turned by both angles."""
    return one[0] * two[0] - one[1] * two[1], one[0] * two[1] + one[1] * two[0]


def _petal(canvas: Canvas, centre: tuple[float, float], way: tuple[float, float],
           shape: tuple[float, float, float], colour: Colour, alpha: float) -> None:  # fmt: skip
    """Paint an ellipse that points away from the centre: its distance, half length, half width."""
    away, long, slim = shape
    x, y = centre[0] + way[0] * away, centre[1] + way[1] * away
    reach_x = (long * long * way[0] * way[0] + slim * slim * way[1] * way[1]) ** 0.5
    reach_y = (long * long * way[1] * way[1] + slim * slim * way[0] * way[0]) ** 0.5
    window = canvas.window(x, y, reach_x, reach_y)
    across, down = canvas.grid(window)
    across, down = across - np.float32(x), down - np.float32(y)
    u = (across * np.float32(way[0]) + down * np.float32(way[1])) / np.float32(long)
    v = (down * np.float32(way[0]) - across * np.float32(way[1])) / np.float32(slim)
    cover = np.clip(
        (np.float32(1) - np.sqrt(u * u + v * v)) * np.float32(slim) + np.float32(0.5), 0, 1
    )
    share = np.clip((u + np.float32(1)) * np.float32(0.5), 0, 1)
    canvas.lay(
        window, cover * np.float32(alpha), colour, mixed(colour, (255.0, 255.0, 255.0), 0.25), share
    )
