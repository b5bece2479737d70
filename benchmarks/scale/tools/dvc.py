"""DVC: a stage for each target. Outputs and `dvc.lock` are written for it.

`dvc repro` writes `dvc.lock` anew after every stage that ran, so a build takes quadratic time.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import md5
from pathlib import Path
from typing import Final

from benchmarks.scale.graph import Graph, Made, commands, write_sources
from benchmarks.scale.tool import Limit, Tool

CONFIG: Final = "[core]\n    no_scm = True\n    analytics = false\n    check_update = false\n"


def write(graph: Graph, root: Path) -> None:
    """Write the sources, `dvc.yaml`, and what a build would have left."""
    write_sources(graph, root)
    (root / ".dvc").mkdir()
    (root / ".dvc/config").write_text(CONFIG, encoding="utf-8")
    stages, locked = ["stages:\n"], ["schema: '2.0'\nstages:\n"]
    for each in commands(graph):
        stages += _stage(each)
        _run(each, root)
        locked += _locked(each, root)
    (root / "dvc.yaml").write_text("".join(stages), encoding="utf-8")
    (root / "dvc.lock").write_text("".join(locked), encoding="utf-8")


def _name(made: Made) -> str:
    return f"{made.step}-{made.name}"


def _line(made: Made) -> str:
    return f"cat {' '.join(made.sources)} > {made.target}"


def _stage(made: Made) -> Iterator[str]:
    yield f"  {_name(made)}:\n    cmd: {_line(made)}\n    deps:\n"
    yield from (f"    - {each}\n" for each in made.sources)
    yield f"    outs:\n    - {made.target}: {{cache: false}}\n"


def _run(made: Made, root: Path) -> None:
    content = b"".join((root / each).read_bytes() for each in made.sources)
    (root / made.target).write_bytes(content)


def _locked(made: Made, root: Path) -> Iterator[str]:
    yield f"  {_name(made)}:\n    cmd: {_line(made)}\n    deps:\n"
    yield from (_file(each, root) for each in sorted(made.sources))
    yield f"    outs:\n{_file(made.target, root)}"


def _file(name: str, root: Path) -> str:
    content = (root / name).read_bytes()
    digest = md5(content, usedforsecurity=False).hexdigest()
    return f"    - path: {name}\n      hash: md5\n      md5: {digest}\n      size: {len(content)}\n"


TOOL: Final = Tool(
    name="DVC",
    program="dvc",
    origin="pypi",
    package="dvc==3.67.1",
    write=write,
    commands={"noop": ("repro", "--quiet")},
    limit=Limit(1_010, "ten times as many take ten times as long: over a minute to do nothing"),
    left_out={
        "deleted": "one stage of 1,010 took over two minutes, as `dvc.lock` is written anew",
        "message": "as one output deleted, for every stage again",
        "plan": "`dvc repro --dry` fails, as it misses the inputs that stages would make",
        "full": "takes quadratic time; outputs and `dvc.lock` were written beforehand",
    },
)
