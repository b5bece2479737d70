"""Where our own time goes: imports, and the shares of modules in what is left."""

from __future__ import annotations

import pstats
import re
import sys
import sysconfig
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

import assetforge
from benchmarks import ground
from benchmarks.scale.cases import CASES, Site, remove
from benchmarks.scale.counts import imports_of, said_by, system_calls
from benchmarks.scale.graph import Graph
from benchmarks.scale.measure import CommandFailed
from benchmarks.scale.tools import TOOLS

CASES_OF_WHERE: Final = tuple(TOOLS["assetforge"].commands)

SHOWN: Final = 12
"""How many parts are told apart; the others are one."""

OURS: Final = Path(assetforge.__file__).parent
LIBRARIES: Final = Path(sysconfig.get_path("purelib"))
STANDARD: Final = Path(sysconfig.get_path("stdlib"))

Function: TypeAlias = tuple[str, int, str]
"""File, line and name of a function, as the profiler notes it; `~` is no file but C."""


def where_it_goes(graph: Graph, cases: Sequence[str], work: Path) -> str:
    """Return where the time of assetforge goes in some cases, on a tree that is built."""
    name = f"assetforge-{graph.assets}x{graph.formats}x{graph.locales}"
    site = Site(TOOLS["assetforge"], graph, sys.executable, work / name)
    if not site.output.exists():
        return f"where our time goes: nothing is built in '{site.root}'"
    try:
        return "\n\n".join(of_case(case, site) for case in cases)
    except CommandFailed as error:
        return f"where our time goes: failed with {error}"


def of_case(case: str, site: Site) -> str:
    """Return where the time goes in one case."""
    arguments = site.tool.commands[case]
    with _prepared(case, site) as folder:
        imported = imports_of(arguments, folder)
    with _prepared(case, site) as folder:
        asked = system_calls(arguments, folder)
    with _prepared(case, site) as folder:
        own = own_times(arguments, folder)
    lines = [
        f"**{CASES[case].title}: where our time goes**\n",
        f"{_imported(imported)}; {_asked(asked)}. Shares of the main thread's own time:\n",
        ground.table(list(rows(own))),
    ]
    return "\n".join(lines)


def _imported(imported: Mapping[str, int]) -> str:
    """Return what imports came to; measuring each takes some time too."""
    packages: Counter[str] = Counter()
    for name, micros in imported.items():
        packages[name.partition(".")[0]] += micros
    most = ", ".join(f"{name} {micros / 1000:.0f}" for name, micros in packages.most_common(6))
    whole = sum(imported.values()) / 1000
    return f"{len(imported):,} modules imported in {whole:.0f} ms ({most})"


def _asked(asked: Counter[str] | None) -> str:
    if asked is None:
        return "system calls were not counted, as `strace` is not here"
    most = ", ".join(f"{name} {count:,}" for name, count in asked.most_common(4))
    return f"{sum(asked.values()):,} system calls ({most})"


@contextmanager
def _prepared(case: str, site: Site) -> Iterator[Path]:
    """Make it so for a case; a full build has a tree of its own."""
    if case != "full":
        with CASES[case].around(site) as folder:
            yield folder
        return
    apart = replace(site, root=site.root.with_name(f"{site.root.name}-where"))
    with CASES[case].around(apart) as folder:
        yield folder
    for each in (apart.root, apart.bare):
        remove(each)


def own_times(arguments: Sequence[str], folder: Path) -> dict[Function, float]:
    """Return function → seconds in itself, of the main thread, by Python's profiler.

    Raises:
        CommandFailed: the exit code is not 0.
    """
    with tempfile.TemporaryDirectory(prefix="assetforge-bench-") as name:
        noted = Path(name) / "profile"
        said_by([sys.executable, "-m", "cProfile", "-o", str(noted), *arguments], folder)
        stats: Mapping[Function, tuple[int, int, float, float, object]]
        stats = vars(pstats.Stats(str(noted)))["stats"] if noted.exists() else {}
    return {function: each[2] for function, each in stats.items()}


def rows(own: Mapping[Function, float]) -> Iterator[dict[str, object]]:
    """Yield the parts with the largest shares, and the others as one."""
    parts: Counter[str] = Counter()
    for function, seconds in own.items():
        parts[part(function)] += seconds  # type: ignore[assignment]  # a counter of seconds
    whole = sum(parts.values()) or 1
    largest = parts.most_common(SHOWN)
    for name, seconds in largest:
        yield {"part": name, "share": f"{100 * seconds / whole:.0f} %"}
    rest = whole - sum(seconds for _, seconds in largest)
    yield {"part": "all others", "share": f"{100 * rest / whole:.0f} %"}


def part(function: Function) -> str:
    """Return what a function belongs to: one of our modules, a package, or C."""
    file, _, name = function
    if file == "~":
        return _in_c(name)
    if "importlib" in file:
        return "imports"
    path = Path(file)
    if path.is_relative_to(OURS):
        return ".".join(["assetforge", *path.relative_to(OURS).with_suffix("").parts])
    if path.is_relative_to(LIBRARIES):
        return f"package {path.relative_to(LIBRARIES).parts[0]}"
    if path.is_relative_to(STANDARD):
        return f"Python's {path.relative_to(STANDARD).with_suffix('').parts[0]}"
    return "code made at run time"


def _in_c(name: str) -> str:
    """Return what is said of a function in C, which the profiler writes in several ways."""
    if re.search(r"\b(_imp|marshal)\.", name):
        return "imports"
    if found := re.search(r"built-in method (\w+)\.", name):
        return f"C: {found[1]}"
    if found := re.search(r"of '([\w.]+)' objects", name):
        return f"C: {found[1]}"
    return "C: others"
