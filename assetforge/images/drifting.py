"""What changed in a picture where nothing should have, and how much of it the eye sees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL.Image import Image, Resampling

from assetforge.images.bands import Band, bands
from assetforge.images.comparison import CHANGED, box_around, dhash, differ, grey, pale, samples
from assetforge.images.weights import Weights

Box: TypeAlias = tuple[int, int, int, int]
"""x, y, width, height in pixels."""

MOST_BOXES: Final = 8
"""Up to this many boxes say where a picture changed, the fullest first."""

CELLS: Final = 48
"""The longer edge of a picture is divided into so many cells; changes in neighbours are one."""

MAP_EDGE: Final = 400
"""The longest edge of a map, in pixels."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed where nothing is kept of the new picture.

    Attributes:
        protected: pixels that should not have changed.
        touched: those of them whose samples are not the same.
        changed: those of them that visibly differ.
        distance: how far the coarse shapes of what should not have changed are apart, 0 to 64.
        boxes: around what visibly differs, the fullest first, at most `MOST_BOXES`.
        map: the old picture in pale grey, small, with what visibly differs in red.
    """

    protected: int
    touched: int
    changed: int
    distance: int
    boxes: tuple[Box, ...]
    map: Image

    @property
    def permille(self) -> int:
        """Share of the protected pixels that visibly differ, rounded down."""
        return self.changed * 1000 // max(1, self.protected)

    def exceeds(self, percent: int) -> bool:
        """Tell whether more than so much of what is protected visibly differs."""
        return self.changed * 100 > percent * self.protected


def drift(before: Image, after: Image, weights: Weights) -> Drift:
    """Look at what changed where the weights are 0, in two pictures of one size."""
    distance = _distance(before, after, weights)
    changed = np.zeros((after.height, after.width), dtype=np.uint8)
    protected = touched = 0
    for band in bands(after.size):
        kept = weights(band)
        fixed = kept == 0
        other = _other(before, after, band) & fixed
        protected += int(np.count_nonzero(fixed))
        if count := int(np.count_nonzero(other)):
            touched += count
            seen = differ(samples(before, band), samples(after, band)) & other
            changed[band[1] : band[3]] = np.where(seen, 255, 0)
    return Drift(
        protected=protected,
        touched=touched,
        changed=int(np.count_nonzero(changed)),
        distance=distance,
        boxes=_boxes(changed),
        map=_map(before, changed),
    )


def _distance(before: Image, after: Image, weights: Weights) -> int:
    """Return how far the coarse shapes are apart, what may change left out."""
    old, new = grey(before), grey(after)
    for band in bands(after.size):
        new.paste(old.crop(band), band[:2], PIL.Image.fromarray(weights(band) > 0))
    return (dhash(old) ^ dhash(new)).bit_count()


def _other(before: Image, after: Image, band: Band) -> NDArray[np.bool_]:
    """Return which pixels of a band do not have the same samples."""
    cut = (each.crop(band).convert("RGBA") for each in (before, after))
    one, two = (np.asarray(each).view(np.uint32)[..., 0] for each in cut)  # four bytes as one
    return np.asarray(one != two)


def _boxes(changed: NDArray[np.uint8]) -> tuple[Box, ...]:
    cell = -(-max(changed.shape) // CELLS)
    found = []
    for top, left, bottom, right in _groups(_by_cell(changed, cell)):
        part = changed[top * cell : bottom * cell, left * cell : right * cell]
        x, y, width, height = box_around(part > 0)
        box = (left * cell + x, top * cell + y, width, height)
        found.append((-int(np.count_nonzero(part)), box))
    return tuple(box for _, box in sorted(found)[:MOST_BOXES])


def _by_cell(changed: NDArray[np.uint8], cell: int) -> set[tuple[int, int]]:
    """Return row and column of the cells in which something changed."""
    rows = np.logical_or.reduceat(changed, range(0, changed.shape[0], cell), axis=0)
    cells = np.logical_or.reduceat(rows, range(0, changed.shape[1], cell), axis=1)
    return {(int(row), int(column)) for row, column in np.argwhere(cells)}


def _groups(cells: set[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """Yield top, left, bottom and right of each group of cells that touch, corners too."""
    while cells:
        group = [cells.pop()]
        for row, column in group:
            near = {(row + down, column + across) for down in (-1, 0, 1) for across in (-1, 0, 1)}
            group += near & cells
            cells -= near
        rows, columns = [each[0] for each in group], [each[1] for each in group]
        yield min(rows), min(columns), max(rows) + 1, max(columns) + 1


def _map(before: Image, changed: NDArray[np.uint8]) -> Image:
    scale = min(1.0, MAP_EDGE / max(before.size))
    size = (max(1, round(before.width * scale)), max(1, round(before.height * scale)))
    small = before.resize(size, Resampling.LANCZOS, reducing_gap=2.0)
    # A few shades are enough to tell where one is, and pack well.
    shown = pale(small).point([each & 0xF8 for each in range(256)] * 3)
    # One pixel in sixteen is enough for full red: a lone one would hardly be seen.
    share = PIL.Image.fromarray(changed).resize(size, Resampling.BOX)
    shown.paste(CHANGED, mask=share.point([min(255, each * 16) for each in range(256)]))
    return shown
