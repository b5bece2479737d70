"""One file for each tool: how the graph is described to it, and its commands."""

from __future__ import annotations

from typing import Final

from benchmarks.scale.tool import Tool
from benchmarks.scale.tools import assetforge, doit, dvc, make, ninja, pytask, python, snakemake

TOOLS: Final[dict[str, Tool]] = {
    "assetforge": assetforge.TOOL,
    "python": python.TOOL,
    "ninja": ninja.TOOL,
    "ninja-same": ninja.SAME_ACTIONS,
    "make": make.TOOL,
    "doit": doit.TOOL,
    "snakemake": snakemake.TOOL,
    "dvc": dvc.TOOL,
    "pytask": pytask.TOOL,
}
"""The word on the command line → the tool, in the order of the table."""
