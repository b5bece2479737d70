"""The command group: knows all commands by a line of help, imports only the one that runs."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

import click

from assetforge import __version__
from assetforge.errors import InvalidSource

COMMANDS = {
    "init": "Start a project that builds at once, without a key.",
    "check": "Find everything that is wrong, without building.",
    "plan": "Show what a build would run, why, and what it costs.",
    "build": "Bring the pictures up to date, and nothing else.",
    "watch": "Build drafts again whenever a source changes.",
    "report": "Write the gallery and the manifest of all pictures.",
    "explain": "Say why a picture is a hit, a run or waits, field by field.",
    "render": "Print the exact request of a step, without sending it.",
    "log": "Go from a picture back to its recipe.",
    "graph": "Draw the plan as DOT, Mermaid or JSON.",
    "schema": "Print the JSON Schema of the pipeline file.",
}

ROOT = "assetforge.root"
"""Where a command's context keeps the project's root."""

EPILOG = """\b
Start here:
  assetforge init banners && cd banners && assetforge build

\b
Exit codes: 0 done, 1 an action failed, 2 usage or invalid pipeline,
3 out of date (--frozen, check --built), 4 stopped by budget, 5 selection matched
nothing, 6 not accepted, 130 interrupted.
"""


class LazyGroup(click.Group):
    """A group whose commands are modules, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order a user meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command's module and return the command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"assetforge.cli.{cmd_name}").command
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an error in a source learns below which folder the source lies."""
        try:
            return super().invoke(ctx)
        except InvalidSource as error:
            error.root = ctx.meta.get(ROOT)
            raise

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="assetforge")
@click.option(
    "-C",
    "directory",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Work in this folder.",
)
def command_line(directory: Path | None) -> None:
    """Make for generated pictures: build what is missing or out of date, and nothing else."""
    enter(directory)


def enter(directory: Path | None) -> None:
    """Change into a folder that a flag names.

    Raises:
        BadParameter: there is no such folder.
    """
    if directory is None:
        return
    if not directory.is_dir():
        raise click.BadParameter(f"there is no folder '{directory}'", param_hint="-C")
    os.chdir(directory)
