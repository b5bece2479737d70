"""Flags that commands share, and what they come to."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

import click

from assetforge.cli.group import ROOT, enter
from assetforge.pipeline import DEFAULT_FILE, MAX_VARIANTS
from assetforge.planner import Selection

Command = TypeVar("Command", bound=Callable[..., Any])


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
        return int(amount * 1_000_000)


def _enter(ctx: click.Context, param: click.Parameter, value: Path | None) -> None:
    enter(value)


def _note_root(ctx: click.Context, param: click.Parameter, value: Path) -> Path:
    ctx.meta[ROOT] = value.absolute().parent
    return value


def project_options(command: Command) -> Command:
    """Add the flags that say which pipeline file and profile are meant."""
    for option in (
        click.option(
            "--profile", metavar="NAME", default=None, help="Profile instead of the first."
        ),
        click.option(
            "-f",
            "file",
            metavar="FILE",
            type=click.Path(path_type=Path),
            default=DEFAULT_FILE,
            show_default=True,
            callback=_note_root,
            help="The pipeline file.",
        ),
        click.option(
            "-C",
            "directory",
            metavar="DIR",
            type=click.Path(path_type=Path),
            default=None,
            expose_value=False,
            is_eager=True,
            callback=_enter,
            help="Work in this folder.",
        ),
    ):
        command = option(command)
    return command


def selection_options(command: Command) -> Command:
    """Add the arguments that choose variants; the command gets them as `selection`."""
    for option in (
        click.option(
            "--max-variants",
            metavar="N",
            type=click.IntRange(min=1),
            default=MAX_VARIANTS,
            show_default=True,
            help="Refuse an asset with more variants.",
        ),
        click.option(
            "--locale",
            "locales",
            metavar="LOCALE",
            multiple=True,
            help="Only this locale; may be repeated.",
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
        help="How to print the result.",
    )


def selection_of(
    selectors: tuple[str, ...], locales: tuple[str, ...], max_variants: int
) -> Selection:
    """Return what the selection flags mean together."""
    return Selection(selectors, locales, max_variants)
