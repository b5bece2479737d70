"""A planet with its ring, moons and orbits."""

from __future__ import annotations

import numpy as np

from assetforge.providers.draft.canvas import Canvas, Plane, Window, ramp
from assetforge.providers.draft.chance import Chance
from assetforge.providers.draft.colour import Colour, mixed
from assetforge.providers.draft.palette import Palette
from assetforge.providers.draft.stage import Stage

TILT = (0.94, -0.342)
"""Cosine and sine of the ring's tilt, 20 degrees."""

FLAT = 0.26
"""Height ÷ width of the ring."""


def paint(stage: Stage, palette: Palette, chance: Chance) -> Canvas:
    """Return a planet that glows in a quiet sky."""
    canvas = Canvas(stage.width, stage.height, palette.ground)
    x, y, radius = stage.hero
    radius = min(0.9 * radius, stage.room / 1.72)
    canvas.soften(
        [
            (x, y, 1.8 * radius, mixed(palette.first, palette.ground, 0.4), 0.8),
            (stage.width, stage.height * chance.between(0, 0.3), 2 * radius, palette.second, 0.35),
            (0, stage.height, 2.2 * radius, palette.glow, 0.8),
        ]
    )
    quiet = _away_from_words(canvas, stage)
    _stars(canvas, stage, palette, chance)
    for grown in (1.62, 2.1, 2.7):
        thick = max(1.0, 0.009 * radius)
        canvas.ring(x, y, grown * radius, thick, palette.third, 0.5, quiet)
    for grown in (1.24, 1.42):
        canvas.disc(x, y, grown * radius, palette.third, 0.10)
    ringed = chance.integer() % 3 > 0
    if ringed:
        _ring(canvas, (x, y, radius), palette, behind=True)
    _planet(canvas, (x, y, radius), palette, chance)
    if ringed:
        _ring(canvas, (x, y, radius), palette, behind=False)
    for grown, size, colour in ((1.62, 0.10, palette.second), (2.1, 0.065, palette.third)):
        across, down = chance.direction()
        down = down if stage.kind == "wide" else -abs(down)
        at = (x + abs(across) * grown * radius, y + down * grown * radius)
        canvas.disc(*at, size * radius, colour, other=mixed(colour, palette.deep, 0.3))
    return canvas


def _away_from_words(canvas: Canvas, stage: Stage) -> Plane:
    """Return 1 beside the words and nearly 0 behind them, for every pixel."""
    x, y, width, _ = stage.calm
    soft = 0.12 * min(stage.width, stage.height)
    if stage.kind == "wide":
        open_ = ramp(canvas.x, x + width - soft, x + width + soft)
    else:
        open_ = np.float32(1) - ramp(canvas.y, y - 2 * soft, y)
    return np.broadcast_to(open_, (stage.height, stage.width))


def _stars(canvas: Canvas, stage: Stage, palette: Palette, chance: Chance) -> None:
    unit = min(stage.width, stage.height)
    x, y, width, height = stage.calm
    for _ in range(46):
        at_x, at_y = chance.between(0, stage.width), chance.between(0, stage.height)
        size, alpha = chance.between(0.0012, 0.0034) * unit, chance.between(0.25, 0.8)
        if not (x - unit * 0.02 < at_x < x + width and y - unit * 0.02 < at_y < y + height):
            canvas.disc(at_x, at_y, max(0.6, size), palette.third, alpha)


def _planet(
    canvas: Canvas, place: tuple[float, float, float], palette: Palette, chance: Chance
) -> None:
    """Paint a disc with curved bands, a shadow on one side and a light on the other."""
    x, y, radius = place
    window = canvas.window(x, y, radius, radius)
    inside = canvas.within(window, x, y, radius)
    across, down = canvas.grid(window)
    u, v = (
        (across - np.float32(x)) / np.float32(radius),
        (down - np.float32(y)) / np.float32(radius),
    )
    canvas.lay(
        window,
        inside,
        palette.third,
        palette.first,
        np.clip((v + np.float32(1)) / np.float32(1.5), 0, 1),
    )
    bend = v * np.float32(TILT[0]) - u * np.float32(TILT[1]) - np.float32(0.16) * u * u
    for _ in range(4):
        middle, half = chance.between(-0.7, 0.8), chance.between(0.04, 0.13)
        band = np.float32(1) - ramp(np.abs(bend - np.float32(middle)), half - 0.012, half + 0.012)
        colour = chance.pick(
            (palette.second, palette.third, mixed(palette.first, palette.deep, 0.3))
        )
        canvas.lay(window, band * inside * np.float32(0.42), colour)
    lit_x, lit_y = u + np.float32(0.42), v + np.float32(0.46)
    far = np.sqrt(lit_x * lit_x + lit_y * lit_y)
    canvas.lay(window, ramp(far, 0.75, 1.75) * inside * np.float32(0.72), palette.deep)
    canvas.lay(
        window, (np.float32(1) - ramp(far, 0.0, 0.7)) * inside * np.float32(0.35), (255, 255, 255)
    )


def _ring(
    canvas: Canvas, place: tuple[float, float, float], palette: Palette, behind: bool
) -> None:
    """Paint the half of the ring that is behind the planet, or the one before it."""
    x, y, radius = place
    window = canvas.window(x, y, 1.85 * radius, 0.95 * radius)
    u, v = _turned(canvas, window, x, y)
    span = np.sqrt(u * u + v * v * np.float32(1 / (FLAT * FLAT))) / np.float32(radius)
    half = np.clip(-v + np.float32(0.5), 0, 1) if behind else np.clip(v + np.float32(0.5), 0, 1)
    bands: tuple[tuple[float, float, Colour, float], ...] = (
        (1.30, 1.46, palette.second, 0.85),
        (1.49, 1.68, palette.third, 0.75),
        (1.71, 1.78, palette.second, 0.5),
    )
    edge = 1.2 / radius
    for inner, outer, colour, alpha in bands:
        cover = ramp(span, inner - edge, inner + edge) * (
            np.float32(1) - ramp(span, outer - edge, outer + edge)
        )
        canvas.lay(window, cover * half * np.float32(alpha), colour)


def _turned(canvas: Canvas, window: Window, x: float, y: float) -> tuple[Plane, Plane]:
    across, down = canvas.grid(window)
    across, down = across - np.float32(x), down - np.float32(y)
    cosine, sine = np.float32(TILT[0]), np.float32(TILT[1])
    return across * cosine + down * sine, down * cosine - across * sine
