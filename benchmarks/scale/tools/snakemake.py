"""Snakemake: three rules with wildcards."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from benchmarks.scale.graph import Graph, write_sources
from benchmarks.scale.tool import Limit, Tool

SNAKEFILE: Final = """\
PICTURES = [f"a{{a}}-{{f}}" for a in range({assets}) for f in range({formats})]
LOCALES = [f"l{{at}}" for at in range({locales})]


rule all:
    input: expand("out/export/{{locale}}/{{picture}}", locale=LOCALES, picture=PICTURES)

rule compose:
    input: "prompts/{{asset}}.txt"
    output: "out/compose/{{asset}}-{{format}}"
    shell: "cat {{input}} > {{output}}"

rule edit:
    input: "out/compose/{{picture}}", "catalogs/{{locale}}.txt"
    output: "out/edit/{{locale}}/{{picture}}"
    shell: "cat {{input}} > {{output}}"

rule export:
    input: "out/edit/{{locale}}/{{picture}}"
    output: "out/export/{{locale}}/{{picture}}"
    shell: "cat {{input}} > {{output}}"
"""

BUILD: Final = ("--cores", str(os.cpu_count() or 1), "--quiet", "all")


def write(graph: Graph, root: Path) -> None:
    """Write the sources and `Snakefile`."""
    write_sources(graph, root)
    text = SNAKEFILE.format(assets=graph.assets, formats=graph.formats, locales=graph.locales)
    (root / "Snakefile").write_text(text, encoding="utf-8")


TOOL: Final = Tool(
    name="Snakemake",
    program="snakemake",
    origin="pypi",
    package="snakemake==9.27.1",
    write=write,
    commands={
        "noop": BUILD,
        "deleted": BUILD,
        "message": BUILD,
        "plan": ("--dry-run", *BUILD),
        "full": BUILD,
    },
    state=(".snakemake",),
    limit=Limit(1_010, "a job takes some 20 ms, so building 100,500 takes half an hour"),
)
