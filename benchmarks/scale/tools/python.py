"""`python -c pass`: what no tool in Python can be faster than."""

from __future__ import annotations

from typing import Final

from benchmarks.scale.tool import Tool

TOOL: Final = Tool(
    name="python -c pass",
    program="python",
    origin="here",
    package="Python",
    write=lambda graph, root: None,
    commands={"noop": ("-c", "pass")},
    same_actions=True,
)
