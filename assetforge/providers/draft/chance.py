"""Numbers that look random and are the same in every process: drawn from SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Chance:
    """A stream of numbers decided by a seed alone."""

    def __init__(self, *seed: object) -> None:
        self._seed = "\0".join(map(str, seed)).encode("utf-8", "surrogatepass")
        self._drawn = 0

    def integer(self) -> int:
        """Return the next 32 bits."""
        self._drawn += 1
        digest = hashlib.sha256(self._seed + self._drawn.to_bytes(4, "big")).digest()
        return int.from_bytes(digest[:4], "big")

    def between(self, low: float, high: float) -> float:
        """Return a number from `low` up to `high`."""
        return low + (high - low) * (self.integer() / 2**32)

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items."""
        return items[self.integer() % len(items)]

    def direction(self) -> tuple[float, float]:
        """Return a unit vector, without sine or cosine, which may differ by machine."""
        t = self.between(-1, 1)
        across, down = (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)
        return (across, down) if self.integer() % 2 else (-across, down)

    def unit_tilt(self) -> tuple[float, float]:
        """Return the cosine and sine of an angle within 30 degrees either way."""
        t = self.between(-0.26, 0.26)
        return (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)
