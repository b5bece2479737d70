"""`assetforge comment`."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path

import click

from assetforge.cli.options import (
    Count,
    place_options,
    profile_option,
    selection_options,
    since_option,
)
from assetforge.cli.telling import Telling, planned, told
from assetforge.decided import Options
from assetforge.diagnostics import printable
from assetforge.errors import UsageProblem
from assetforge.forges.base import Kind, Overtaken
from assetforge.forges.choice import KINDS, forge_of
from assetforge.planner import Selection
from assetforge.reports.comment.whole import SUMMARY


@click.command(name="comment")
@selection_options
@since_option
@profile_option
@place_options(must_exist=False)
@click.option(
    "--plan",
    "source",
    metavar="FILE",
    default=None,
    help="Tell what `plan --format json` printed into this file; - is standard input.",
)
@click.option(
    "--pictures",
    metavar="URL",
    default=None,
    help="Show the pictures that lie there as <sha256>.png; may hold {sha256} and {path}.",
)
@click.option(
    "--report",
    metavar="URL|NAME",
    default="",
    help="Link to the report of all pictures, or name the artifact that it is.",
)
@click.option("--post", is_flag=True, default=False, help="Also write it to the pull request.")
@click.option(
    "--forge",
    type=click.Choice([*KINDS]),
    default=None,
    help="Where the pull request is; by default the forge whose CI runs this.",
)
@click.option(
    "--request", type=Count(), default=None, help="The number of the pull or merge request."
)
@click.option(
    "--summary", is_flag=True, default=False, help="Print up to 1 MiB, for the summary of a job."
)
@click.option(
    "-o",
    "output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=None,
    help="Write it to this file, not to stdout.",
)
def command(
    selectors: tuple[str, ...],
    locales: tuple[str, ...],
    max_variants: int,
    allow_unverified: bool,
    since: str | None,
    profile: str | None,
    file: Path,
    source: str | None,
    pictures: str | None,
    report: str,
    post: bool,
    forge: str | None,
    request: int | None,
    summary: bool,
    output: Path | None,
) -> int:
    """Tell a pull request which pictures it changes, why, and what they cost.

    It is printed as Markdown. With --post, one comment of the request is kept up to date as well;
    with --plan, no pipeline file is needed.
    """
    kind = forge_of(forge, os.environ)
    if post and kind is None:
        raise UsageProblem(f"--post outside CI needs --forge: {', '.join(KINDS)}")
    if source is not None:
        telling = told(source, profile, file, pictures)
    else:
        if not file.exists():
            advice = "name one with -C or -f, or a plan with --plan"
            raise UsageProblem(f"there is no pipeline file '{file}'; {advice}")
        selection = Selection(selectors, locales, max_variants)
        options = Options(file, profile, selection, allow_unverified=allow_unverified)
        telling = planned(options, since, kind, pictures)
    limit = (kind or KINDS["github"]).limit
    write(telling.text(checked_report(report), SUMMARY if summary else limit), output)
    if post and kind is not None:
        publish(telling, kind, request, report)
    if telling.problem is not None:
        raise telling.problem
    return 0


def checked_report(report: str) -> str:
    """Return the address of a report, or the name of an artifact.

    Raises:
        UsageProblem: it is neither.
    """
    if report.isprintable() and ("://" not in report or report.startswith("https://")):
        return report
    raise UsageProblem("--report takes an address that begins with https://, or an artifact's name")


def write(text: str, output: Path | None) -> None:
    """Print a comment, or write it to a file."""
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="\n")


def publish(telling: Telling, kind: Kind, number: int | None, report: str) -> None:
    """Bring the comment of a request up to date, and say so.

    Raises:
        UsageProblem: no token was found, or no request.
        ForgeProblem: it could not be done.
    """
    body = telling.text(report, kind.limit)
    # What speaks HTTP takes a while to load, and is needed for nothing else here.
    post = import_module("assetforge.forges.posting").post
    try:
        settled = post(kind, os.environ, number, telling.marker, body, worth=telling.is_news)
    except Overtaken as problem:
        click.echo(f"no comment was written: {problem}", err=True)
        return
    where = f": {printable(settled.address)}" if settled.address else ""
    words = {"none": "no picture changes, so no comment was written"}
    click.echo(words.get(settled.what, f"the comment was {settled.what}{where}"), err=True)
