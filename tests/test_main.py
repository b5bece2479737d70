import errno
import gc
import io
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from assetforge import __main__
from assetforge.__main__ import exit_code_of, main
from assetforge.cli.entry import CRASH_LOG
from assetforge.cli.group import command_line
from tests.cli import toy
from tests.space import PYTHON, Space


@pytest.fixture
def space(tmp_path):
    return Space(tmp_path).quick()


def fail_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the next command line end in an error."""

    def broken(*arguments, **options):
        raise error

    monkeypatch.setattr(command_line, "main", broken)


def assetforge(
    *arguments: str, cwd: Path, env: dict[str, str]
) -> subprocess.CompletedProcess[bytes]:
    command = [PYTHON, "-m", "assetforge", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, check=False, env=env)


# the table of exit codes


def test_a_build_that_is_done_exits_with_0(space):
    assert space.run("build").code == 0


def test_a_failed_action_exits_with_1(space):
    space.quick(pipeline=toy.PRICED)

    with toy.installed(toy.refuse("German")):
        assert space.run("build", "--yes").code == 1


def test_a_failed_action_exits_with_1_also_when_the_rest_goes_on(space):
    space.quick(pipeline=toy.PRICED)

    with toy.installed(toy.refuse("German")):
        assert space.run("build", "--yes", "--keep-going").code == 1


@pytest.mark.parametrize("arguments", [["plan", "--nope"], ["nope"], ["build", "-j", "0"], []])
def test_wrong_usage_exits_with_2(space, arguments):
    assert space.run(*arguments).code == 2


def test_an_invalid_pipeline_exits_with_2(space):
    space.replace("assetforge.yaml", "assets:", "asets:")

    assert space.run("build").code == 2


def test_out_of_date_exits_with_3(space):
    assert space.run("build", "--frozen").code == 3
    assert space.run("check", "--built").code == 3


@pytest.mark.parametrize("flags", [[], ["--max-cost", "0.01"]])
def test_a_budget_that_does_not_cover_the_plan_exits_with_4(space, flags):
    space.quick(pipeline=toy.PRICED)

    with toy.installed():
        assert space.run("build", *flags).code == 4


@pytest.mark.parametrize("arguments", [["plan", "nope"], ["build", "--locale", "fr"]])
def test_a_selection_that_matches_nothing_exits_with_5(space, arguments):
    assert space.run(*arguments).code == 5


def test_an_interrupted_build_exits_with_130(space):
    space.quick(pipeline=toy.PRICED)

    with toy.installed(toy.interrupt):
        result = space.run("build", "--yes")

    assert result.code == 130
    assert "interrupted; what was made is kept" in result.err


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_ctrl_c_anywhere_exits_with_130(space, monkeypatch, error):
    fail_with(monkeypatch, error)

    result = space.run("plan")

    assert (result.code, result.err) == (130, "assetforge: interrupted\n")


def test_main_exits_with_the_code(monkeypatch):
    monkeypatch.setattr(__main__, "exit_code_of", lambda arguments: 5)

    with pytest.raises(SystemExit, match="5"):
        main(["plan"])


def test_help_exits_with_0(space):
    assert space.run("--help").code == 0
    assert space.run("build", "--help").code == 0


def test_a_command_whose_exit_click_decides_keeps_its_code(space, monkeypatch):
    fail_with(monkeypatch, click.exceptions.Exit(7))

    assert space.run("plan").code == 7


# what wrong usage is told


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["biuld"], "there is no command 'biuld'; did you mean 'build'?"),
        (["xyz"], "there is no command 'xyz'; see 'assetforge --help'"),
        (["build", "--jbos", "3"], "no such option '--jbos'; did you mean '--jobs'?"),
        (["--nope"], "no such option '--nope'; see 'assetforge --help'"),
        (["log"], "missing argument 'PICTURE|VARIANT'; see 'assetforge log --help'"),
        (
            ["build", "--max-cost", "abc"],
            "invalid value for '--max-cost': 'abc' is no amount; write dollars such as 2.50",
        ),
        (
            ["build", "-j", "many"],
            "invalid value for '-j' / '--jobs': 'many' is no whole number of 1 or more; "
            "see 'assetforge build --help'",
        ),
        (["plan", "-C", "nowhere"], "there is no folder 'nowhere'; -C takes one that exists"),
        (["-C", "nowhere", "plan"], "there is no folder 'nowhere'; -C takes one that exists"),
        (["build", "--profile", "blnak"], "there is no profile 'blnak'; did you mean 'blank'?"),
    ],
)
def test_wrong_usage_is_told_in_one_line_that_says_what_to_do(space, arguments, message):
    result = space.run(*arguments)

    assert (result.code, result.out, result.err) == (2, "", f"assetforge: {message}\n")


def test_without_a_command_the_help_is_shown(space):
    assert "Start here:" in space.run().err


def test_an_error_of_click_without_a_context_is_told_as_it_is(space, monkeypatch):
    fail_with(monkeypatch, click.ClickException("Something is odd."))

    result = space.run("plan")

    assert (result.code, result.err) == (1, "assetforge: something is odd\n")


# what the system refuses, and bugs


def test_a_bug_writes_a_log_and_shows_no_traceback(space):
    space.quick(pipeline=toy.PRICED)

    with toy.installed(toy.break_down):
        result = space.run("build", "--yes")

    assert result.code == 1
    assert result.err.splitlines()[-1] == (
        "assetforge: BUG: RuntimeError('the toy broke'); "
        f"please report it with the file '{CRASH_LOG}'"
    )
    assert "Traceback" not in result.err
    assert "the toy broke" in space.read(CRASH_LOG)


def test_a_bug_where_nothing_can_be_written_is_told_all_the_same(space, monkeypatch):
    (space.root / CRASH_LOG).mkdir()
    fail_with(monkeypatch, RuntimeError("odd"))

    result = space.run("plan")

    assert (result.code, result.err) == (1, "assetforge: BUG: RuntimeError('odd')\n")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(errno.EACCES, "Permission denied", "out"), "permission denied: 'out'"),
        (OSError(errno.ENOSPC, "No space left on device"), "no space left on device"),
        (OSError("odd"), "odd"),
    ],
)
def test_what_the_system_refuses_is_no_bug(space, monkeypatch, error, words):
    fail_with(monkeypatch, error)

    result = space.run("plan")

    assert (result.code, result.err) == (1, f"assetforge: {words}\n")
    assert not (space.root / CRASH_LOG).exists()


def test_a_reader_that_goes_away_is_no_error_to_speak_of(space, monkeypatch):
    fail_with(monkeypatch, BrokenPipeError())

    result = space.run("plan")

    assert (result.code, result.err) == (1, "")


@pytest.mark.skipif(os.name == "nt", reason="pipes break in another way there")
def test_a_pipe_that_closes_early_leaves_stderr_clean(space):
    space.quick(*["en", "de", "fr", "ja", "ko", "sv", "da", "nb", "fi", "nl", "pl"])
    read, write = os.pipe()
    os.close(read)

    command = [PYTHON, "-m", "assetforge", "plan", "--format", "json"]
    done = subprocess.run(
        command, cwd=space.root, stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)

    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no full device here")  # noqa: PTH110
def test_a_full_disk_is_told_in_one_line(space):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        command = [PYTHON, "-m", "assetforge", "plan"]
        done = subprocess.run(
            command, cwd=space.root, stdout=full, stderr=subprocess.PIPE, check=False
        )

    assert (done.returncode, done.stderr) == (1, b"assetforge: no space left on device\n")


def test_closed_streams_swallow_what_is_written(space, monkeypatch):
    monkeypatch.chdir(space.root)
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)

    assert exit_code_of(["plan"]) == 0


def test_output_is_utf_8_whatever_the_system_speaks(space):
    space.locale("ja", headline="夏の大感謝祭", action="買う", alt="丘")
    space.locale("de", headline="Größter Schlußverkauf", action="Los", alt="Hügel")
    poor = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C"}

    done = assetforge("render", "--locale", "ja", cwd=space.root, env=poor)

    assert done.returncode == 0
    assert "夏の大感謝祭" in done.stdout.decode("utf-8")


def test_a_stream_of_another_encoding_is_made_to_speak_utf_8(space, monkeypatch):
    space.locale("ja", headline="夏の大感謝祭", action="買う", alt="丘")
    monkeypatch.chdir(space.root)
    data = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(data, encoding="ascii"))

    assert exit_code_of(["render", "--locale", "ja"]) == 0
    assert "夏の大感謝祭" in data.getvalue().decode("utf-8")


def test_errors_of_sources_show_the_line_also_from_another_folder(space):
    space.replace("assetforge.yaml", "provider: blank", "provder: blank")
    space.write("elsewhere/note.txt", "")

    for line in ("-C .. check", "check -C ..", "plan -f ../assetforge.yaml"):
        result = Space(space.root / "elsewhere").run(*line.split())

        assert result.code == 2
        assert " |   blank: {provder: blank}\n" in result.err


def test_garbage_is_collected_seldom(space, monkeypatch):
    """Collecting is a quarter of the time of a large plan."""
    thresholds: list[int] = []
    monkeypatch.setattr(gc, "set_threshold", lambda *given: thresholds.extend(given))

    with pytest.raises(SystemExit):
        main(["--version"])

    assert thresholds[0] == 100_000
