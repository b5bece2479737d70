"""pytask: a task for each target, in its own process."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from benchmarks.scale.graph import Graph, write_sources
from benchmarks.scale.tool import Limit, Tool

TASKS: Final = '''\
"""The graph as tasks of pytask."""

from pathlib import Path
from typing import Annotated

from pytask import Product, task

ROOT = Path(__file__).parent
PICTURES = [(f"a{{a}}", f"a{{a}}-{{f}}") for a in range({assets}) for f in range({formats})]
LOCALES = [f"l{{at}}" for at in range({locales})]


def cat(name, sources, target):
    named = {{str(at): ROOT / each for at, each in enumerate(sources)}}

    @task(id=name)
    def task_cat(
        sources: dict[str, Path] = named, target: Annotated[Path, Product] = ROOT / target
    ) -> None:
        target.write_bytes(b"".join(each.read_bytes() for each in sources.values()))


for asset, picture in PICTURES:
    cat(f"compose-{{picture}}", [f"prompts/{{asset}}.txt"], f"out/compose/{{picture}}")
for locale in LOCALES:
    for _, picture in PICTURES:
        edited = f"out/edit/{{locale}}/{{picture}}"
        sources = [f"out/compose/{{picture}}", f"catalogs/{{locale}}.txt"]
        cat(f"edit-{{locale}}-{{picture}}", sources, edited)
        cat(f"export-{{locale}}-{{picture}}", [edited], f"out/export/{{locale}}/{{picture}}")
'''

BUILD: Final = ("build", "--verbose", "0")


def write(graph: Graph, root: Path) -> None:
    """Write the sources, `task_graph.py`, and settings of its own."""
    write_sources(graph, root)
    text = TASKS.format(assets=graph.assets, formats=graph.formats, locales=graph.locales)
    (root / "task_graph.py").write_text(text, encoding="utf-8")
    # It looks for one in all folders above.
    (root / "pyproject.toml").write_text("[tool.pytask.ini_options]\n", encoding="utf-8")


TOOL: Final = Tool(
    name="pytask",
    program="pytask",
    origin="pypi",
    package="pytask==0.6.0",
    write=write,
    commands={
        "noop": BUILD,
        "deleted": BUILD,
        "message": BUILD,
        "plan": (*BUILD, "--dry-run"),
        "full": BUILD,
    },
    state=(".pytask", "pytask.lock", "pytask.lock.journal"),
    limit=Limit(1_010, "10,050 took over a minute with nothing to do, and four to build"),
)
