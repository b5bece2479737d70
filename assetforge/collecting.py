"""How often Python looks for objects that only refer to each other."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 100_000, 1_000, 1_000
"""Objects made between two looks at the young ones; looks between two at older ones."""


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Have Python look seldom inside: much is made that stays, and looking at all of it is slow."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)
