"""The command group: knows all commands by a line of help, imports only the one that runs."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

import click

from assetforge import __version__
from assetforge.errors import InvalidSource, UsageProblem, did_you_mean

COMMANDS = {
    "init": "Start a project that builds at once, without a key.",
    "check": "Find everything that is wrong, without building.",
    "plan": "Show what a build would run, why, and what it costs.",
    "build": "Bring the pictures up to date, and nothing else.",
    "watch": "Build drafts again whenever a source changes.",
    "preview": "Show all pictures in a browser, live, and decide about them there.",
    "locales": "Say which texts are missing, too long, stale or hard-coded.",
    "report": "Write the gallery and the manifest of all pictures.",
    "comment": "Tell a pull request which pictures it changes, and what they cost.",
    "accept": "Say that pictures are right as they are, for the words of today.",
    "reject": "Say that pictures are wrong: another take stands, or is made.",
    "reroll": "Make more takes of the same words; the old ones stay.",
    "choose": "Say that another take is the right one.",
    "note": "Ask for one more edit of a picture, in words.",
    "diff": "Compare two takes of a variant, or any two pictures.",
    "pin": "Keep pictures as they are, whatever changes.",
    "unpin": "Let pinned pictures follow their words again.",
    "undo": "Take the last decision back.",
    "import": "Take a retouched picture in as the accepted take.",
    "cost": "Say what was spent: by asset, locale, model, day or run.",
    "log": "Go from a picture back to its recipe, or tell its history.",
    "explain": "Say why a picture is a hit, a run or waits, field by field.",
    "render": "Print the exact request of a step, without sending it.",
    "graph": "Draw the plan as DOT, Mermaid or JSON.",
    "lock": "Say what the lock holds; resolve its conflicts, prune it.",
    "push": "Publish what was made here in the store that is shared.",
    "pull": "Bring here what the pictures need from the store that is shared.",
    "key": "Make a pair of keys for who publishes.",
    "fsck": "Find what is damaged in the store, and make it good from copies.",
    "gc": "Show what the store can spare, and delete it when told to.",
    "doctor": "Check key, access, model and limits, without making a picture.",
    "emulator": "Serve an image API on this machine that costs nothing.",
    "schema": "Print the JSON Schema of the pipeline file, or of a document.",
}

MODULES = {"import": "importing"}
"""Commands whose name no module can have."""

ROOT = "assetforge.root"
"""Where a command's context keeps the project's root."""

DIRECTORY = "assetforge.directory"
"""Where a command's context keeps the folder that `-C` named."""

INTERRUPTED = 130
"""The exit code after Ctrl-C; all others belong to an error."""

EPILOG = """\b
Start here:
  assetforge init banners && cd banners && assetforge build

\b
Exit codes: 0 done, 1 an action failed, 2 usage or invalid pipeline,
3 out of date (--frozen, --plan, check --built), 4 stopped by budget, 5 selection matched
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
        module = MODULES.get(cmd_name, cmd_name)
        command: click.Command = import_module(f"assetforge.cli.{module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant, or say which may have been."""
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            advice = did_you_mean(name, COMMANDS) or "see 'assetforge --help'"
            raise UsageProblem(f"there is no command '{name}'; {advice}")
        return super().resolve_command(ctx, args)

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
    help="Change to this folder first.",
)
def command_line(directory: Path | None) -> None:
    """Make for generated pictures: build what is missing or out of date, and nothing else."""
    enter(directory)


def enter(directory: Path | None) -> None:
    """Change into a folder that a flag names.

    Raises:
        UsageProblem: there is no such folder.
    """
    if directory is None:
        return
    if not directory.is_dir():
        raise UsageProblem(f"there is no folder '{directory}'; -C takes one that exists")
    os.chdir(directory)
    meta = click.get_current_context().meta
    meta[DIRECTORY] = meta.get(DIRECTORY, Path()) / directory
