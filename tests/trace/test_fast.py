"""A build with nothing to do: answered at once, and as the command line would."""

import io
import sys

import pytest

import assetforge.cli.entry
from assetforge.trace.fast import is_coloured, is_up_to_date, look_first
from tests.space import QUICK, Space

SMALL = QUICK.replace("1200x628", "240x160").replace("600x900", "160x240")


@pytest.fixture(scope="module")
def space(tmp_path_factory) -> Space:
    """A project that is built, and that no test here changes."""
    found = Space(tmp_path_factory.mktemp("fast")).quick(pipeline=SMALL)
    assert found.run("build").code == 0
    assert found.run("build").code == 0
    return found


@pytest.fixture
def asked(monkeypatch) -> list[list[str]]:
    """What the command line was asked."""
    lines: list[list[str]] = []
    plain = assetforge.cli.entry.run

    def run(arguments, found=None):
        lines.append(list(arguments))
        return plain(arguments, found)

    monkeypatch.setattr(assetforge.cli.entry, "run", run)
    return lines


@pytest.mark.parametrize(
    "flags", [[], ["--check", "stat"], ["--check", "dirs"], ["-j", "2", "--frozen", "-k"]]
)
def test_a_build_with_nothing_to_do_does_not_reach_the_command_line(space, asked, flags):
    result = space.run("build", *flags)

    assert (result.code, result.out, asked) == (0, "", [])
    assert result.err == "0 made, 10 hit; 4 pictures current, 0 written; spent $0.00\n"


@pytest.mark.parametrize("flags", [["--check", "hash"], ["--format", "json"], ["banner"]])
def test_what_a_trace_cannot_answer_reaches_it(space, asked, flags):
    assert space.run("build", *flags).code == 0
    assert asked == [["build", *flags]]


def test_the_answer_is_that_of_the_command_line(space, asked):
    fast = space.run("build")
    slow = space.run("build", "--check", "hash")

    assert fast == slow
    assert len(asked) == 1


def test_the_same_project_is_found_from_elsewhere(space, asked, tmp_path):
    elsewhere = Space(tmp_path)
    (tmp_path / "link").symlink_to(space.root)

    found = [
        elsewhere.run("-C", str(space.root), "build").err,
        elsewhere.run("build", "-C", str(space.root)).err,
        elsewhere.run("build", "-f", str(space.root / "assetforge.yaml")).err,
        elsewhere.run("build", "-f", "link/assetforge.yaml").err,
    ]

    assert found == ["0 made, 10 hit; 4 pictures current, 0 written; spent $0.00\n"] * 4
    assert asked == []


@pytest.mark.parametrize(
    "line",
    [
        ["plan"],
        ["build", "-f", "with\0nul"],
        ["build", "-f", "x" * 300],
        ["build", "--profile", "other"],
        ["build", "-C", "/gone"],
    ],
)
def test_where_there_is_no_trace_nothing_is_found(space, line, monkeypatch):
    monkeypatch.chdir(space.root)

    assert look_first(line) is None
    assert not is_up_to_date(None)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Closed(io.StringIO):
    def write(self, said: str) -> int:
        raise ValueError("I/O operation on closed file")


def test_a_stream_that_nobody_reads_swallows_the_answer(space, monkeypatch):
    monkeypatch.chdir(space.root)
    for stream in (None, Closed()):
        monkeypatch.setattr(sys, "stderr", stream)
        assert is_up_to_date(look_first(["build"]))


def test_the_answer_is_utf_8_whatever_the_code_page(space, monkeypatch):
    monkeypatch.chdir(space.root)
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(raw, encoding="ascii"))
    found = look_first(["build"])
    assert found is not None
    found.proof.warnings = ("wörter\n", "colour")

    assert is_up_to_date(found)

    assert raw.getvalue().decode().splitlines()[0] == "wörter"


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"CI": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colours_are_for_a_terminal_that_takes_them(monkeypatch, variables, coloured):
    for name in ("NO_COLOR", "CI", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert is_coloured() is coloured

    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert not is_coloured()
    monkeypatch.setattr(sys, "stderr", None)
    assert not is_coloured()


def test_nothing_is_written_where_nothing_is_put_right(space):
    folder = space.root / ".assetforge" / "traces"
    before = {each: each.stat().st_mtime_ns for each in folder.rglob("*")}

    space.run("build")

    assert {each: each.stat().st_mtime_ns for each in folder.rglob("*")} == before
