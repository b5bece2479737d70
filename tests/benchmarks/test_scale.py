"""The benchmark beside other tools: every tool has the same graph, and the table says what was."""

import re
import runpy
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.scale.__main__ import main
from benchmarks.scale.bars import bars_of
from benchmarks.scale.cases import CASES, Site, measured, nothing_there, only_the_store, saved_in
from benchmarks.scale.counts import system_calls
from benchmarks.scale.graph import Graph, commands, write_sources
from benchmarks.scale.measure import CommandFailed, Spent, median, spent_by
from benchmarks.scale.rounds import Rounds
from benchmarks.scale.table import Measured, growth, table
from benchmarks.scale.tool import Tool
from benchmarks.scale.tools import TOOLS, assetforge, doit, dvc, make, ninja
from benchmarks.scale.where import part, rows
from tests.benchmarks.tracing import with_strace
from tests.space import PYTHON, Space

on_posix = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows does not tell what a process took"
)


SMALL = Graph(assets=2, formats=2, locales=3)


def test_the_graphs_of_a_hundred_thousand_pictures():
    graph = Graph(assets=500, formats=2, locales=100)

    assert (graph.outputs, graph.targets) == (100_000, 201_000)
    assert graph.halved().targets == 100_500


@settings(max_examples=20)
@given(st.builds(Graph, *[st.integers(1, 4)] * 3), st.integers(1, 200))
def test_a_graph_within_a_limit_is_the_largest_that_fits(graph, limit):
    found = graph.within(limit)

    assert found.assets == 1 or found.targets <= limit
    larger = Graph(found.assets + 1, graph.formats, graph.locales)
    assert found == graph or larger.targets > limit


def test_a_command_needs_what_is_written_or_made_before_it(tmp_path):
    write_sources(SMALL, tmp_path)
    there = {each.relative_to(tmp_path).as_posix() for each in tmp_path.rglob("*.txt")}

    for each in commands(SMALL):
        assert there.issuperset(each.sources)
        assert (tmp_path / each.target).parent.is_dir()
        there.add(each.target)

    assert sum(each.startswith("out/") for each in there) == SMALL.targets


def ninja_edges(root: Path) -> set[tuple[str, tuple[str, ...]]]:
    found = re.findall(r"^build (\S+): cat (.+)$", (root / "build.ninja").read_text(), re.M)
    return {(target, tuple(sources.split())) for target, sources in found}


def make_edges(root: Path) -> set[tuple[str, tuple[str, ...]]]:
    found = re.findall(r"^(out/\S+): (.+)\n\tcat", (root / "Makefile").read_text(), re.M)
    return {(target, tuple(sources.split())) for target, sources in found}


def doit_edges(root: Path) -> set[tuple[str, tuple[str, ...]]]:
    tasks = runpy.run_path(str(root / "dodo.py"))
    found = [each for step in ("compose", "edit", "export") for each in tasks[f"task_{step}"]()]
    return {(*each["targets"], tuple(each["file_dep"])) for each in found}


def dvc_edges(root: Path) -> set[tuple[str, tuple[str, ...]]]:
    stages = yaml.safe_load((root / "dvc.yaml").read_text())["stages"]
    return {(*each["outs"][0], tuple(each["deps"])) for each in stages.values()}


@pytest.mark.parametrize(
    ("tool", "edges"),
    [(ninja, ninja_edges), (make, make_edges), (doit, doit_edges), (dvc, dvc_edges)],
    ids=["ninja", "make", "doit", "dvc"],
)
def test_every_tool_is_told_the_same_graph(tool, edges, tmp_path):
    tool.write(SMALL, tmp_path)

    assert edges(tmp_path) == {(each.target, each.sources) for each in commands(SMALL)}


@pytest.mark.parametrize("name", TOOLS)
def test_every_tool_is_measured_in_known_cases_and_says_what_is_left_out(name):
    tool = TOOLS[name]

    assert set(tool.commands) | set(tool.left_out) <= set(CASES)
    assert "noop" in tool.commands


