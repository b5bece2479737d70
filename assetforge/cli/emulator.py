"""`assetforge emulator`."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Any, Literal

import click

from assetforge.emulator.app import BOOKS
from assetforge.emulator.dialects import DIALECTS
from assetforge.emulator.faults import FAULTS
from assetforge.emulator.server import Server
from assetforge.emulator.settings import Settings
from assetforge.errors import UsageProblem, did_you_mean
from assetforge.pricing import usd
from assetforge.reports.text import plural

HIGHEST_PORT = 65_535


class Limit(click.ParamType[int]):
    """A whole number of 0 or more."""

    name = "N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        if not (isinstance(value, int) or value.isdecimal()):
            self.fail(f"'{value}' is no whole number of 0 or more", param, ctx)
        return int(value)


class Latency(click.ParamType[tuple[float, float]]):
    """Seconds such as `1.5`, or `x1`: as long as the service takes, or a multiple of it."""

    name = "SECONDS"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, float]:
        """Return seconds, and how many times what the service takes."""
        if isinstance(value, tuple):
            return value
        if not re.fullmatch(r"x?\d{1,6}(\.\d+)?", value):
            self.fail(f"'{value}' is no time; write seconds such as 1.5, or x1", param, ctx)
        return (0.0, float(value[1:])) if value.startswith("x") else (float(value), 0.0)


@click.command(name="emulator")
@click.option(
    "--port",
    metavar="PORT",
    type=click.IntRange(0, HIGHEST_PORT),
    default=0,
    help="Listen on this port of 127.0.0.1; 0 is any free one.",
)
@click.option(
    "--dialect",
    metavar="SERVICE",
    default="openai",
    show_default=True,
    help="Speak as this service does.",
)
@click.option("--images-per-minute", type=Limit(), help="Refuse more pictures than that.")
@click.option("--tokens-per-minute", type=Limit(), help="Refuse more tokens than that.")
@click.option("--count-references", is_flag=True, help="Count pictures that go in, too.")
@click.option(
    "--latency",
    type=Latency(),
    default="0",
    help="Take this long for a picture; x1 is as long as the service takes.",
)
@click.option(
    "--pictures",
    type=click.Choice(["draft", "flat"]),
    default="draft",
    show_default=True,
    help="Draw drafts that show the copy, or one colour, which is quick.",
)
@click.option(
    "--wrong-text",
    metavar="PERCENT",
    type=click.IntRange(0, 100),
    default=0,
    help="Draw one wrong letter in this share of the drafts.",
)
@click.option("--redraw", is_flag=True, help="Let edits change all pixels, outside a mask too.")
@click.option(
    "--judge",
    type=click.Choice(["right", "wrong", "garbled"]),
    default="right",
    show_default=True,
    help="Read the right text in a picture, a wrong one, or nothing that makes sense.",
)
@click.option("--repeatable", is_flag=True, help="Give the same picture for the same request.")
@click.option(
    "--fault",
    "faults",
    metavar="NAME=SHARE",
    multiple=True,
    help="Let this share of the calls fail, as 500=0.05; may be repeated.",
)
@click.option(
    "--fault-seed", metavar="N", type=int, default=0, help="Choose other calls that fail."
)
def command(
    port: int,
    dialect: str,
    images_per_minute: int | None,
    tokens_per_minute: int | None,
    count_references: bool,
    latency: tuple[float, float],
    pictures: Literal["draft", "flat"],
    wrong_text: int,
    redraw: bool,
    judge: Literal["right", "wrong", "garbled"],
    repeatable: bool,
    faults: tuple[str, ...],
    fault_seed: int,
) -> None:
    """Serve a local image API, as strict as the service, that costs nothing.

    Prints its address once it can be called. Ctrl-C ends it when the last call is answered.
    """
    settings = Settings(
        pictures=pictures,
        wrong_text=wrong_text,
        redraw=redraw,
        judge=judge,
        repeatable=repeatable,
        images_per_minute=images_per_minute,
        tokens_per_minute=tokens_per_minute,
        count_references=count_references,
        latency_seconds=latency[0],
        latency_scale=latency[1],
        faults=shares(faults),
        fault_seed=fault_seed,
        dialect=known_dialect(dialect),
    )
    server = opened(settings, port)
    server.run(lambda: announce(server))
    totals = server.books()["totals"]
    done = f"{plural(totals['calls'], 'call')}, {plural(totals['images'], 'picture')}"
    billed = usd(totals["billed_microdollars"])
    click.echo(f"{done}; the service would have billed ${billed}", err=True)


def known_dialect(name: str) -> str:
    """Return the name of a dialect.

    Raises:
        UsageProblem: there is none of that name.
    """
    if name in DIALECTS:
        return name
    advice = did_you_mean(name, DIALECTS) or f"there are {', '.join(DIALECTS)}"
    raise UsageProblem(f"there is no dialect '{name}'; {advice}")


def shares(written: Sequence[str]) -> dict[str, float]:
    """Return the share of the calls that each fault befalls.

    Raises:
        UsageProblem: a fault is not known, a share is none, or all together are more than all.
    """
    found = dict(map(share, written))
    if sum(found.values()) > 1:
        raise UsageProblem("the shares of all faults together must be at most 1")
    return found


def share(written: str) -> tuple[str, float]:
    """Return the name and the share of `500=0.05`.

    Raises:
        UsageProblem: the fault is not known, or the share is none.
    """
    name, _, number = written.partition("=")
    if name not in FAULTS:
        advice = did_you_mean(name, FAULTS) or f"there are {', '.join(FAULTS)}"
        raise UsageProblem(f"there is no fault '{name}'; {advice}")
    if not re.fullmatch(r"[01]|[01]?\.\d+", number) or float(number) > 1:
        raise UsageProblem(
            f"'{written}' names no share; write a number from 0 to 1, as {name}=0.05"
        )
    return name, float(number)


def opened(settings: Settings, port: int) -> Server:
    """Return a server that has its port.

    Raises:
        UsageProblem: the port is in use, or not ours to use.
    """
    try:
        return Server(settings, port)
    except OSError as error:
        reason = os.strerror(error.errno or 0).lower()
        raise UsageProblem(
            f"port {port} cannot be used: {reason}; choose another, or 0 for any free one"
        ) from error


def announce(server: Server) -> None:
    """Print the address on stdout, and how to use it on stderr."""
    click.echo(server.url)
    click.echo(
        f"use it: {usage(server)}\nbooks:  {server.address}{BOOKS}\nCtrl-C ends",
        err=True,
    )


def usage(server: Server) -> str:
    """Return how a build gets to a server: by its environment, or by its profile."""
    dialect = server.world.settings.dialect
    if dialect == Settings().dialect:
        build = "assetforge build --profile final --yes"
        return f"OPENAI_BASE_URL={server.url} OPENAI_API_KEY=any {build}"
    return f"`provider: {dialect}` and `base_url: {server.url}` in a profile"
