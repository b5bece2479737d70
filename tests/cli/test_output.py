import io

import pytest

from assetforge.cli.output import is_live, located
from assetforge.errors import Diagnostic, Place


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("CI", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_a_terminal_is_live():
    assert is_live(Terminal())


def test_what_is_no_stream_at_all_is_not_live():
    assert not is_live(None)
    assert not is_live(io.StringIO())


@pytest.mark.parametrize(("name", "value"), [("CI", "1"), ("TERM", "dumb")])
def test_a_machine_that_watches_is_not_live(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    assert not is_live(Terminal())


def test_diagnostics_have_colours_on_a_terminal_only(monkeypatch, tmp_path):
    problem = [Diagnostic("odd", "this is odd", Place("a.yaml", 1, 1))]

    plain = located(problem, tmp_path)
    monkeypatch.setattr("sys.stderr", Terminal())
    coloured = located(problem, tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")

    assert "\x1b[" not in plain
    assert "\x1b[" in coloured
    assert located(problem, tmp_path) == plain


def test_a_source_that_is_gone_is_named_without_its_line(tmp_path):
    problem = [Diagnostic("odd", "this is odd", Place("gone.yaml", 3, 1))]

    assert "gone.yaml:3:1" in located(problem, tmp_path)
