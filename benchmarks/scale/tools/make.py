"""GNU make: a rule for each target, and none of its built-in ones."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.scale.graph import Graph, commands, write_sources
from benchmarks.scale.tool import Tool

BUILD: Final = ("-rR", "--silent", f"-j{os.cpu_count() or 1}")


def write(graph: Graph, root: Path) -> None:
    """Write the sources and `Makefile`."""
    write_sources(graph, root)
    (root / "Makefile").write_text("".join(_rules(graph)), encoding="utf-8")


def _rules(graph: Graph) -> Iterator[str]:
    # In one line: make appends what another line adds by walking over all that is there.
    exported = (each.target for each in commands(graph) if each.step == "export")
    yield f".PHONY: all\nall: {' '.join(exported)}\n"
    for each in commands(graph):
        yield f"{each.target}: {' '.join(each.sources)}\n\tcat $^ > $@\n"


TOOL: Final = Tool(
    name="make",
    program="make",
    origin="system",
    package="GNU make",
    write=write,
    commands={
        "noop": BUILD,
        "deleted": BUILD,
        "message": BUILD,
        "plan": ("-rR", "-n"),
        "full": BUILD,
    },
)
