"""The table, in Markdown: one for each case and size, medians, ratios to ninja, and growth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, TypeAlias

from benchmarks import ground
from benchmarks.scale.cases import CASES
from benchmarks.scale.graph import Graph
from benchmarks.scale.measure import Spent, median
from benchmarks.scale.tools import TOOLS

NONE: Final = "-"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a tool took in one case: its name, its graph, whether that was cut, and each round."""

    tool: str
    graph: Graph
    cut: bool
    rounds: tuple[Spent, ...]

    @property
    def spent(self) -> Spent:
        """The median."""
        return median(self.rounds)


Results: TypeAlias = Mapping[tuple[str, str], Measured]
"""Case and tool, each by its word on the command line → what was measured, at one size."""


def table(case: str, results: Results) -> str:
    """Return a heading and a table of one case; nothing if it was not measured."""
    rows = [row(case, each, results) for (of, _), each in results.items() if of == case]
    return f"**{CASES[case].title}**\n\n{ground.table(rows)}" if rows else ""


def row(case: str, measured: Measured, results: Results) -> dict[str, object]:
    """Return what one tool took in one case."""
    spent = measured.spent
    cells: dict[str, object] = {
        "tool": measured.tool,
        "targets": f"{measured.graph.targets:,}",
        "CPU s": seconds(spent.cpu),
        "wall s": seconds(spent.wall),
        "MiB": f"{spent.mib:.0f}",
    }
    if CASES[case].first:
        cells["first s"] = NONE if spent.first is None else seconds(spent.first)
    if case == "full":
        cells["CPU ms a target"] = f"{1000 * spent.cpu / measured.graph.targets:.2f}"
    for tool, of in CASES[case].yardsticks:
        cells[heading(case, tool, of)] = ratios(measured, results.get((of, tool)))
    return {**cells, "rounds": len(measured.rounds)}


def heading(case: str, tool: str, of: str) -> str:
    """Return what stands above ratios to a tool in a case, which may be another one than this."""
    words = f": {TOOLS[tool].name}"
    return f"{words}, one output deleted" if case == "message" and of == "deleted" else words


def ratios(measured: Measured, yardstick: Measured | None) -> str:
    """Return CPU, wall and memory, and the time to the first file, over those of a yardstick."""
    if yardstick is None or measured.cut:
        return NONE
    mine, other = measured.spent, yardstick.spent
    pairs = [(mine.cpu, other.cpu), (mine.wall, other.wall), (mine.mib, other.mib)]
    if mine.first is not None and other.first:
        pairs.append((mine.first, other.first))
    return " / ".join(figures(ours / theirs) for ours, theirs in pairs)


def growth(sizes: Sequence[tuple[Graph, Results]]) -> str:
    """Return a table of CPU seconds at each size, and of how they grew from one to the next.

    A growth of 1.00 is linear: so many times as many outputs, so many times the CPU time.
    """
    rows = []
    for case, tool in sizes[-1][1]:
        found = [(graph, each[case, tool]) for graph, each in sizes if (case, tool) in each]
        if len(found) == len(sizes) and not any(each.cut for _, each in found):
            rows.append({"case": CASES[case].title, "tool": found[0][1].tool, **grown(found)})
    return f"**Growth**\n\n{ground.table(rows)}" if rows else ""


def grown(found: Sequence[tuple[Graph, Measured]]) -> dict[str, str]:
    """Return the columns of one row of that table."""
    cells = {f"{graph.outputs:,}: CPU s": seconds(each.spent.cpu) for graph, each in found}
    for (small, before), (large, after) in pairwise(found):
        times = after.spent.cpu / before.spent.cpu / (large.outputs / small.outputs)
        cells[f"to {large.outputs:,}"] = f"{times:.2f}"
    return cells


def figures(value: float) -> str:
    """Return a ratio with two or three figures: `0.03`, `1.52`, `37.5`, `279`."""
    return f"{value:.{2 if value < 10 else 1 if value < 100 else 0}f}"


def seconds(value: float) -> str:
    """Return three figures that count: `0.0143`, `1.52`, `157`."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.{2 if value >= 1 else 3 if value >= 0.1 else 4}f}"
