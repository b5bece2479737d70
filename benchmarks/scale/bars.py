"""What assetforge may take, as shares of what ninja takes, and whether it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from benchmarks import ground
from benchmarks.scale.graph import Graph
from benchmarks.scale.measure import Spent
from benchmarks.scale.table import Results, figures

OURS: Final = "assetforge"

At: TypeAlias = tuple[str, str]
"""A case and a tool."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        words: what is held against it.
        most: what it may be.
        case: ours.
        number: what counts of what was measured.
        yardstick: what that is divided by; nothing where the number stands for itself.
        outputs: how large a graph it is for: at least so many, or at most where `small`.
        small: whether it is for small graphs.
    """

    words: str
    most: float
    case: str
    number: Callable[[Spent, Graph], float | None]
    yardstick: At | None = None
    outputs: int = 100_000
    small: bool = False

    def is_for(self, graph: Graph) -> bool:
        """Tell whether a graph is of the size that it is set for."""
        return graph.outputs <= self.outputs if self.small else graph.outputs >= self.outputs

    def value(self, results: Results) -> float | None:
        """Return what was measured; nothing if it was not."""
        mine = self._number(results, (self.case, OURS))
        if self.yardstick is None or mine is None:
            return mine
        other = self._number(results, self.yardstick)
        return mine / other if other else None

    def _number(self, results: Results, at: At) -> float | None:
        found = results.get(at)
        return self.number(found.spent, found.graph) if found else None


def cpu(spent: Spent, graph: Graph) -> float:
    """Return the CPU seconds."""
    return spent.cpu


def first(spent: Spent, graph: Graph) -> float | None:
    """Return the seconds until the first file was there."""
    return spent.first


def mib(spent: Spent, graph: Graph) -> float:
    """Return the peak of memory."""
    return spent.mib


def cpu_ms_of_each(spent: Spent, graph: Graph) -> float:
    """Return the CPU time that an action takes, in milliseconds."""
    return 1000 * spent.cpu / graph.targets


BARS: Final = (
    Bar("nothing changed: CPU : ninja", 0.2, "noop", cpu, ("noop", "ninja")),
    Bar("nothing changed, every state: CPU : ninja", 0.8, "noop-stat", cpu, ("noop", "ninja")),
    Bar("nothing changed: MiB", 40, "noop", mib),
    Bar("nothing changed: CPU : python -c pass", 3, "noop", cpu, ("noop", "python"), 1_000, True),
    Bar("one output deleted: first : ninja", 0.8, "deleted", first, ("deleted", "ninja")),
    Bar(
        "one message changed: first : ninja, one output deleted",
        0.6,
        "message",
        first,
        ("deleted", "ninja"),
    ),
    Bar("whole plan from nothing: CPU : ninja", 5, "plan", cpu, ("plan", "ninja")),
    Bar("whole plan from nothing: MiB", 300, "plan", mib),
    Bar("full build: CPU ms an action", 1.5, "full", cpu_ms_of_each),
)
"""Most are set for 100,000 outputs; below that it is only said how far they are."""


def bars_of(graph: Graph, results: Results) -> str:
    """Return what was measured of all bars, as a table; nothing where none was."""
    rows = list(_rows(graph, results))
    return f"**Bars**\n\n{ground.table(rows)}" if rows else ""


def _rows(graph: Graph, results: Results) -> Iterator[dict[str, object]]:
    for bar in BARS:
        value = bar.value(results)
        if value is None or (bar.small and not bar.is_for(graph)):
            continue
        if bar.is_for(graph):
            word = "over" if value > bar.most else "kept"
        else:
            word = f"set for {bar.outputs:,} outputs"
        yield {"what": bar.words, "at most": bar.most, "measured": figures(value), "": word}
