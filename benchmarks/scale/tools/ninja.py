"""ninja: one `build` line for each target, on the graph with one format and on the one with all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks.scale.graph import Graph, commands, write_sources
from benchmarks.scale.tool import Tool

HEAD: Final = "rule cat\n  command = cat $in > $out\n"


def write(graph: Graph, root: Path) -> None:
    """Write the sources and `build.ninja`."""
    write_sources(graph, root)
    lines = (f"build {each.target}: cat {' '.join(each.sources)}\n" for each in commands(graph))
    (root / "build.ninja").write_text(HEAD + "".join(lines), encoding="utf-8")


BUILD: Final = ("--quiet",)

TOOL: Final = Tool(
    name="ninja",
    program="ninja",
    origin="system",
    package="ninja (Debian: ninja-build)",
    write=write,
    commands={
        "noop": BUILD,
        "deleted": BUILD,
        "message": BUILD,
        "plan": ("-n",),
        "full": BUILD,
    },
    state=(".ninja_log", ".ninja_deps"),
)

SAME_ACTIONS: Final = replace(TOOL, name="ninja, same actions", same_actions=True)
