"""A mosaic of geometric tiles, one of them large."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from assetforge.providers.draft.canvas import Canvas, Plane
from assetforge.providers.draft.chance import Chance
from assetforge.providers.draft.colour import Colour, mixed
from assetforge.providers.draft.palette import Palette
from assetforge.providers.draft.stage import Stage

Shape = Callable[[Plane, Plane, float], Plane]
"""From coordinates in a tile (0 to 1) and its edge in pixels to how much of a pixel is covered."""


def paint(stage: Stage, palette: Palette, chance: Chance) -> Canvas:
    """Return tiles beside or above the words."""
    canvas = Canvas(stage.width, stage.height, palette.ground)
    glow = 0.5 * max(stage.width, stage.height)
    canvas.soften(
        [
            (0, 0, glow, palette.glow, 0.9),
            (0.5 * stage.width, stage.height, 0.6 * glow, palette.glow, 0.8),
            (0.4 * stage.width, 0, 0.4 * glow, mixed(palette.second, palette.ground, 0.5), 0.35),
        ]
    )
    left, edge, columns, rows = _grid(stage)
    big = (chance.integer() % max(1, columns - 1), chance.integer() % max(1, rows - 1))
    last: Colour | None = None
    for row in range(rows):
        for column in range(columns):
            if _inside(big, column, row, columns, rows):
                continue
            last = _tile(canvas, (left + column * edge, row * edge, edge), palette, chance, last)
    if columns > 1 and rows > 1:
        _big_tile(canvas, (left + big[0] * edge, big[1] * edge, 2 * edge), palette, chance)
    return canvas


def _grid(stage: Stage) -> tuple[float, float, int, int]:
    """Return the mosaic's left edge, the tile's edge, the columns and the rows."""
    if stage.kind == "wide":
        rows = 4
        edge = stage.height / rows
        free = stage.width - stage.calm[0] - stage.calm[2] - 0.3 * stage.margin
        columns = max(1, int(free / edge))
        return stage.width - columns * edge, edge, columns, rows
    columns = 5 if stage.kind == "tall" else 6
    edge = stage.width / columns
    return 0.0, edge, columns, max(1, int(stage.horizon / edge + 0.15))


def _inside(big: tuple[int, int], column: int, row: int, columns: int, rows: int) -> bool:
    across, down = column - big[0], row - big[1]
    return min(columns, rows) > 1 and 0 <= across < 2 and 0 <= down < 2


def _tile(canvas: Canvas, place: tuple[float, float, float], palette: Palette, chance: Chance,
          last: Colour | None) -> Colour:  # fmt: skip
    """Paint one tile and return its ground, which the next one avoids."""
    pale = mixed(palette.ground, palette.third, 0.22)
    colours = [palette.first, palette.second, palette.third, palette.deep, pale, palette.first]
    back = chance.pick([colour for colour in colours if colour != last])
    front = chance.pick([colour for colour in colours if colour != back])
    _fill(canvas, place, back, chance.pick(SHAPES), front, chance)
    return back


def _big_tile(
    canvas: Canvas, place: tuple[float, float, float], palette: Palette, chance: Chance
) -> None:
    back, front = chance.pick(((palette.deep, palette.second), (palette.first, palette.third)))
    _fill(canvas, place, back, chance.pick((_rainbow, _target, _quarter)), front, chance)


def _fill(
    canvas: Canvas,
    place: tuple[float, float, float],
    back: Colour,
    shape: Shape,
    front: Colour,
    chance: Chance,
) -> None:
    """Paint a square and the shape in it, turned by a number of quarters."""
    x, y, edge = place
    # Whole pixels: two tiles meet without a seam.
    left, top, right, bottom = (int(value + 0.5) for value in (x, y, x + edge, y + edge))
    window = (slice(max(0, top), bottom), slice(max(0, left), right))
    across, down = canvas.grid(window)
    u, v = (
        (across - np.float32(left)) / np.float32(right - left),
        (down - np.float32(top)) / np.float32(bottom - top),
    )
    turn = chance.integer()
    u = np.float32(1) - u if turn & 1 else u
    v = np.float32(1) - v if turn & 2 else v
    canvas.lay(window, np.float32(1) * np.ones_like(u * v), back)
    canvas.lay(window, np.clip(shape(u, v, edge), 0, 1), front)


def _cover(inside: Plane, edge: float) -> Plane:
    """Return coverage from a distance inside a shape's edge, in tiles."""
    result: Plane = inside * np.float32(edge) + np.float32(0.5)
    return np.clip(result, 0, 1)


def _far(u: Plane, v: Plane, x: float, y: float) -> Plane:
    result: Plane = np.sqrt((u - np.float32(x)) ** 2 + (v - np.float32(y)) ** 2)
    return result


def _disc(u: Plane, v: Plane, edge: float) -> Plane:
    return _cover(np.float32(0.40) - _far(u, v, 0.5, 0.5), edge)


def _quarter(u: Plane, v: Plane, edge: float) -> Plane:
    return _cover(np.float32(1) - _far(u, v, 0, 1), edge)


def _half(u: Plane, v: Plane, edge: float) -> Plane:
    return _cover(np.float32(0.5) - _far(u, v, 0.5, 1), edge)


def _wedge(u: Plane, v: Plane, edge: float) -> Plane:
    return _cover((v - u) * np.float32(0.7071), edge)


def _leaf(u: Plane, v: Plane, edge: float) -> Plane:
    return np.minimum(_quarter(u, v, edge), _cover(np.float32(1) - _far(u, v, 1, 0), edge))


def _target(u: Plane, v: Plane, edge: float) -> Plane:
    far = _far(u, v, 0.5, 0.5)
    line = np.float32(0.075) - np.abs(far - np.float32(0.345))
    return np.maximum(_cover(line, edge), _cover(np.float32(0.16) - far, edge))


def _rainbow(u: Plane, v: Plane, edge: float) -> Plane:
    far = _far(u, v, 0, 1)
    lines = [_cover(np.float32(0.1) - np.abs(far - np.float32(at)), edge) for at in (0.2, 0.6)]
    return np.maximum(
        np.maximum(*lines), _cover(np.float32(0.06) - np.abs(far - np.float32(0.92)), edge)
    )


def _dots(u: Plane, v: Plane, edge: float) -> Plane:
    across, down = u * np.float32(2), v * np.float32(2)
    across, down = across - np.floor(across), down - np.floor(down)
    return _cover((np.float32(0.3) - _far(across, down, 0.5, 0.5)) * np.float32(0.5), edge)


SHAPES: tuple[Shape, ...] = (
    _disc,
    _quarter,
    _quarter,
    _half,
    _wedge,
    _leaf,
    _target,
    _rainbow,
    _dots,
)
