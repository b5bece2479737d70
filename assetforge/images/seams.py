"""The edge between what a model drew and what was put back: whether it can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Image

from assetforge.images.bands import bands
from assetforge.images.comparison import FARTHEST, YIQ, samples, seen
from assetforge.images.weights import Weights

CELL: Final = 8
"""Edge of the squares, in pixels, whose mean colours are compared: tones, not texture."""

LEVEL: Final = 3.8
"""One of 256 steps of grey, in permille of the greatest difference of two colours."""

HIDDEN: Final = 0.5
"""A step of tone is hidden by texture that deviates by this many times as much."""

STEP: Final = 10
"""From here on, in permille and beyond what texture hides, a step of tone is seen."""


@dataclass(frozen=True, slots=True)
class Seam:
    """How tones differ along the edge.

    Attributes:
        cells: squares that the edge runs through.
        step_permille: the mean step of tone there, in permille of the greatest difference.
        seen_permille: share of these squares where the step is seen.
        worst: x, y, width and height of the square with the greatest step; None: there is no edge.
    """

    cells: int
    step_permille: int
    seen_permille: int
    worst: tuple[int, int, int, int] | None


def seam(before: Image, after: Image, weights: Weights) -> Seam:
    """Compare two pictures of one size, before they are joined, along the edge of the weights."""
    edge, texture = _cells(before, weights)
    one, two = (each.reduce(CELL) for each in (before, after))
    everything = (0, 0, *one.size)
    apart = samples(one, everything) - samples(two, everything)
    black, white = apart[..., :3], apart[..., :3] - apart[..., 3:]
    step = np.sqrt(np.maximum(seen(black), seen(white)) / FARTHEST) * 1000
    visible = np.where(edge, step - HIDDEN * LEVEL * texture, 0)
    cells = int(np.count_nonzero(edge))
    if not cells:
        return Seam(0, 0, 0, None)
    row, column = (int(each) for each in np.unravel_index(np.argmax(visible), visible.shape))
    count = int(np.count_nonzero(visible > STEP))
    worst = (column * CELL, row * CELL, CELL, CELL)
    return Seam(cells, int(step[edge].mean()), count * 1000 // cells, worst)


def _cells(before: Image, weights: Weights) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """Return which squares the edge runs through, and how much the greys of each deviate."""
    lowest, highest, texture = [], [], []
    for band in bands(before.size, CELL):
        kept = weights(band)
        lowest.append(_by_cell(np.minimum, kept))
        highest.append(_by_cell(np.maximum, kept))
        texture.append(_deviation(samples(before, band)[..., :3] @ YIQ[0]))
    edge = _edge(np.concatenate(lowest), np.concatenate(highest))
    return edge, np.concatenate(texture)


def _edge(lowest: NDArray[np.float32], highest: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return the squares that are kept in part, or whole beside one of which nothing is kept."""
    nothing = np.pad(highest == 0, 1)
    beside = nothing[:-2, 1:-1] | nothing[2:, 1:-1] | nothing[1:-1, :-2] | nothing[1:-1, 2:]
    return np.asarray((highest > 0) & ((lowest < 255) | beside))


def _deviation(greys: NDArray[np.float32]) -> NDArray[np.float32]:
    count = _by_cell(np.add, np.ones_like(greys))
    mean = _by_cell(np.add, greys) / count
    spread = _by_cell(np.add, greys * greys) / count - mean * mean
    return np.asarray(np.sqrt(np.maximum(spread, 0)), np.float32)


def _by_cell(reduce: np.ufunc, values: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return what a function makes of each square of a band; those at its end may be smaller."""
    rows = reduce.reduceat(values, range(0, values.shape[0], CELL), axis=0)
    return np.asarray(reduce.reduceat(rows, range(0, values.shape[1], CELL), axis=1), np.float32)
