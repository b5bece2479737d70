"""What keeps it fast: what commands do on a small project, counted, in real processes.

The same counts on every machine. A number here says what is needed and no more; when it is not
reached any longer, something is done twice.
"""

import importlib
from collections import Counter
from dataclasses import replace
from functools import reduce
from pathlib import Path

import pytest

from benchmarks.scale.counts import Done, done_by, imports_of, system_calls
from benchmarks.scale.graph import Graph
from benchmarks.scale.tools.assetforge import TOOL, reword, write
from tests.benchmarks.tracing import with_strace

GRAPH = Graph(assets=3, formats=2, locales=10)
COMPOSED = GRAPH.assets * GRAPH.formats
CATALOGS = GRAPH.locales + 1  # that of the source, English, too

PIPELINE = "assetforge.yaml"

RENDER = "assetforge.rendering:VariantRenderer.render"
KEY = "assetforge.action:action_key"
DRAW = "assetforge.providers.blank:Blank.make"
PARSE = "assetforge.catalogs.formats.po:read"
KEEP = "assetforge.store.cas:Cas.put"
DELIVER = "assetforge.store.cas:Cas.deliver"

NEVER = {"babel", "click", "jinja2", "numpy", "PIL", "pydantic", "rich", "sqlite3", "yaml"}
"""Packages that are not needed to see that nothing has changed."""

MODULES = 30
"""How many more modules than `python -c pass` a build with nothing to do may import."""

CALLS = 1_300
"""How much oftener than `python -c pass` it may ask the system; most are for files of the program
and of the packages it stands on, of which there are some 500."""


class Project:
    """A project that is built, and what building it took."""

    def __init__(self, root: Path) -> None:
        self.root = root
        write(GRAPH, root)
        self.first = done_by(["build"], root)

    def build(self) -> Done:
        return done_by(["build"], self.root)

    def opened(self, done: Done) -> Counter[str]:
        """Return the files of the project that were opened, but for those of the store."""
        paths = [(self.root / each) for each in done.opened]
        inside = [each.relative_to(self.root) for each in paths if each.is_relative_to(self.root)]
        return Counter(each.as_posix() for each in inside if ".assetforge" not in each.parts)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return Project(tmp_path_factory.mktemp("counted") / "project")


def sources(project: Project) -> set[str]:
    """Return the files that a person has written."""
    found = [*project.root.glob("*.yaml"), *project.root.glob("prompts/*")]
    found += project.root.glob("locales/*")
    return {each.relative_to(project.root).as_posix() for each in found}


@pytest.mark.parametrize("name", [RENDER, KEY, DRAW, PARSE, KEEP, DELIVER])
def test_what_is_counted_is_there(name):
    """A function that is called otherwise would be counted as never called."""
    module, _, path = name.partition(":")

    function = reduce(getattr, path.split("."), importlib.import_module(module))

    assert function.__qualname__ == path


def test_a_first_build_does_everything_once(project):
    calls = project.first.calls

    assert calls[RENDER] == GRAPH.outputs
    assert calls[DRAW] == COMPOSED + GRAPH.outputs
    assert calls[KEEP] == GRAPH.targets
    assert calls[DELIVER] == GRAPH.outputs
    assert calls[PARSE] == CATALOGS


def test_a_first_build_opens_a_source_to_read_it_and_to_digest_it(project):
    opened = project.opened(project.first)

    assert sources(project) <= opened.keys()
    assert [name for name in sources(project) - {PIPELINE} if opened[name] > 2] == []
    assert opened[PIPELINE] <= 3


def test_a_build_with_nothing_to_do_renders_reads_and_writes_nothing(project):
    project.build()  # looks again at what was written a moment before it was noted

    done = project.build()

    assert [done.calls.get(each, 0) for each in (RENDER, KEY, DRAW, KEEP, DELIVER)] == [0] * 5
    assert done.statements == []
    assert project.opened(done) == Counter()


def test_a_build_with_nothing_to_do_imports_next_to_nothing(project):
    project.build()

    names = imports_of(["-m", "assetforge", "build"], project.root)

    assert {each.partition(".")[0] for each in names} & NEVER == set()
    more = names.keys() - imports_of(["-c", "pass"], project.root).keys()
    assert len(more) <= MODULES, sorted(more)


@with_strace
def test_a_build_with_nothing_to_do_asks_the_system_once_for_each_file(project):
    """Each source, output and file of the program, and what starting Python asks for besides."""
    project.build()

    asked = system_calls(["-m", "assetforge", "build"], project.root)
    start = system_calls(["-c", "pass"], project.root)

    assert asked is not None
    assert start is not None
    assert asked.total() - start.total() <= CALLS


def test_a_deleted_output_comes_back_and_nothing_else_is_touched(project):
    (project.root / TOOL.output).unlink()

    done = project.build()

    assert [done.calls.get(each, 0) for each in (DRAW, KEEP, DELIVER)] == [0, 0, 1]
    assert sum("INTO targets" in each for each in done.statements) == 1
    assert (project.root / TOOL.output).exists()


def test_a_changed_message_makes_the_pictures_that_show_it_and_no_other(project):
    reword(GRAPH, project.root, "anew")

    done = project.build()

    assert done.calls[RENDER] == GRAPH.formats
    assert done.calls[DRAW] == GRAPH.formats
    assert done.calls[KEEP] == 2 * GRAPH.formats  # an edit and an export each
    assert done.calls[DELIVER] == GRAPH.formats
    assert done.calls[KEY] <= 4 * GRAPH.formats
    catalogs = {name for name in project.opened(done) if name.startswith("locales/")}
    assert catalogs == {"locales/aa.po", "locales/en.po"}, "its own, and that of the source"


def test_twice_the_graph_is_twice_the_work(project, tmp_path):
    """Whatever walks over all for each would be called four times as often."""
    twice = replace(GRAPH, locales=2 * GRAPH.locales)
    write(twice, tmp_path)

    more = done_by(["build"], tmp_path)

    once = project.first
    ours = {name: count for name, count in more.calls.items() if name.startswith("assetforge.")}
    assert sum(ours.values()) > 1000, "nothing was counted"
    # Some depend on which thread is first; a quarter is left to them.
    assert [
        name for name, count in ours.items() if count > 2.5 * once.calls.get(name, 0) + 20
    ] == []
    assert len(more.statements) < 2.5 * len(once.statements)
    assert len(more.opened) < 2.5 * len(once.opened)
