"""Nested arches on the ground, a sun beside them."""

from __future__ import annotations

import numpy as np

from assetforge.providers.draft.canvas import Canvas, Plane, wander
from assetforge.providers.draft.chance import Chance
from assetforge.providers.draft.colour import Colour, mixed
from assetforge.providers.draft.palette import Palette
from assetforge.providers.draft.stage import Stage


def paint(stage: Stage, palette: Palette, chance: Chance) -> Canvas:
    """Return a large arch and a smaller one behind it."""
    canvas = Canvas(stage.width, stage.height, palette.ground)
    x, y, radius = stage.hero
    canvas.soften(
        [
            (x, y, 2.2 * radius, mixed(palette.glow, palette.first, 0.3), 0.7),
            (stage.width, 0, 2 * radius, mixed(palette.glow, palette.second, 0.4), 0.5),
            (0, stage.height, 2.4 * radius, palette.glow, 0.8),
        ]
    )
    floor = stage.height * 0.90 if stage.kind == "wide" else stage.horizon
    side = 1 if chance.integer() % 2 else -1
    size = 1.12 * radius
    if stage.kind == "wide":
        size = min(size, stage.room / (1.22 if side > 0 else 0.96))
        x += 0.28 * size if side > 0 else 0.0
    canvas.disc(x + side * 0.58 * size, y - 0.62 * size, 0.40 * size, palette.second,
                other=mixed(palette.second, palette.third, 0.5))  # fmt: skip
    small = (x - side * 0.86 * size, floor - 0.34 * size, 0.62 * size)
    _arch(canvas, small, floor, [palette.second, palette.third, palette.deep], chance)
    tones = [
        palette.deep,
        palette.first,
        palette.third,
        palette.second,
        mixed(palette.ground, palette.glow, 0.5),
    ]
    _arch(canvas, (x + side * 0.1 * size, floor - 0.72 * size, size), floor, tones, chance)
    _ground(canvas, stage, palette, chance, floor)
    return canvas


def _arch(canvas: Canvas, place: tuple[float, float, float], floor: float, colours: list[Colour],
          chance: Chance) -> None:  # fmt: skip
    """Paint bands of one arch: a half circle on two legs that stand on the floor."""
    x, spring, radius = place
    window = canvas.window(x, spring, radius, radius)
    window = (slice(window[0].start, min(canvas.height, int(floor) + 2)), window[1])
    across, down = canvas.grid(window)
    far = _from_spine(across - np.float32(x), down - np.float32(spring))
    step = radius / (len(colours) + chance.between(0.6, 1.4))
    for at, colour in enumerate(colours):
        cover = np.clip(np.float32(radius - at * step + 0.5) - far, 0, 1)
        canvas.lay(window, cover, colour)


def _from_spine(across: Plane, down: Plane) -> Plane:
    """Return the distance from the arch's middle line: round above the spring, straight below."""
    above = np.minimum(down, np.float32(0))
    result: Plane = np.sqrt(across * across + above * above)
    return result


def _ground(canvas: Canvas, stage: Stage, palette: Palette, chance: Chance, floor: float) -> None:
    line = wander(stage.width, chance, 2) * np.float32(0.012 * stage.height)
    if stage.kind == "wide":
        x = np.arange(stage.width, dtype=np.float32)
        slope = np.float32(floor) + line
        low = np.float32(stage.height - 0.45 * stage.margin)
        share = np.clip(
            (x - np.float32(stage.calm[2] * 0.6)) / np.float32(stage.calm[2] * 0.5), 0, 1
        )
        share = share * share * (np.float32(3) - np.float32(2) * share)
        edge = low + (slope - low) * share
        canvas.below(
            edge, mixed(palette.deep, palette.first, 0.12), palette.deep, 0.1 * stage.height
        )
    else:
        canvas.below(
            np.float32(floor) + line, palette.ground, palette.glow, 0.6 * stage.height, shade=0.16
        )
