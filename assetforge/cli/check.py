"""`assetforge check`."""

from __future__ import annotations

import click

from assetforge.checking.check import Asked, Checked, check, root_of
from assetforge.cli.options import (
    choosing_options,
    flags_again,
    format_option,
    narrowed,
    since_option,
)
from assetforge.cli.output import print_warnings
from assetforge.decided import Options
from assetforge.errors import InvalidSource
from assetforge.reports.check.checked import Told, counts_of, report_text
from assetforge.reports.check.unmet import unmet


@click.command(name="check")
@choosing_options
@since_option
@format_option("text", "json", "github", "sarif", "junit")
@click.option(
    "--built",
    is_flag=True,
    default=False,
    help="Also exit with 3 unless all is built on this machine.",
)
@click.option(
    "--locked",
    is_flag=True,
    default=False,
    help="Also exit with 3 unless the lock names every picture of a service.",
)
@click.option(
    "--accepted",
    is_flag=True,
    default=False,
    help="Also exit with 6 unless somebody accepted every picture of a provider.",
)
def command(
    options: Options, since: str | None, form: str, built: bool, locked: bool, accepted: bool
) -> int:
    """Find everything that is wrong, without building, key or network."""
    root, file = root_of(options), options.file.name
    if since is not None:
        options = narrowed(options, since, alone=True)
    try:
        checked = check(options, Asked(built, locked, accepted))
    except InvalidSource as error:
        if form == "text":
            raise
        click.echo(report_text(form, Told(root, file, error.diagnostics)))
        return error.exit_code
    several = unmet(checked, flags_again())
    if form == "text":
        print_text(checked)
    else:
        click.echo(report_text(form, Told(root, file, checked.warnings, checked, several)))
    if form != "github":  # a line there may be taken for a command, whoever wrote what is in it
        notes = [str(options.since)] if options.since else []
        if checked.idle is not None:
            said = f"profile '{checked.idle}' asks no service: the lock has nothing to say"
            notes.append(f"assetforge: {said}")
        for each in [*notes, *(f"assetforge: {each.message}" for each in several)]:
            click.echo(each, err=True)
    return several[0].error.exit_code if several else 0


def print_text(checked: Checked) -> None:
    """Print what is worth a look, and how much was looked at."""
    print_warnings(checked.warnings)
    click.echo(f"{counts_of(checked)}: no errors")
