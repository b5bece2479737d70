"""assetforge beside make, ninja, doit, Snakemake, DVC and pytask, on the same graph at any size.

`python -m benchmarks.scale --install` installs those that come from PyPI below the work folder and
measures all of them; what is in the way of a tool is said, and the others go on without it.
Trees stay in the work folder and are used again, as a build of 100,000 pictures takes minutes.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.scale import table
from benchmarks.scale.bars import bars_of
from benchmarks.scale.cases import CASES
from benchmarks.scale.graph import Graph
from benchmarks.scale.install import install
from benchmarks.scale.rounds import Rounds, begin
from benchmarks.scale.tools import TOOLS
from benchmarks.scale.where import CASES_OF_WHERE, where_it_goes


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what is asked for and print it; exit with 1 if a command failed."""
    if sys.platform == "win32":
        sys.exit("this system does not tell what a process took; run it on Linux or macOS")
    given = parsed(arguments)
    work = given.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    if given.install:
        install([TOOLS[each] for each in given.tools], work)
    rounds = Rounds(given.rounds, given.seconds, given.fresh)
    print(about(), flush=True)
    sizes: list[tuple[Graph, table.Results]] = []
    notes: list[str] = []
    for count in given.assets:
        graph = Graph(count, given.formats, given.locales)
        print(f"\n## {graph.outputs:,} outputs, {graph.targets:,} actions", flush=True)
        measuring = begin(graph, given.tools, work, rounds)
        for case in given.cases:
            measuring.in_turn(case)
            show(table.table(case, measuring.results()))
        results = measuring.results()
        show(bars_of(graph, results))
        notes += [each for each in measuring.notes if each not in notes]
        sizes.append((graph, results))
    if len(sizes) > 1:
        show(table.growth(sizes))
    show("\n".join(f"* {each}" for each in notes))
    if given.where:
        show(where_it_goes(sizes[-1][0], given.where, work))
    sys.exit(1 if any(": failed" in each for each in notes) else 0)


def show(text: str) -> None:
    """Print a part as soon as it is known, as a whole run may take an hour."""
    if text:
        print(f"\n{text}", flush=True)


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    several = "several with commas"
    parser.add_argument("--assets", type=numbers, default=[50], help=several)
    parser.add_argument("--formats", type=int, default=2)
    parser.add_argument("--locales", type=int, default=100)
    parser.add_argument("--tools", type=Words(TOOLS), default=list(TOOLS), help=several)
    parser.add_argument("--cases", type=Words(CASES), default=list(CASES), help=several)
    parser.add_argument("--rounds", type=int, default=5, help="the median counts")
    parser.add_argument(
        "--seconds", type=float, default=30, help="no further round of a tool after so many"
    )
    parser.add_argument(
        "--where", type=Words(CASES_OF_WHERE), default=[], help=f"where our time goes; {several}"
    )
    parser.add_argument("--work", type=Path, default=Path("build/scale"), help="a folder")
    parser.add_argument("--install", action="store_true", help="install tools from PyPI there")
    parser.add_argument("--fresh", action="store_true", help="use no tree of an earlier run")
    return parser.parse_args(arguments)


def numbers(text: str) -> list[int]:
    """Return the numbers of a list with commas."""
    return [int(each) for each in text.split(",")]


class Words:
    """Reads a list with commas, of words that are known."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known

    def __call__(self, text: str) -> list[str]:
        """Return the words.

        Raises:
            argparse.ArgumentTypeError: one of them is not known.
        """
        given = text.split(",")
        if unknown := [each for each in given if each not in self.known]:
            raise argparse.ArgumentTypeError(
                f"unknown: {', '.join(unknown)}; known: {', '.join(self.known)}"
            )
        return given


def about() -> str:
    """Return the day, the system, and how busy it is."""
    day = datetime.now(UTC).date().isoformat()
    assert sys.platform != "win32", "its load is not told"
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{day}; {platform.system()}, {os.cpu_count()} processors, load {load}; {python}"


if __name__ == "__main__":
    main()
