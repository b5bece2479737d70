"""Flags that commands share, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import wraps
from pathlib import Path
from shlex import quote
from typing import Any, TypeVar

import click

from assetforge.cli.group import DIRECTORY, ROOT, enter
from assetforge.cli.output import print_warnings
from assetforge.decided import Options
from assetforge.errors import UsageProblem
from assetforge.layout import DEFAULT_FILE
from assetforge.pipeline import MAX_VARIANTS, MOST_DOLLARS
from assetforge.planner import Selection
from assetforge.reports.text import Flags

Command = TypeVar("Command", bound=Callable[..., Any])
Result = TypeVar("Result")


class Dollars(click.ParamType[int]):
    """An amount of US dollars such as `2.50`, as whole microdollars."""

    name = "USD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return microdollars."""
        if isinstance(value, int):
            return value
        try:
            amount = Decimal(str(value).removeprefix("$"))
        except InvalidOperation:
            self.fail(f"'{value}' is no amount; write dollars such as 2.50", param, ctx)
        if not amount.is_finite() or amount < 0:
            self.fail(f"'{value}' must be 0 or more", param, ctx)
        if amount > MOST_DOLLARS:
            self.fail(f"'{value}' must be at most {MOST_DOLLARS:,}", param, ctx)
        return int(amount * 1_000_000)


class Count(click.ParamType[int]):
    """A whole number of 1 or more."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        if not (isinstance(value, int) or value.isdecimal()) or int(value) < 1:
            self.fail(f"'{value}' is no whole number of 1 or more", param, ctx)
        return int(value)


def _enter(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
    enter(value)


def _pipeline_file(ctx: click.Context, param: click.Parameter, value: Path) -> Path:
    """Note below what places are, and say what to do in a folder without a pipeline file."""
    ctx.meta[ROOT] = value.absolute().parent
    if not value.exists() and not ctx.resilient_parsing:
        raise UsageProblem(
            f"there is no pipeline file '{value}'; start a project with `assetforge init`, "
            "or name a folder with -C or a file with -f"
        )
    return value


def _noted(ctx: click.Context, param: click.Parameter, value: Path) -> Path:
    """Note below what places are; the pipeline file need not be there."""
    ctx.meta[ROOT] = value.absolute().parent
    return value


def place_options(*, must_exist: bool = True) -> Callable[[Command], Command]:
    """Return what adds the flags that say where the project is."""
    file = click.option(
        "-f",
        "file",
        metavar="FILE",
        type=click.Path(path_type=Path),
        default=DEFAULT_FILE,
        show_default=True,
        callback=_pipeline_file if must_exist else _noted,
        help="Read this pipeline file." if must_exist else "The project is beside this file.",
    )
    folder = click.option(
        "-C",
        "directory",
        metavar="DIR",
        type=click.Path(path_type=Path),
        default=None,
        expose_value=False,
        is_eager=True,
        callback=_enter,
        help="Change to this folder first.",
    )
    return lambda command: folder(file(command))


def profile_option(command: Command) -> Command:
    """Add the flag that says which profile is meant."""
    return click.option(
        "--profile",
        metavar="NAME",
        default=None,
        help="Use this profile, not the first of the file.",
    )(command)


def project_options(command: Command) -> Command:
    """Add the flags that say which pipeline file and profile are meant."""
    return place_options()(profile_option(command))


def selection_options(command: Command) -> Command:
    """Add the arguments that choose variants."""
    for option in (
        click.option(
            "--allow-unverified",
            is_flag=True,
            default=False,
            help="Ask for what the model would refuse, by what is known of it.",
        ),
        click.option(
            "--max-variants",
            type=Count(),
            default=MAX_VARIANTS,
            show_default=True,
            help="Refuse an asset that has more variants.",
        ),
        click.option(
            "--locale",
            "locales",
            metavar="LOCALE",
            multiple=True,
            help="Choose the variants of this locale; may be repeated.",
        ),
        click.argument("selectors", metavar="[SELECTOR]...", nargs=-1),
    ):
        command = option(command)
    return command


def format_option(*choices: str) -> Callable[[Command], Command]:
    """Add `--format`; the first choice is the default."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(choices),
        default=choices[0],
        show_default=True,
        help="Print the result in this form.",
    )


def since_option(command: Command) -> Command:
    """Add the flag that narrows a command to what differs from a commit."""
    return click.option(
        "--since",
        metavar="REF",
        default=None,
        help="Choose only what this work changed since it parted from a git ref.",
    )(command)


def planning_options(
    command: Callable[..., Result], *, alone: bool = False, tells: bool = True
) -> Callable[..., Result]:
    """Add the flags of every command that plans once, with `--since`.

    Args:
        command: gets what they mean as one `options`.
        alone: nothing but the local store is to be asked.
        tells: say on stderr what changed since; without it, the command says so itself.
    """

    @wraps(command)
    def with_since(options: Options, since: str | None, **others: Any) -> Result:
        if since is not None:
            options = narrowed(options, since, alone=alone)
            if options.since is not None:
                print_warnings(options.since.warnings)
                if tells:
                    click.echo(str(options.since), err=True)
        return command(options=options, **others)

    return choosing_options(since_option(with_since))


def narrowed(options: Options, ref: str, *, alone: bool) -> Options:
    """Return options that choose what differs from a commit; see `assetforge.since.narrowing`."""
    # Loaded here: few command lines ask for it.
    from assetforge.since import narrowing

    return narrowing.narrowed(options, ref, alone=alone)


def choosing_options(command: Callable[..., Result]) -> Callable[..., Result]:
    """Add the flags that choose a project and variants; a command gets them as one `options`."""

    @wraps(command)
    def with_options(
        selectors: tuple[str, ...],
        locales: tuple[str, ...],
        max_variants: int,
        allow_unverified: bool,
        file: Path,
        profile: str | None,
        **others: Any,
    ) -> Result:
        selection = Selection(selectors, locales, max_variants)
        options = Options(file, profile, selection, allow_unverified=allow_unverified)
        return command(options=options, **others)

    return selection_options(project_options(with_options))


def flags_again() -> Flags:
    """Return the flags of the running command that the next one has to repeat."""
    context = click.get_current_context()
    said = context.params
    project: list[str] = []
    if DIRECTORY in context.meta:
        project += ["-C", context.meta[DIRECTORY].as_posix()]
    if said["file"] != Path(DEFAULT_FILE):
        project += ["-f", said["file"].as_posix()]
    if said["profile"]:
        project += ["--profile", said["profile"]]
    if said.get("allow_unverified"):
        project.append("--allow-unverified")
    chosen = [word for each in said.get("locales", ()) for word in ("--locale", each)]
    chosen += ["--since", said["since"]] if said.get("since") else []
    return Flags(_words(project), _words([*chosen, *said.get("selectors", ())]))


def _words(words: list[str]) -> str:
    return "".join(f" {quote(each)}" for each in words)
