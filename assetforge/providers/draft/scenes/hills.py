"""Hills before a large sun."""

from __future__ import annotations

import numpy as np

from assetforge.providers.draft.canvas import Canvas, Plane, ramp, wander
from assetforge.providers.draft.chance import Chance
from assetforge.providers.draft.colour import Colour, mixed
from assetforge.providers.draft.palette import Palette
from assetforge.providers.draft.stage import Stage


def paint(stage: Stage, palette: Palette, chance: Chance) -> Canvas:
    """Return a sun over hills that rise away from the words."""
    canvas = Canvas(stage.width, stage.height, palette.ground)
    x, y, radius = stage.hero
    canvas.soften(
        [
            (x, y, 2.1 * radius, mixed(palette.first, palette.ground, 0.35), 0.75),
            (x + chance.between(1, 2) * radius, 0, 2.4 * radius, palette.third, 0.4),
            (0, stage.height, 2.6 * radius, palette.glow, 0.8),
        ]
    )
    for grown, alpha in ((1.5, 0.16), (1.25, 0.26)):
        canvas.disc(x, y, grown * radius, palette.third, alpha)
    canvas.disc(x, y, radius, palette.third, other=palette.first)
    _birds(canvas, stage, palette, chance)
    colours = _tones(palette)
    for at, (edge, colour) in enumerate(
        zip(_edges(stage, chance, len(colours)), colours, strict=True)
    ):
        lit = mixed(colour, palette.third, 0.16)
        canvas.below(edge, lit, colour, 0.14 * stage.height, shade=0.06 + 0.03 * at)
    if stage.kind != "wide":
        floor = np.float32(stage.horizon) + wander(stage.width, chance, 2) * np.float32(
            0.012 * stage.height
        )
        canvas.below(floor, palette.ground, palette.glow, 0.6 * stage.height, shade=0.16)
    return canvas


def _tones(palette: Palette) -> list[Colour]:
    """Return the hills' colours, far to near: the nearer, the less air between."""
    return [
        mixed(palette.second, palette.ground, 0.45),
        palette.second,
        mixed(palette.first, palette.deep, 0.25),
        mixed(palette.deep, palette.first, 0.12),
    ]


def _edges(stage: Stage, chance: Chance, count: int) -> list[Plane]:
    """Return the hills' outlines, far to near."""
    edges = []
    for at in range(count):
        line = wander(stage.width, chance, 3 + at % 2)
        if stage.kind == "wide":
            edges.append(_rising(stage, line, at))
            continue
        step = (0.42 - 0.035 * stage.height / stage.width) if stage.kind == "tall" else 0.34
        top = stage.horizon - stage.height * (step - 0.19) * (1 - at / count)
        edges.append(np.float32(top) + line * np.float32(0.028 * stage.height))
    return edges


def _rising(stage: Stage, line: Plane, at: int) -> Plane:
    """Return an outline that lies flat under the words and climbs beside them."""
    height = np.float32(stage.height)
    x = np.arange(stage.width, dtype=np.float32)
    end = stage.calm[0] + stage.calm[2]
    climb = ramp(x, 0.72 * end, stage.hero[0] + 0.4 * stage.hero[2])
    low = (
        height
        - np.float32(stage.margin * (0.66 - 0.17 * at))
        + line * np.float32(0.1 * stage.margin)
    )
    high = height * np.float32(0.60 + 0.105 * at) + line * height * np.float32(0.045)
    result: Plane = low + (high - low) * climb
    return result


def _birds(canvas: Canvas, stage: Stage, palette: Palette, chance: Chance) -> None:
    """Paint a few small discs beside the sun, as if far away."""
    x, y, radius = stage.hero
    for _ in range(3):
        across, down = chance.direction()
        size = chance.between(0.02, 0.05) * radius
        away = chance.between(1.32, 1.5)
        canvas.disc(
            x + abs(across) * away * radius,
            y - abs(down) * away * radius * 0.8,
            size,
            palette.first,
            0.8,
        )