@pytest.mark.parametrize("name", ["assetforge", "pytask", "snakemake"])
def test_a_description_holds_the_size_of_the_graph(name, tmp_path):
    written = []
    for graph in (SMALL, Graph(3, 2, 3)):
        folder = tmp_path / str(graph.assets)
        folder.mkdir()
        TOOLS[name].write(graph, folder)
        texts = [each.read_text() for each in sorted(folder.iterdir()) if each.is_file()]
        written.append("".join(texts))

    assert written[0] != written[1]
    assert "{{" not in written[0].replace("{{ format }}", "")


def test_the_project_of_assetforge_is_the_graph(tmp_path):
    assetforge.write(SMALL, tmp_path)

    decided = Space(tmp_path).plan()

    assert sum(len(each) for each in decided.values()) == SMALL.targets


@on_posix
def test_what_a_command_took(tmp_path):
    code = "x = bytearray(64_000_000); sum(range(2_000_000))"

    small, large = (spent_by([PYTHON, "-c", each], tmp_path) for each in ("pass", code))

    assert 0 < small.cpu < large.cpu
    assert large.mib - small.mib > 50
    assert small.wall > 0


@on_posix
def test_a_command_that_fails_is_told_with_its_last_words(tmp_path):
    code = "import sys; print('no disk', file=sys.stderr); sys.exit(3)"

    with pytest.raises(CommandFailed, match="exit 3: no disk"):
        spent_by([PYTHON, "-c", code], tmp_path)


def stand_in(code: str, tmp_path: Path, state: tuple[str, ...] = ()) -> Site:
    """Return the site of a tool that is a line of Python."""
    tool = Tool(
        name="stand-in",
        program="python",
        origin="here",
        package="Python",
        write=write_sources,
        commands=dict.fromkeys(CASES, ("-c", code)),
        state=state,
    )
    site = Site(tool, SMALL, PYTHON, tmp_path / "tree")
    write_sources(SMALL, site.root)
    site.output.write_text("made")
    return site


@on_posix
def test_an_output_that_does_not_come_back_is_no_measurement(tmp_path):
    with pytest.raises(CommandFailed, match="did not come back"):
        measured("deleted", stand_in("pass", tmp_path))


@on_posix
def test_a_message_that_changes_nothing_is_no_measurement(tmp_path):
    with pytest.raises(CommandFailed, match="not made anew"):
        measured("message", stand_in("pass", tmp_path))


@on_posix
def test_how_soon_an_output_is_there_again(tmp_path):
    code = "import time; open('out/export/l0/a0-0', 'w').close(); time.sleep(0.3)"

    spent = measured("deleted", stand_in(code, tmp_path))

    assert spent.first is not None
    assert spent.wall - spent.first > 0.25


def test_a_plan_from_nothing_finds_nothing_that_was_kept(tmp_path):
    site = stand_in("pass", tmp_path, state=(".kept", "log"))
    (site.bare / ".kept" / "deep").mkdir(parents=True)
    (site.bare / "log").touch()

    with nothing_there(site) as folder:
        assert list(folder.iterdir()) == []


def test_what_was_saved_to_be_quick_is_put_aside_and_back(tmp_path):
    site = stand_in("pass", tmp_path)
    state = site.root / ".assetforge"
    for name in ("cas", "state.sqlite", "state.sqlite-wal", "trace"):
        (state / name).mkdir(parents=True)
    (state / "trace" / "saved").touch()

    with only_the_store(site):
        inside = {each.name for each in state.iterdir()}
        (state / "trace").touch()

    assert inside == {"cas", "state.sqlite", "state.sqlite-wal"}
    assert (state / "trace" / "saved").exists()
    assert [each.name for each in saved_in(state)] == ["trace"]


def test_a_tool_is_asked_so_many_times_but_not_again_when_it_is_slow():
    rounds = Rounds(3, seconds=10)
    quick, slow = Spent(1, 1, 1), Spent(11, 1, 1)

    assert not rounds.are_over([])
    assert not rounds.are_over([quick] * 2)
    assert rounds.are_over([quick] * 3)
    assert rounds.are_over([slow])


def test_the_median_is_that_of_each_number_by_itself():
    found = median([Spent(1, 9, 5, first=0.5), Spent(2, 8, 6), Spent(3, 7, 4, first=0.7)])

    assert found == Spent(2, 8, 5, first=0.6)


