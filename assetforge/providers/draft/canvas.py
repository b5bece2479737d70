"""Paint: soft grounds, discs and edges on three planes of 32-bit floats.

Only + - * / and sqrt: the rest may differ between machines in the last bit.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from assetforge.providers.draft.chance import Chance
from assetforge.providers.draft.colour import Colour

Plane: TypeAlias = NDArray[np.floating[Any]]
"""Numbers of shape (height, width), or any shape that broadcasts to it."""

Window: TypeAlias = tuple[slice, slice]
"""Rows and columns of the canvas."""

CELL = 8
"""Soft things are computed at an eighth of the size."""

GRAIN = 2.2
"""How far grain moves a channel at most, of 255: enough against banding, too little to see."""


def ramp(values: Plane, low: float, high: float) -> Plane:
    """Return 0 below `low`, 1 above `high`, and a smooth step between."""
    share = np.clip((values - np.float32(low)) / np.float32(high - low), 0, 1)
    result: Plane = share * share * (np.float32(3) - np.float32(2) * share)
    return result


def enlarged(small: Plane, height: int, width: int) -> Plane:
    """Return a plane of cells, with one more row and column than needed, at full size."""
    share = (np.arange(CELL, dtype=np.float32) + np.float32(0.5)) / CELL
    rows = small.shape[0] - 1
    down = np.tile(share, rows)[:height, None]
    tall = np.repeat(small[:-1], CELL, axis=0)[:height]
    tall = tall + np.repeat(small[1:] - small[:-1], CELL, axis=0)[:height] * down
    across = np.tile(share, small.shape[1] - 1)[None, :width]
    wide: Plane = np.repeat(tall[:, :-1], CELL, axis=1)[:, :width]
    wide += np.repeat(tall[:, 1:] - tall[:, :-1], CELL, axis=1)[:, :width] * across
    return wide


class Canvas:
    """A picture being painted: `planes` of shape (3, height, width), 0 to 255."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self.width, self.height = width, height
        self.planes = np.empty((3, height, width), np.float32)
        self.planes[:] = np.array(ground, np.float32)[:, None, None]
        self.x: Plane = np.arange(width, dtype=np.float32)[None, :] + np.float32(0.5)
        self.y: Plane = np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5)

    def window(self, x: float, y: float, across: float, down: float) -> Window:
        """Return the part of the canvas within these distances of a point."""
        top, bottom = max(0, int(y - down) - 1), min(self.height, int(y + down) + 2)
        left, right = max(0, int(x - across) - 1), min(self.width, int(x + across) + 2)
        return slice(top, max(top, bottom)), slice(left, max(left, right))

    def grid(self, window: Window) -> tuple[Plane, Plane]:
        """Return the coordinates of the pixel centres in a window, as a row and a column."""
        return self.x[:, window[1]], self.y[window[0]]

    def lay(self, window: Window, cover: Plane, colour: Colour, other: Colour | None = None,
            share: Plane | None = None) -> None:  # fmt: skip
        """Lay a colour over a window.

        Args:
            window: where.
            cover: how much of each pixel is covered, 0 to 1.
            colour: with what.
            other: a second colour, for a gradient.
            share: how much of the second colour each pixel gets, 0 to 1.
        """
        for plane, one, two in zip(self.planes, colour, other or colour, strict=True):
            part = plane[window]
            paint: Plane | np.float32 = np.float32(one)
            if share is not None:
                paint = np.float32(one) + np.float32(two - one) * share
            part += (paint - part) * cover

    def soften(self, spots: list[tuple[float, float, float, Colour, float]]) -> None:
        """Fade colours into the whole ground: x, y, radius, colour and strength of each spot."""
        rows, columns = self.height // CELL + 2, self.width // CELL + 2
        y = np.arange(rows, dtype=np.float32)[:, None] * CELL
        x = np.arange(columns, dtype=np.float32)[None, :] * CELL
        small = [np.full((rows, columns), plane[0, 0], np.float32) for plane in self.planes]
        for at_x, at_y, radius, colour, strength in spots:
            near = ((x - np.float32(at_x)) ** 2 + (y - np.float32(at_y)) ** 2) / np.float32(
                radius
            ) ** 2
            weight = np.float32(strength) / ((np.float32(1) + near) * (np.float32(1) + near))
            for plane, value in zip(small, colour, strict=True):
                plane += (np.float32(value) - plane) * weight
        for plane, soft in zip(self.planes, small, strict=True):
            plane[:] = enlarged(soft, self.height, self.width)

    def disc(self, x: float, y: float, radius: float, colour: Colour, alpha: float = 1.0,
             other: Colour | None = None) -> None:  # fmt: skip
        """Paint a disc, from `colour` at its top to `other` at its bottom."""
        window = self.window(x, y, radius, radius)
        cover = self.within(window, x, y, radius) * np.float32(alpha)
        _, down = self.grid(window)
        share = np.clip((down - np.float32(y - radius)) / np.float32(2 * radius), 0, 1)
        self.lay(window, cover, colour, other, share if other else None)

    def ring(self, x: float, y: float, radius: float, thick: float, colour: Colour,
             alpha: float = 1.0, open_: Plane | None = None) -> None:  # fmt: skip
        """Paint a circle's line; `open_`, of the canvas's shape, fades it where it is low."""
        window = self.window(x, y, radius + thick, radius + thick)
        gap = np.abs(self.distance(window, x, y) - np.float32(radius))
        cover = np.clip(np.float32(thick / 2 + 0.5) - gap, 0, 1) * np.float32(
            alpha * min(1.0, thick)
        )
        self.lay(window, cover if open_ is None else cover * open_[window], colour)

    def distance(self, window: Window, x: float, y: float) -> Plane:
        """Return each pixel's distance from a point."""
        across, down = self.grid(window)
        result: Plane = np.sqrt((across - np.float32(x)) ** 2 + (down - np.float32(y)) ** 2)
        return result

    def within(self, window: Window, x: float, y: float, radius: float) -> Plane:
        """Return how much of each pixel lies in a disc."""
        result: Plane = np.clip(np.float32(radius + 0.5) - self.distance(window, x, y), 0, 1)
        return result

    def below(
        self, edge: Plane, colour: Colour, other: Colour, depth: float, shade: float = 0.0
    ) -> None:
        """Fill everything under a line, with an optional soft shadow above it.

        Args:
            edge: y of the line at each column, shape (width,).
            colour: at the line.
            other: `depth` pixels under it.
            depth: in pixels.
            shade: how dark the shadow is, 0 to 1.
        """
        reach = 0.045 * self.height if shade else 0.0
        top = max(0, int(float(edge.min()) - reach) - 1)
        window = (slice(top, self.height), slice(0, self.width))
        under = self.y[window[0]] - edge[None, :]
        if shade:
            fall = np.clip(np.float32(1) + under / np.float32(reach), 0, 1)
            self.lay(window, fall * fall * np.float32(shade), (0.0, 0.0, 0.0))
        cover = np.clip(under + np.float32(0.5), 0, 1)
        self.lay(window, cover, colour, other, np.clip(under / np.float32(depth), 0, 1))

    def finished(self, chance: Chance, grain: float = GRAIN) -> NDArray[np.uint8]:
        """Return the picture as pixels of shape (height, width, 3), with grain."""
        count = self.width * self.height
        raw = np.random.PCG64(chance.integer()).random_raw((count + 7) // 8)
        speck = raw.astype("<u8").view(np.uint8)[:count].reshape(self.height, self.width)
        noise = (speck.astype(np.float32) - np.float32(127.5)) * np.float32(grain / 127.5)
        pixels = np.empty((self.height, self.width, 3), np.uint8)
        for at, plane in enumerate(self.planes):
            pixels[:, :, at] = np.clip(plane + noise + np.float32(0.5), 0, 255)
        return pixels


def wander(width: int, chance: Chance, knots: int) -> Plane:
    """Return a smooth line from -1 to 1, shape (width,), of about half as many hills as knots."""
    heights = np.array([chance.between(-1, 1) for _ in range(knots + 3)], np.float32)
    place = np.arange(width, dtype=np.float32) * np.float32(knots / width) + np.float32(1)
    index = place.astype(np.int64)
    t = place - index.astype(np.float32)
    before, here = heights[index - 1], heights[index]
    after, later = heights[index + 1], heights[index + 2]
    # A uniform cubic B-spline: round hills, no flat spots at the knots.
    one, four, three, six = (np.float32(n) for n in (1, 4, 3, 6))
    result: Plane = (
        (one - t) * (one - t) * (one - t) * before
        + (three * t * t * t - six * t * t + four) * here
        + (-three * t * t * t + three * t * t + three * t + one) * after
        + t * t * t * later
    ) / np.float32(4)
    return result
