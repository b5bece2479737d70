"""doit: a task for each target whose action is a call in its own process."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from benchmarks.scale.graph import Graph, write_sources
from benchmarks.scale.tool import Tool

DODO: Final = '''\
"""The graph as tasks of doit."""

from pathlib import Path

ASSETS, FORMATS, LOCALES = {assets}, {formats}, {locales}
PICTURES = [(a, f"a{{a}}-{{f}}") for a in range(ASSETS) for f in range(FORMATS)]
DOIT_CONFIG = {{"backend": "dbm", "dep_file": ".doit.db", "reporter": "error-only"}}


def cat(sources, target):
    Path(target).write_bytes(b"".join(Path(each).read_bytes() for each in sources))


def task(name, sources, target):
    return {{
        "name": name,
        "actions": [(cat, [sources, target])],
        "file_dep": sources,
        "targets": [target],
    }}


def task_compose():
    for asset, picture in PICTURES:
        yield task(picture, [f"prompts/a{{asset}}.txt"], f"out/compose/{{picture}}")


def task_edit():
    for at in range(LOCALES):
        for _, picture in PICTURES:
            sources = [f"out/compose/{{picture}}", f"catalogs/l{{at}}.txt"]
            yield task(f"l{{at}}-{{picture}}", sources, f"out/edit/l{{at}}/{{picture}}")


def task_export():
    for at in range(LOCALES):
        for _, picture in PICTURES:
            sources = [f"out/edit/l{{at}}/{{picture}}"]
            yield task(f"l{{at}}-{{picture}}", sources, f"out/export/l{{at}}/{{picture}}")
'''


def write(graph: Graph, root: Path) -> None:
    """Write the sources and `dodo.py`."""
    write_sources(graph, root)
    text = DODO.format(assets=graph.assets, formats=graph.formats, locales=graph.locales)
    (root / "dodo.py").write_text(text, encoding="utf-8")


TOOL: Final = Tool(
    name="doit",
    program="doit",
    origin="pypi",
    package="doit==0.37.0",
    write=write,
    commands={
        "noop": (),
        "deleted": (),
        "message": (),
        "plan": ("list", "--all", "--status"),
        "full": (),
    },
    state=(".doit.db", ".doit.db.db", ".doit.db.dat", ".doit.db.dir", ".doit.db.bak"),
    left_out={"plan": "has no dry run; `doit list --all --status` stands in for it"},
)