def results(scale: float) -> dict[tuple[str, str], Measured]:
    def took(tool: str, cpu: float, first: float, *, cut: bool = False) -> Measured:
        spent = Spent(cpu * 2, cpu, cpu * 10, first=first)
        return Measured(tool, Graph(int(scale), 1, 1), cut, (spent,))

    return {
        ("deleted", "ninja"): took("ninja", 0.5 * scale, 0.4),
        ("deleted", "assetforge"): took("assetforge", 0.1 * scale, 0.1),
        ("deleted", "pytask"): took("pytask", 6, 5, cut=True),
    }


def test_the_table_divides_by_ninja_and_not_where_the_graph_was_smaller():
    text = table("deleted", results(1))

    assert table("noop", results(1)) == ""
    assert text.splitlines() == [
        "**One output deleted**",
        "",
        "| tool | targets | CPU s | wall s | MiB | first s | : ninja"
        " | : ninja, same actions | rounds |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
        "| ninja | 3 | 0.500 | 1.00 | 5 | 0.400 | 1.00 / 1.00 / 1.00 / 1.00 | - | 1 |",
        "| assetforge | 3 | 0.100 | 0.200 | 1 | 0.100 | 0.20 / 0.20 / 0.20 / 0.25 | - | 1 |",
        "| pytask | 3 | 6.00 | 12.00 | 60 | 5.00 | - | - | 1 |",
    ]


def test_a_bar_is_held_against_the_graphs_it_is_set_for():
    (small, large) = (bars_of(Graph(each, 1, 1), results(each)) for each in (1_000, 100_000))

    assert small.splitlines()[4:] == [
        "| one output deleted: first : ninja | 0.8 | 0.25 | set for 100,000 outputs |"
    ]
    assert large.splitlines()[4:] == ["| one output deleted: first : ninja | 0.8 | 0.25 | kept |"]
    assert bars_of(SMALL, {}) == ""


def test_growth_is_one_where_it_is_linear():
    sizes = [(Graph(each, 1, 1), results(each)) for each in (10, 100)]

    assert growth(sizes).splitlines()[4:] == [
        "| One output deleted | ninja | 5.00 | 50.00 | 1.00 |",
        "| One output deleted | assetforge | 1.00 | 10.00 | 1.00 |",
    ]


def test_a_function_belongs_to_a_module_a_package_or_c():
    import_ = ("<frozen importlib._bootstrap>", 1, "_find_and_load")
    built_in = ("~", 0, "<built-in method posix.stat>")
    ours = (sys.modules["assetforge"].__file__ or "", 1, "<module>")

    assert [part(each) for each in (import_, built_in, ours)] == [
        "imports",
        "C: posix",
        "assetforge.__init__",
    ]


def test_the_shares_of_all_parts_are_one():
    own = {("~", 0, f"<built-in method m{at}.f>"): 1.0 for at in range(20)}

    shares = [int(str(each["share"]).removesuffix(" %")) for each in rows(own)]

    assert sum(shares) == 100
    assert shares[-1] == 40


@with_strace
def test_system_calls_are_counted(tmp_path):
    (tmp_path / "there").touch()
    look = "import os; [os.stat('there') for _ in range(100)]"

    less, more = (system_calls(["-c", each], tmp_path) for each in ("pass", look))

    assert less is not None
    assert more is not None
    assert 100 <= more.total() - less.total() < 150


@on_posix
def test_the_whole_on_a_very_small_graph(tmp_path, capsys, monkeypatch, unmeasured):
    monkeypatch.setenv("PATH", "")
    sizes = ["--assets", "1", "--formats", "1", "--locales", "2", "--rounds", "1"]

    chosen = ["--cases", "message,full", "--tools", "assetforge,ninja,doit"]

    with pytest.raises(SystemExit) as ended:
        main([*sizes, *chosen, "--work", str(tmp_path)])

    said = capsys.readouterr().out
    assert ended.value.code == 0, said
    assert said.count("| assetforge | 5 |") == 2
    assert "* ninja: left out, as it is not here; install" in said
    assert "* doit: left out, as it is not here; run with --install" in said


@on_posix
@pytest.mark.parametrize("asked", [["--tools", "tup"], ["--cases", "noop,nope"]])
def test_a_word_that_is_not_known_is_told(asked, capsys):
    with pytest.raises(SystemExit) as ended:
        main(asked)

    assert ended.value.code == 2
    assert "known: " in capsys.readouterr().err
