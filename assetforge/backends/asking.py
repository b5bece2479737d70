"""Questions asked side by side: each waits for the network, and one after another takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

AT_ONCE: Final = 16
"""Speed levels off there for objects of a few kilobytes on loopback."""


def those(true: Callable[[str], bool], names: Sequence[str]) -> set[str]:
    """Return the names of which something is true; what one question raises ends the others."""
    if len(names) < 2:
        return _kept(names, map(true, names))
    pool = ThreadPoolExecutor(min(AT_ONCE, len(names)), "backend")
    try:
        return _kept(names, pool.map(true, names))
    finally:
        pool.shutdown(cancel_futures=True)


def _kept(names: Sequence[str], answers: Iterable[bool]) -> set[str]:
    return {name for name, answer in zip(names, answers, strict=True) if answer}
