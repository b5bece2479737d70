"""What is made once for all variants that show it the same.

What is made of a variant reads some of what it shows: one axis, its locale. The outcome is kept
under what was read, in the order of reading: which name is read next depends on nothing but the
values read before it. So a variant that shows the same under those names has that outcome.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Generic, TypeVar

T = TypeVar("T")

Shows = Callable[[str], Hashable]
"""Returns what a variant shows under a name; the same for every name it has nothing under."""


MOST_KEPT = 4096
"""How many outcomes are kept at once; then all are forgotten."""


@dataclass(frozen=True, slots=True)
class _Fork:
    """A name that is read next, and what follows for each of its values."""

    name: str
    ways: dict[Hashable, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Leaf(Generic[T]):
    outcome: T


class Shared(Generic[T]):
    """The outcomes of one making, by what each was made from."""

    __slots__ = ("_kept", "_root")

    def __init__(self) -> None:
        self._root: _Fork | _Leaf[T] | None = None
        self._kept = 0

    def find(self, shows: Shows) -> T | None:
        """Return what was made of a variant that shows the same, if there was one."""
        node = self._root
        while type(node) is _Fork:
            node = node.ways.get(shows(node.name))
        return node.outcome if type(node) is _Leaf else None

    def keep(self, reads: Mapping[str, Hashable], outcome: T) -> None:
        """Keep an outcome under what it was made from, in the order of reading."""
        if self._kept == MOST_KEPT:
            self._root, self._kept = None, 0
        self._kept += 1
        pairs = [*reads.items()]
        if not pairs:
            assert self._root is None, "BUG: something that reads nothing is made twice"
            self._root = _Leaf(outcome)
            return
        if self._root is None:
            self._root = _Fork(pairs[0][0])
        fork = self._root
        for (name, value), (following, _) in pairwise(pairs):
            assert isinstance(fork, _Fork), "BUG: fewer names are read of equal values"
            assert fork.name == name, "BUG: another name is read after equal values"
            fork = fork.ways.setdefault(value, _Fork(following))
        assert isinstance(fork, _Fork), "BUG: fewer names are read of equal values"
        name, value = pairs[-1]
        assert fork.name == name, "BUG: another name is read after equal values"
        assert value not in fork.ways, "BUG: something is made twice of equal values"
        fork.ways[value] = _Leaf(outcome)
