"""`assetforge preview`."""

from __future__ import annotations

import re
import sys

import click

from assetforge.cli.browser import open_page
from assetforge.cli.options import Dollars, choosing_options
from assetforge.cli.output import is_live
from assetforge.cli.serving import HIGHEST_PORT, LOOPBACK, Serve, serving
from assetforge.cli.watch import watcher_for
from assetforge.decided import Options
from assetforge.errors import UsageProblem
from assetforge.preview.rules import OWN_NAMES
from assetforge.preview.server import Preview
from assetforge.session.session import Session

NAME = re.compile(r"([a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\])(:[0-9]{1,5})?", re.IGNORECASE)


@click.command(name="preview")
@choosing_options
@click.option(
    "--port",
    type=click.IntRange(0, HIGHEST_PORT),
    default=0,
    show_default=True,
    help="Serve the page at this port; 0 takes a free one.",
)
@click.option(
    "--open/--no-open",
    "opens",
    default=None,
    help="Open the page in a browser; by default where a person watches.",
)
@click.option(
    "--host",
    metavar="ADDRESS",
    default=LOOPBACK,
    show_default=True,
    help="Listen at this address; others than this machine's own need --allow-host.",
)
@click.option(
    "--allow-host",
    "allow_hosts",
    metavar="NAME",
    multiple=True,
    help="Answer to this name as well; may be repeated.",
)
@click.option(
    "--auto",
    is_flag=True,
    default=False,
    help="Build also what costs something, up to the cap.",
)
@click.option(
    "--max-cost", type=Dollars(), default=None, help="Spend no more than this while it runs."
)
@click.option(
    "--no-progress", is_flag=True, default=False, help="Report in plain lines, also on a terminal."
)
def command(
    options: Options,
    port: int,
    opens: bool | None,
    host: str,
    allow_hosts: tuple[str, ...],
    auto: bool,
    max_cost: int | None,
    no_progress: bool,
) -> int:
    """Show all pictures in a browser, live: to compare, to decide, to edit texts.

    As `assetforge watch`, with a page. Prints its address; who has that may do everything, so it
    is for you alone. Only this machine can reach it.
    """
    check_hosts(host, allow_hosts)
    if host not in OWN_NAMES:
        click.echo(
            f"other machines can reach this page at {host}, unencrypted: "
            "who has its address may build, spend and decide",
            err=True,
        )
    shows = is_live(sys.stderr) if opens is None else opens
    serve = printing(serving(port, host, allow_hosts), opens=shows)
    watcher = watcher_for(
        options,
        serve,
        auto=auto,
        max_cost=max_cost,
        no_progress=no_progress,
        with_pictures=True,
    )
    return watcher.run(serves=True)


def check_hosts(host: str, allow_hosts: tuple[str, ...]) -> None:
    """Look whether a page may be served so.

    Raises:
        UsageProblem: other machines could reach it by any name, or a name is none.
    """
    for name in allow_hosts:
        if not NAME.fullmatch(name):
            raise UsageProblem(
                f"'{name}' is no name of a machine; write it as in an address, "
                "such as desk.example or desk.example:8443"
            )
    if host not in OWN_NAMES and not allow_hosts:
        raise UsageProblem(
            f"--host {host} lets other machines reach this page; "
            "say by which name they may, such as --allow-host desk.example"
        )


def printing(serve: Serve, *, opens: bool) -> Serve:
    """Return the same, which prints the address alone on stdout, and opens it if it should."""

    def served(session: Session) -> Preview:
        preview = serve(session)
        click.echo(preview.url)
        if opens:
            open_page(preview.url)
        return preview

    return served
