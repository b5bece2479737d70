import click
import pytest

from assetforge.cli.group import COMMANDS, command_line
from tests.space import Space

REPORTING = ("check", "plan", "build", "report", "explain", "render", "log", "graph")


@pytest.fixture
def commands():
    context = click.Context(command_line)
    return {name: command_line.get_command(context, name) for name in COMMANDS}


def test_help_lists_every_command_with_a_sentence(tmp_path):
    out = Space(tmp_path).run("--help").out

    for name, words in COMMANDS.items():
        assert f"  {name:<9} {words}\n" in out


def test_help_lists_the_exit_codes(tmp_path):
    out = " ".join(Space(tmp_path).run("--help").out.split())

    for words in (
        "0 done",
        "1 an action failed",
        "2 usage",
        "3 out of date",
        "4 stopped by budget",
    ):
        assert words in out
    for words in ("5 selection matched nothing", "130 interrupted"):
        assert words in out


def test_every_flag_has_a_sentence_of_help(commands):
    for name, command in commands.items():
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, f"{name} {option.opts}"
                assert option.help.endswith("."), f"{name} {option.opts}"
                assert option.help[0].isupper(), f"{name} {option.opts}"


def test_every_command_that_reports_has_json(commands):
    for name in REPORTING:
        (option,) = [each for each in commands[name].params if each.name == "form"]
        assert "json" in option.type.choices


def test_every_command_of_a_project_takes_the_same_flags(commands):
    for name in (*REPORTING, "watch"):
        names = {flag for each in commands[name].params for flag in each.opts}
        assert {"-C", "-f", "--profile"} <= names


def test_commands_are_listed_in_the_order_a_user_meets_them():
    assert command_line.list_commands(click.Context(command_line)) == list(COMMANDS)


def test_a_name_that_is_no_command_is_none():
    assert command_line.get_command(click.Context(command_line), "nope") is None


def test_completion_of_half_a_command_raises_nothing():
    context = click.Context(command_line, resilient_parsing=True)

    assert command_line.resolve_command(context, ["bui"]) == (None, None, [])


def test_the_version_is_shown(tmp_path):
    assert Space(tmp_path).run("--version").out.startswith("assetforge, version ")
