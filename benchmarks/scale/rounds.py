"""The tools in turn, round after round, so that what disturbs one disturbs all."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.scale.cases import CASES, Site, measured, remove, write
from benchmarks.scale.graph import Graph
from benchmarks.scale.measure import CommandFailed, Spent, spent_by
from benchmarks.scale.table import Measured
from benchmarks.scale.tools import TOOLS


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often each command is run: so many times, but not again once it took so many seconds."""

    count: int
    seconds: float
    fresh: bool = False

    def are_over(self, done: Sequence[Spent]) -> bool:
        """Tell whether there were enough."""
        return len(done) >= self.count or sum(each.wall for each in done) > self.seconds


@dataclass(slots=True)
class Measuring:
    """The trees of one size, what they took, and what is to be said about it."""

    asked: Graph
    rounds: Rounds
    sites: dict[str, Site] = field(default_factory=dict)
    spent: dict[tuple[str, str], list[Spent]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def try_once(self, case: str, tool: str) -> None:
        """Run a case once; a tool that fails in it is not asked again."""
        _say(f"{CASES[case].title}: {self.sites[tool].tool.name}")
        try:
            self.spent.setdefault((case, tool), []).append(measured(case, self.sites[tool]))
        except CommandFailed as error:
            del self.spent[case, tool]
            self.notes.append(f"{self.sites[tool].tool.name}, {case}: failed with {error}")

    def have_trees(self) -> None:
        """Build each tool's tree, if it is not there from before; that is the full build."""
        for tool, site in list(self.sites.items()):
            if not self.rounds.fresh and (kept := _kept(site)) is not None:
                self.spent["full", tool] = kept
                continue
            remove(_mark(site))
            self._build(tool, site)

    def _build(self, tool: str, site: Site) -> None:
        if "full" in site.tool.commands:
            self.try_once("full", tool)
            if ("full", tool) not in self.spent:
                del self.sites[tool]
                return
        else:
            write(site)
        done = [asdict(each) for each in self.spent.get(("full", tool), [])]
        _mark(site).write_text(json.dumps(done), encoding="utf-8")

    def in_turn(self, name: str) -> None:
        """Run a case as often as it has to be, one tool after the other in each round.

        The full build has made the trees already.
        """
        for at in range(self.rounds.count if name != "full" else 0):
            for tool, site in self.sites.items():
                done = self.spent.get((name, tool), [])
                due = len(done) == at and not self.rounds.are_over(done)
                if due and name in site.tool.commands:
                    self.try_once(name, tool)

    def results(self) -> dict[tuple[str, str], Measured]:
        """Return what was measured until now."""
        return {at: self._measured(at[1], done) for at, done in self.spent.items() if done}

    def _measured(self, tool: str, done: Sequence[Spent]) -> Measured:
        site = self.sites[tool]
        cut = site.graph != _uncut(tool, self.asked)
        return Measured(site.tool.name, site.graph, cut, tuple(done))


def begin(asked: Graph, tools: Sequence[str], work: Path, rounds: Rounds) -> Measuring:
    """Return the measuring of some tools on a graph, with trees that are built."""
    measuring = Measuring(asked, rounds)
    for tool in tools:
        site, noted = _site(tool, asked, work)
        measuring.notes += noted
        if site is not None:
            measuring.sites[tool] = site
    measuring.have_trees()
    for site in measuring.sites.values():
        _settle(site)
    return measuring


def _uncut(tool: str, asked: Graph) -> Graph:
    return asked if TOOLS[tool].same_actions else asked.halved()


def _site(tool: str, asked: Graph, work: Path) -> tuple[Site | None, list[str]]:
    """Return where a tool is measured, and what is to be said about it."""
    known = TOOLS[tool]
    program = known.find(work)
    if program is None:
        return None, [f"{known.name}: left out, as it is not here; {known.how_to_get(work)}"]
    graph = known.graph(asked)
    notes = [f"{known.name}, {case}: {why}" for case, why in known.left_out.items()]
    if known.limit and graph != _uncut(tool, asked):
        notes.append(f"{known.name}: {graph.targets:,} targets, no more: {known.limit.why}")
    name = f"{tool}-{graph.assets}x{graph.formats}x{graph.locales}"
    return Site(known, graph, program, work / name), notes


def _settle(site: Site) -> None:
    """Run a build with nothing to do, so that all is in memory and noted that will be."""
    with suppress(CommandFailed):
        spent_by(site.command("noop"), site.root)


def _mark(site: Site) -> Path:
    return site.root.with_name(f"{site.root.name}.built.json")


def _kept(site: Site) -> list[Spent] | None:
    """Return what the build of a tree took that is there from an earlier run."""
    try:
        found = json.loads(_mark(site).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return [Spent(**each) for each in found]


def _say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)
