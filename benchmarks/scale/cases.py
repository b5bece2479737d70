"""What is measured: what is done to a tree before, and what has to be there afterwards."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.scale.graph import Graph
from benchmarks.scale.measure import CommandFailed, Spent, spent_by
from benchmarks.scale.tool import Tool
from benchmarks.scale.tools.assetforge import STORE

TICK_NS: Final = 5_000_000
"""How far a file's times may lag behind the clock.

Source: Linux takes them from a clock that ticks with CONFIG_HZ, 250 times a second as a rule.
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A tool with its graph: a tree that is built, and one with nothing but the sources."""

    tool: Tool
    graph: Graph
    program: str
    root: Path

    @property
    def bare(self) -> Path:
        """The folder of the tree in which nothing was ever made."""
        return self.root.with_name(f"{self.root.name}-bare")

    @property
    def output(self) -> Path:
        """The output that is deleted and waited for."""
        return self.root / self.tool.output

    def command(self, case: str) -> list[str]:
        """Return what is run for a case."""
        return [self.program, *self.tool.commands[case]]


@dataclass(frozen=True, slots=True)
class Case:
    """One case.

    Attributes:
        title: what the table says above it.
        around: makes it so, yields the folder to run in, and looks at what came of it.
        first: the files of which the first to appear is waited for, if any is.
        yardsticks: tools and cases that its numbers are divided by.
    """

    title: str
    around: Callable[[Site], AbstractContextManager[Path]]
    first: Callable[[Site], Iterable[Path]] | None = None
    yardsticks: tuple[tuple[str, str], ...] = ()


def measured(name: str, site: Site) -> Spent:
    """Run a case once.

    Raises:
        CommandFailed: the command failed, or did not make what it had to.
    """
    case = CASES[name]
    with case.around(site) as folder:
        spent = spent_by(site.command(name), folder)
    first = _since_start(spent, case.first(site)) if case.first else None
    return replace(spent, first=first)


def _since_start(spent: Spent, files: Iterable[Path]) -> float | None:
    """Return how many seconds after the start the first of some files was there as it is."""
    times = (each.stat().st_ctime_ns for each in files)
    later = [each for each in times if each > spent.began_ns - TICK_NS]
    return max(0, min(later) - spent.began_ns) / 1e9 if later else None


@contextmanager
def as_it_is(site: Site) -> Iterator[Path]:
    """Change nothing."""
    yield site.root


@contextmanager
def output_deleted(site: Site) -> Iterator[Path]:
    """Delete one output, which has to come back."""
    site.output.unlink(missing_ok=True)
    yield site.root
    if not site.output.exists():
        raise CommandFailed(f"'{site.tool.output}' did not come back")


@contextmanager
def message_changed(site: Site) -> Iterator[Path]:
    """Change one message to words that never were; the output that shows it has to be new."""
    before = _state(site.output)
    site.tool.reword(site.graph, site.root, str(time.time_ns()))
    yield site.root
    if _state(site.output) == before:
        raise CommandFailed(f"'{site.tool.output}' was not made anew")


def _state(path: Path) -> int | None:
    """Return when a file was changed last; nothing if a command that failed has left none."""
    return path.stat().st_ctime_ns if path.exists() else None


@contextmanager
def nothing_there(site: Site) -> Iterator[Path]:
    """Have the sources alone."""
    for name in site.tool.state:
        remove(site.bare / name)
    yield site.bare


@contextmanager
def only_the_store(site: Site) -> Iterator[Path]:
    """Put aside what assetforge saved to be quick; the store and its index stay."""
    state = site.root / ".assetforge"
    aside = site.root.with_name(f"{site.root.name}-aside")
    remove(aside)  # of a run that was killed
    aside.mkdir()
    for each in saved_in(state):
        each.rename(aside / each.name)
    try:
        yield site.root
    finally:
        for each in saved_in(state):
            remove(each)
        for each in aside.iterdir():
            each.rename(state / each.name)
        aside.rmdir()


def saved_in(state: Path) -> list[Path]:
    """Return all in assetforge's own folder that is neither its store nor the index of that."""
    return [each for each in state.iterdir() if each.name.partition("-")[0] not in STORE]


@contextmanager
def new_tree(site: Site) -> Iterator[Path]:
    """Have a tree that was just written; the build leaves it for the other cases."""
    write(site)
    yield site.root
    if not site.output.exists():
        raise CommandFailed(f"'{site.tool.output}' was not made")


def write(site: Site) -> None:
    """Write a tool's trees anew."""
    for folder in (site.root, site.bare):
        remove(folder)
        folder.mkdir(parents=True)
        if folder == site.root or "plan" in site.tool.commands:
            site.tool.write(site.graph, folder)


def remove(path: Path) -> None:
    """Remove a file, or a folder with all in it; nothing there is fine."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _first_made(site: Site) -> Iterable[Path]:
    folder = site.root / site.tool.made_first
    return (each for each in folder.rglob("*") if each.is_file())


def _by_ninja(case: str) -> tuple[tuple[str, str], ...]:
    return (("ninja", case), ("ninja-same", case))


CASES: Final[dict[str, Case]] = {
    "noop": Case("Nothing changed", as_it_is, yardsticks=(*_by_ninja("noop"), ("python", "noop"))),
    "noop-stat": Case(
        "Nothing changed, the state of every output compared",
        as_it_is,
        yardsticks=_by_ninja("noop"),
    ),
    "noop-hash": Case(
        "Nothing changed, the bytes of every output compared",
        as_it_is,
        yardsticks=_by_ninja("noop"),
    ),
    "deleted": Case(
        "One output deleted",
        output_deleted,
        first=lambda site: [site.output],
        yardsticks=_by_ninja("deleted"),
    ),
    "message": Case(
        "One message changed",
        message_changed,
        first=_first_made,
        yardsticks=(*_by_ninja("message"), ("ninja", "deleted")),
    ),
    "plan": Case("Whole plan from nothing", nothing_there, yardsticks=_by_ninja("plan")),
    "replan": Case(
        "Whole plan, every result in the store, nothing saved",
        only_the_store,
        yardsticks=_by_ninja("plan"),
    ),
    "full": Case("Full build", new_tree, yardsticks=_by_ninja("full")),
}
"""The word on the command line → the case, in the order they are measured; the last one is first,
as it makes the trees."""
