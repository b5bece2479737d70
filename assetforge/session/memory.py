"""What a process that runs for hours holds of memory that it has given back."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

ARENA_MAX: Final = -8
"""Name of the setting. Source: mallopt(3), M_ARENA_MAX."""

ARENAS: Final = 2


def keep_little() -> None:
    """Have threads share their heaps, where the system's C library gives each its own.

    Pictures pass through many short threads; each heap would keep room for the largest.
    """
    if sys.platform == "linux":
        set_to = getattr(ctypes.CDLL(None), "mallopt", None)  # others than glibc have none
        if set_to is not None:
            set_to(ARENA_MAX, ARENAS)
